"""A browser under remote control: headless Chromium through chromedriver and the W3C WebDriver
protocol, with nothing but the standard library.

    with Browser() as browser:
        browser.open("http://127.0.0.1:8080/")
        print(browser.run("return document.title"))

All of it blocks: with a server in the same process, call it in a thread.
"""

import http.client
import json
import shutil
import subprocess
import tempfile

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class WebDriverError(Exception):
    """What the browser or the page answered instead of a result."""


class Browser:
    """One browser with a profile of its own; tabs are named by handles."""

    def __init__(self, script_timeout=30):
        self._script_timeout = script_timeout
        self._profile = tempfile.mkdtemp(prefix="wsoup-test-browser-")
        self._driver = None
        self._session = None
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        """Ends the browser and its driver, and removes the profile."""
        if self._session:
            self._call("DELETE", "")
            self._session = None
        if self._driver:
            self._driver.terminate()
            self._driver.wait(10)
            self._driver.stdout.close()
            self._driver = None
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, uri):
        """Loads a page into the current tab."""
        self._call("POST", "/url", {"url": uri})

    def run(self, script, *arguments):
        """Runs the body of a function in the page and returns what it returns."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """Runs the body of an async function in the page and returns what it returns."""
        script = f"""
            const settle = arguments[arguments.length - 1];
            (async () => {{ {script} }})().then(
                value => settle({{value}}), error => settle({{error: String(error)}}));
        """
        outcome = self._call(
            "POST", "/execute/async", {"script": script, "args": list(arguments)}
        )
        if "error" in outcome:
            raise WebDriverError(outcome["error"])
        return outcome.get("value")

    def tab(self):
        """The handle of the current tab."""
        return self._call("GET", "/window")

    def new_tab(self):
        """Opens an empty tab, goes there, and returns its handle."""
        handle = self._call("POST", "/window/new", {"type": "tab"})["handle"]
        self.go_to_tab(handle)
        return handle

    def go_to_tab(self, handle):
        self._call("POST", "/window", {"handle": handle})

    def close_tab(self):
        """Closes the current tab; go to another one before anything else."""
        self._call("DELETE", "/window")

    def _start(self):
        program = shutil.which("chromedriver")
        if not program:
            raise WebDriverError("chromedriver is not installed")
        self._driver = subprocess.Popen(
            [program, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._port = self._read_port()
        options = {"args": [*ARGUMENTS, f"--user-data-dir={self._profile}"]}
        capabilities = {
            "alwaysMatch": {
                "browserName": "chrome",
                "goog:chromeOptions": options,
                "timeouts": {"script": self._script_timeout * 1000},
            }
        }
        self._session = self._request("POST", "/session", {"capabilities": capabilities})[
            "sessionId"
        ]

    def _read_port(self):
        said = []
        for line in self._driver.stdout:
            said.append(line)
            if "started successfully on port" in line:
                return int(line.rsplit(maxsplit=1)[1].rstrip("."))
        raise WebDriverError("chromedriver did not start: " + "".join(said))

    def _call(self, method, path, body=None):
        return self._request(method, f"/session/{self._session}{path}", body)

    def _request(self, method, path, body):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=self._script_timeout + 30
        )
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"Content-Type": "application/json"})
            response = connection.getresponse()
            value = json.loads(response.read())["value"]
        finally:
            connection.close()
        if response.status != 200:
            raise WebDriverError(f"{method} {path}: {value['error']}: {value['message']}")
        return value
