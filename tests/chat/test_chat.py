"""The chat room of examples/chat in headless Chromium: what two tabs see of each other, of who
leaves and comes back, and of a server that is away for a while."""

import pathlib
import signal
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/peers"))

from webdriver import Browser

SERVER = ROOT / "examples/chat/chat_server.py"
RELAY = ROOT / "tests/chat/relay.py"
DEADLINE = 20


def wait_for(condition, what):
    """Asks until the answer is true, and fails after the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {DEADLINE} s for {what}")
        time.sleep(0.05)


class Server:
    """A process of the server, on a port that a later one can have again."""

    def __init__(self, port=0, program=SERVER):
        self.process = subprocess.Popen(
            [sys.executable, program, str(port)], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        if not line.startswith("listening on http://"):
            self.stop()
            raise AssertionError(f"the server did not listen, but said {line!r}")
        self.uri = line.split()[-1]
        self.port = int(self.uri.rstrip("/").rpartition(":")[2])

    def stop(self):
        """Ends it as Ctrl+C does; returns its exit status."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(DEADLINE)
        self.process.stdout.close()
        return status

    def kill(self):
        """Ends it without a word to anybody."""
        self.process.kill()
        self.process.wait(DEADLINE)
        self.process.stdout.close()


class Tab:
    """One person in the room."""

    def __init__(self, browser, uri, first=False):
        self.browser = browser
        self.handle = browser.tab() if first else browser.new_tab()
        browser.open(uri)

    def run(self, script, *arguments):
        self.browser.go_to_tab(self.handle)
        return self.browser.run(script, *arguments)

    def enter(self, name):
        self.submit("enter", "name", name)
        self.wait_state("online")

    def say(self, text):
        self.submit("composer", "text", text)

    def submit(self, form, field, text):
        script = """
            const [form, field, text] = arguments;
            document.getElementById(field).value = text;
            document.getElementById(form).requestSubmit();
        """
        self.run(script, form, field, text)

    def click(self, button):
        self.run("document.getElementById(arguments[0]).click()", button)

    def close(self):
        self.browser.go_to_tab(self.handle)
        self.browser.close_tab()

    def messages(self):
        """What was said, as [name, text]."""
        return self.run("""
            return [...document.querySelectorAll('.message')].map(message =>
                [message.querySelector('b').textContent,
                 message.querySelector('.bubble').textContent]);
        """)

    def notices(self):
        return self.run(
            "return [...document.querySelectorAll('.notice')].map(notice => notice.textContent)"
        )

    def people(self):
        return self.run(
            "return [...document.querySelectorAll('#people li')].map(item => item.textContent)"
        )

    def wait_messages(self, *expected):
        expected = [list(message) for message in expected]
        self.wait(lambda: self.messages() == expected, f"messages {expected}", self.messages)

    def wait_people(self, *expected):
        self.wait(lambda: self.people() == list(expected), f"people {expected}", self.people)

    def wait_notice(self, text):
        self.wait(lambda: text in self.notices(), f"notice {text!r}", self.notices)

    def wait_state(self, state):
        def now():
            return self.run("return document.body.dataset.state")

        self.wait(lambda: now() == state, f"state {state}", now)

    def wait(self, condition, what, now):
        try:
            wait_for(condition, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; there is {now()}") from None


class Chat(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(lambda: self.server.kill())
        # A browser for each test, so that no name is remembered.
        self.browser = Browser()
        self.addCleanup(self.browser.close)
        self.ann = Tab(self.browser, self.server.uri, first=True)
        self.ann.enter("Ann")

    def tab(self, name=None):
        tab = Tab(self.browser, self.server.uri)
        if name:
            tab.enter(name)
        return tab

    def restart_server(self):
        self.server = Server(self.server.port)

    def test_two_tabs_talk_to_each_other(self):
        bert = self.tab("Bert")
        self.ann.wait_notice("Bert came in")
        for tab in (self.ann, bert):
            tab.wait_people("Ann", "Bert")
        self.ann.say("hello")
        bert.wait_messages(("Ann", "hello"))
        bert.say("γειά σου, 世界 <b>&amp;</b> 🦀")
        for tab in (self.ann, bert):
            tab.wait_messages(("Ann", "hello"), ("Bert", "γειά σου, 世界 <b>&amp;</b> 🦀"))

    def test_who_leaves_is_seen_to_leave_and_finds_the_history_coming_back(self):
        bert = self.tab("Bert")
        bert.say("one")
        self.ann.wait_messages(("Bert", "one"))
        bert.click("leave")
        self.ann.wait_notice("Bert left")
        self.ann.wait_people("Ann")
        self.ann.say("two")
        self.ann.wait_messages(("Bert", "one"), ("Ann", "two"))
        bert.enter("Bert")
        bert.wait_messages(("Bert", "one"), ("Ann", "two"))
        self.ann.wait_people("Ann", "Bert")

    def test_a_tab_that_is_closed_leaves(self):
        bert = self.tab("Bert")
        self.ann.wait_people("Ann", "Bert")
        bert.close()
        self.ann.wait_notice("Bert left")
        self.ann.wait_people("Ann")
        self.ann.say("gone?")
        self.tab("Bert").wait_messages(("Ann", "gone?"))

    def test_a_reloaded_tab_stays_in_the_room(self):
        self.ann.say("before")
        self.ann.wait_messages(("Ann", "before"))
        self.browser.open(self.server.uri)
        self.ann.wait_people("Ann")
        self.ann.wait_messages(("Ann", "before"))

    def test_a_name_that_is_taken_gets_a_number(self):
        self.tab("Ann").wait_people("Ann", "Ann (2)")
        self.tab("Ann").wait_people("Ann", "Ann (2)", "Ann (3)")

    def test_the_page_reconnects_when_the_server_was_restarted(self):
        for in_order in (True, False):
            said = self.ann.messages()
            if in_order:
                self.assertEqual(self.server.stop(), 0)
            else:
                self.server.kill()
            self.ann.wait_state("offline")
            status = self.ann.run("return document.getElementById('status').textContent")
            self.assertEqual(status, "Connection lost. Reconnecting…")
            self.ann.say("not lost")
            self.assertEqual(self.ann.messages(), said)
            self.restart_server()
            self.ann.wait_state("online")
            self.ann.wait_notice("Connected again")
            # What was typed meanwhile is still there to be sent.
            text = self.ann.run("return document.getElementById('text').value")
            self.ann.say(text)
            self.ann.wait_messages(*said, ("Ann", "not lost"))
            self.ann.wait_people("Ann")

    def test_what_is_no_message_of_the_page_closes_the_connection(self):
        for text in ("", "[]", "{}", '{"name": 1}', '{"name": " "}', '{"name": "x", "text": []}'):
            closed = self.browser.run_async(
                """
                    const uri = location.href.replace('http', 'ws') + 'chat';
                    const socket = new WebSocket(uri);
                    socket.onopen = () => socket.send(arguments[0]);
                    return await new Promise(resolve => {
                        socket.onclose = ({code}) => resolve(code);
                    });
                """,
                text,
            )
            self.assertEqual(closed, 1008, text)
        self.ann.wait_people("Ann")

    def test_nothing_but_the_page_is_served(self):
        script = """
            const statusOf = async path => (await fetch(path)).status;
            return await Promise.all(arguments[0].map(statusOf));
        """
        statuses = {
            "/": 200, "/chat.js": 200, "/chat.css": 200,
            "/chat_server.py": 404, "/x%2f..%2fchat_server.py": 400, "/nothing": 404, "/chat": 400,
        }
        answers = self.browser.run_async(script, list(statuses))
        self.assertEqual(dict(zip(statuses, answers)), statuses)


class Relay(unittest.TestCase):
    """The page works with a server that only relays what is said."""

    def test_two_tabs_talk_to_each_other(self):
        server = Server(program=RELAY)
        self.addCleanup(server.kill)
        browser = Browser()
        self.addCleanup(browser.close)
        ann = Tab(browser, server.uri, first=True)
        ann.enter("Ann")
        bert = Tab(browser, server.uri)
        bert.enter("Bert")
        ann.wait_notice("Bert came in")
        ann.say("hello")
        ann.wait_messages(("Ann", "hello"))
        bert.say("and hello")
        for tab in (ann, bert):
            tab.wait_messages(("Ann", "hello"), ("Bert", "and hello"))


if __name__ == "__main__":
    unittest.main()
