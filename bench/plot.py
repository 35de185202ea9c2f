"""Bars in SVG: one panel a scenario, one bar a program."""

from html import escape

COLUMNS = 2
PANEL_WIDTH = 460
LABEL_WIDTH = 160
VALUE_WIDTH = 80
BAR_HEIGHT = 14
ROW_HEIGHT = 19
HEAD_HEIGHT = 34
MARGIN = 16
STYLE = """
text { font: 12px sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: bold }
.head { font-weight: bold }
.label { text-anchor: end }
.wsoup { fill: #1a7f5a }
.libsoup { fill: #c4532d }
.floor { fill: #9aa4af }
.other { fill: #5f7fbf }
.paper { fill: #ffffff }
"""


def draw(title, panels):
    """`panels` are (title, bars), bars (label, value, name)."""
    rows = [panels[first:first + COLUMNS] for first in range(0, len(panels), COLUMNS)]
    heights = [
        HEAD_HEIGHT + ROW_HEIGHT * max(len(bars) for _, bars in row) + MARGIN for row in rows
    ]
    width = COLUMNS * PANEL_WIDTH + (COLUMNS + 1) * MARGIN
    height = sum(heights) + 3 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}">',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        f'<text class="title" x="{MARGIN}" y="{2 * MARGIN}">{escape(title)}</text>',
    ]
    top = 3 * MARGIN
    for row, row_height in zip(rows, heights):
        for column, (head, bars) in enumerate(row):
            parts += panel(head, bars, MARGIN + column * (PANEL_WIDTH + MARGIN), top)
        top += row_height
    return "\n".join(parts + ["</svg>"]) + "\n"


def panel(head, bars, left, top):
    zero = left + LABEL_WIDTH
    most = max(value for _, value, _ in bars) or 1
    yield f'<text class="head" x="{zero}" y="{top + 14}">{escape(head)}</text>'
    for row, (label, value, name) in enumerate(bars):
        y = top + HEAD_HEIGHT - 10 + row * ROW_HEIGHT
        width = (PANEL_WIDTH - LABEL_WIDTH - VALUE_WIDTH) * value / most
        baseline = y + BAR_HEIGHT - 3
        yield f'<text class="label" x="{zero - 6}" y="{baseline}">{escape(label)}</text>'
        yield (f'<rect class="{colour(name)}" x="{zero}" y="{y}" width="{width:.1f}" '
               f'height="{BAR_HEIGHT}"/>')
        yield f'<text x="{zero + width + 5:.1f}" y="{baseline}">{value:,.0f}</text>'


def colour(name):
    if name.startswith("wsoup"):
        return "wsoup"
    return name if name in ("libsoup", "floor") else "other"
