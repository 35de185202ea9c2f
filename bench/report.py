"""Tables and pictures of what was measured."""

import statistics

import plot
from scenarios import CLIENT, OTHER, RATE
from subjects import CLIENTS, SERVERS, TOP

PAGE = TOP / "docs/benchmarks.md"
PICTURES = TOP / "docs/benchmarks"
BEGIN = "<!-- results: renewed by ./run bench --write -->"
END = "<!-- end of the results -->"
# How much of all processors something else may use.
QUIET = 0.1


def number(value):
    """Three digits that count, with separators."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        digits = len(str(int(abs(value)))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def median(rounds, value):
    return statistics.median(result[value] for result in rounds)


def ratio(results, scenario, subject, other):
    """How many times better one is, or nothing."""
    if subject not in results or other not in results:
        return ""
    ours, theirs = (median(results[name], scenario.value) for name in (subject, other))
    if not scenario.more_is_better:
        ours, theirs = theirs, ours
    return f"{number(ours / theirs)}" if theirs else ""


def cell(results, scenario, subject, value=None):
    return number(median(results[subject], value or scenario.value)) if subject in results else ""


def table(head, rows):
    """A table in Markdown; all columns but the first are numbers."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def tables(known):
    results = known["scenarios"]
    parts = [environment(known)]
    for make in (echoes, others, latencies, clients, costs, confidence):
        if text := make(results):
            parts.append(text)
    return "\n".join(parts)


def environment(known):
    machine, settings = known["machine"], known["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    busy = "" if known["busy"] <= QUIET else (
        f" **The machine was busy with something else ({known['busy']:.0%} of its processors): "
        "these numbers say little.**"
    )
    return (
        f"{known['date']}, {machine['processor']}, {machine['system']}. {versions}. Medians of "
        f"{settings['rounds']} rounds of {settings['seconds']:g} s.{busy}\n"
    )


def echoes(results):
    head = ["messages a second", "wsoup, C", "libsoup 3, C", "wsoup : libsoup", "GLib floor",
            "wsoup : floor"]
    rows = [
        [scenario.title]
        + [cell(results[name], scenario, "wsoup-c"), cell(results[name], scenario, "libsoup")]
        + [ratio(results[name], scenario, "wsoup-c", "libsoup")]
        + [cell(results[name], scenario, "floor")]
        + [ratio(results[name], scenario, "wsoup-c", "floor")]
        for name, scenario in RATE.items() if name in results
    ]
    return f"### Servers: wsoup, libsoup, and the floor\n\n{table(head, rows)}" if rows else ""


def others(results):
    subjects = [name for name in SERVERS if name not in ("floor", "limit")]
    head = ["messages a second"] + [SERVERS[name].title for name in subjects]
    rows = [
        [scenario.title] + [cell(results[name], scenario, subject) for subject in subjects]
        for name, scenario in RATE.items() if name in results and len(scenario.subjects) > 2
    ]
    return f"### Servers: all\n\n{table(head, rows)}" if rows else ""


def latencies(results):
    subjects = [name for name in SERVERS if name != "limit"]
    head = ["p50 / p99 in µs"] + [SERVERS[name].title for name in subjects]
    rows = []
    for name in ("1x1-16", "64x1-16"):
        if name not in results:
            continue
        found = results[name]
        rows.append([RATE[name].title] + [
            f"{cell(found, None, subject, 'p50_us')} / {cell(found, None, subject, 'p99_us')}"
            if subject in found else "" for subject in subjects
        ])
    return f"### Servers: from a message to its echo\n\n{table(head, rows)}" if rows else ""


def clients(results):
    head = ["messages a second"] + [subject.title for subject in CLIENTS.values()]
    rows = [
        [scenario.title] + [cell(results[name], scenario, subject) for subject in CLIENTS]
        + [ratio(results[name], scenario, "wsoup-c", "libsoup")]
        for name, scenario in CLIENT.items() if name in results
    ]
    return f"### Clients\n\n{table(head + ['wsoup : libsoup'], rows)}" if rows else ""


def costs(results):
    subjects = [name for name in SERVERS if name != "limit"]
    head = [""] + [SERVERS[name].title for name in subjects]
    rows = [
        [f"{scenario.title} ({scenario.unit})"]
        + [cell(results[name], scenario, subject) for subject in subjects]
        for name, scenario in OTHER.items() if name in results
    ]
    return f"### What else it costs\n\n{table(head, rows)}" if rows else ""


def confidence(results):
    """How much the load generator had to spare, and how far the rounds were apart."""
    head = ["", "the generator can do", "of its processor it used, with wsoup", "with the floor",
            "spread of wsoup", "of libsoup", "processor time of wsoup a message, µs",
            "of libsoup", "of the floor"]
    rows = []
    for name, scenario in RATE.items():
        if name not in results:
            continue
        found = results[name]
        rows.append(
            [scenario.title, cell(found, scenario, "limit")]
            + [share(found, subject) for subject in ("wsoup-c", "floor")]
            + [spread(found, scenario, subject) for subject in ("wsoup-c", "libsoup")]
            + [per_message(found, subject) for subject in ("wsoup-c", "libsoup", "floor")]
        )
    return f"### How sure this is\n\n{table(head, rows)}" if rows else ""


def share(found, subject):
    if subject not in found:
        return ""
    used = statistics.median(result["load_cpu"] / result["seconds"] for result in found[subject])
    return f"{used:.0%}"


def spread(found, scenario, subject):
    if subject not in found:
        return ""
    values = [result[scenario.value] for result in found[subject]]
    return f"{(max(values) - min(values)) / statistics.median(values):.0%}"


def per_message(found, subject):
    if subject not in found:
        return ""
    used = [result["server_cpu"] / max(result["messages"], 1) for result in found[subject]]
    return number(statistics.median(used) * 1e6)


def write_page(known, text):
    """Renews the page and its pictures."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PICTURES.mkdir(exist_ok=True)
    pictures = []
    for name, title, scenarios, subjects in (
        ("servers", "Servers", RATE, SERVERS),
        ("clients", "Clients", CLIENT, CLIENTS),
    ):
        panels = [panel for name, scenario in scenarios.items()
                  if (panel := plot_panel(known["scenarios"].get(name), scenario, subjects))]
        if panels:
            (PICTURES / f"{name}.svg").write_text(plot.draw(f"{title}: messages a second", panels))
            pictures.append(f"![{title}: messages a second](benchmarks/{name}.svg)\n")
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join([text, *pictures]) + f"{END}{after}")
    print(f"wrote {PAGE}")


def plot_panel(found, scenario, subjects):
    if not found:
        return None
    bars = [(subject.title, median(found[name], scenario.value), name)
            for name, subject in subjects.items() if name in found and name != "limit"]
    return scenario.title, bars
