#!/usr/bin/env python3
"""Draws the payment of a second of video as an SVG on standard output. `scripts/pictures flow` saves it.

The drawing has a background of its own, so that it looks the same on light and dark pages. Its colours are those of the
pages' light theme (client/web/src/styles/tokens.css). Every text has more room than it needs, because the fonts of the
reader's machine are unknown.
"""

from xml.sax.saxutils import escape

WIDTH, HEIGHT = 1000, 570
GROUND, SURFACE, LINE, SOFT_LINE = "#f6f3ec", "#fffdf9", "#b9af9c", "#e0d9cb"
INK, SOFT_INK, ACCENT, ACCENT_INK = "#1b1814", "#544d42", "#ffb52e", "#855000"
FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"

TITLE = "How one second of video is paid for"
DESCRIPTION = (
    "The viewer deposits once. The encoder's video is encrypted by the gateway and is public. For each second the viewer"
    " reveals a tick to the gateway and gets a key. Once a minute the gateway hands its claims to its node, whose worker"
    " settles them on chain. The creator is paid out from the chain."
)


def tag(name, content=None, **attributes):
    """Returns an element. The attribute `stroke_width=2` becomes `stroke-width="2"`."""
    pairs = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<{name}{pairs}/>" if content is None else f"<{name}{pairs}>{content}</{name}>"


def text(x, y, words, size=14, fill=SOFT_INK, weight=400, anchor="middle"):
    return tag("text", escape(words), x=x, y=y, font_size=size, fill=fill, font_weight=weight, text_anchor=anchor)


def box(x, y, width, height, title, *lines):
    """Returns a box for a part of the platform, with its name and lines about its job."""
    middle = x + width / 2
    parts = [tag("rect", x=x, y=y, width=width, height=height, rx=14, fill=SURFACE, stroke=LINE, stroke_width=1.5)]
    parts.append(text(middle, y + 30, title, size=18, fill=INK, weight=650))
    parts += [text(middle, y + 54 + 20 * place, words) for place, words in enumerate(lines)]
    return parts


def step(number, x, y, *lines, is_paying=False):
    """Returns a numbered label. `x` is the centre of the number, `y` the baseline of the first line."""
    fill, weight = (ACCENT_INK, 600) if is_paying else (SOFT_INK, 400)
    parts = [tag("circle", cx=x, cy=y - 5, r=10, fill=ACCENT if is_paying else SOFT_LINE)]
    parts.append(text(x, y - 0.5, str(number), size=12, fill=INK, weight=650))
    parts += [text(x + 17, y + 20 * place, words, fill=fill, weight=weight, anchor="start") for place, words in enumerate(lines)]
    return parts


def arrow(start, end, is_paying=False):
    """Returns an arrow, in colour if it is part of the payment of a second."""
    colour, head = (ACCENT, "head-paying") if is_paying else (SOFT_INK, "head")
    path = f"M{start[0]} {start[1]} L{end[0]} {end[1]}"
    return [tag("path", d=path, fill="none", stroke=colour, stroke_width=2.5, marker_end=f"url(#{head})")]


def marker(name, colour):
    shape = tag("path", d="M0 0 L10 5 L0 10 z", fill=colour)
    return tag(
        "marker", shape, id=name, viewBox="0 0 10 10", refX=9, refY=5, markerWidth=12, markerHeight=12, orient="auto",
        markerUnits="userSpaceOnUse",
    )


def drawing():
    ground = tag("rect", x=1, y=1, width=WIDTH - 2, height=HEIGHT - 2, rx=24, fill=GROUND, stroke=SOFT_LINE, stroke_width=2)
    return [
        ground,
        *box(40, 50, 190, 110, "Creator", "OBS, ffmpeg,", "or any encoder"),
        *box(390, 50, 210, 150, "Gateway", "transcodes, encrypts,", "sells keys by the second,", "writes to its disk first"),
        *box(780, 50, 180, 150, "Viewer", "browser or", "command line:", "decrypts and plays"),
        *box(390, 300, 210, 100, "Gateway's node", "tick pool,", "off-chain worker"),
        *box(40, 450, 920, 80, "Chain", "deposits, sessions, claims and shares; one block a second; every planck can be verified"),
        *arrow((920, 200), (920, 442)),
        *step(1, 780, 300, "deposit and", "session key,", "signed once"),
        *arrow((230, 105), (382, 105)),
        *step(2, 280, 94, "video"),
        *arrow((600, 78), (772, 78)),
        *step(3, 628, 68, "media, public"),
        *arrow((780, 130), (608, 130), is_paying=True),
        *step(4, 628, 120, "tick: 32 bytes", is_paying=True),
        *arrow((600, 182), (772, 182), is_paying=True),
        *step(5, 628, 172, "key: 16 bytes", is_paying=True),
        *arrow((495, 200), (495, 292)),
        *step(6, 517, 252, "claims, each minute"),
        *arrow((495, 400), (495, 442)),
        *step(7, 517, 428, "one batch for many viewers"),
        *arrow((135, 450), (135, 168)),
        *step(8, 157, 312, "earnings, paid out"),
    ]


def main():
    head = [tag("title", escape(TITLE)), tag("desc", escape(DESCRIPTION))]
    definitions = tag("defs", marker("head", SOFT_INK) + marker("head-paying", ACCENT))
    body = "\n".join(f"  {part}" for part in [*head, definitions, *drawing()])
    print(
        tag(
            "svg", f"\n{body}\n", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", width=WIDTH, height=HEIGHT,
            role="img", font_family=FONT,
        )
    )


if __name__ == "__main__":
    main()
