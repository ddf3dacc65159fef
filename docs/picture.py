#!/usr/bin/env python3
"""Draws what `apicert check` says of the example of the API reference, as it looks on a terminal.

    docs/picture.py path/to/apicert > docs/golden.svg

Needs rich from PyPI, of the version that CI installs: another one may draw a little differently. The
picture refers to nothing outside of it, fonts included, and is dark on light pages and on dark ones.
"""

import fcntl
import io
import os
import pty
import re
import struct
import sys
import termios
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
BODY = "fixtures/reference/request.json"
COLUMNS = 100
# Of the findings, those that are shown; it says how many are left out.
SHOWN = ["error[quoted-pem]", "error[swapped-fields]", "error[published-key]"]

THEME = TerminalTheme(
    (13, 17, 23),
    (230, 237, 243),
    [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196)],
    [(110, 118, 129), (255, 161, 152), (86, 211, 100), (227, 179, 65), (121, 192, 255), (210, 168, 255), (86, 212, 221), (255, 255, 255)],
)

# That of rich without its fonts, which a reader would have to fetch.
SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" xml:space="preserve" role="img" aria-label="What apicert check says of the example of the API reference">
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace;
    font-size: {char_height}px;
    line-height: {line_height}px;
}}
.{unique_id}-title {{
    font-family: sans-serif;
    font-size: 18px;
    font-weight: bold;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def printed(binary):
    """What comes on a terminal of so many columns."""
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
        os.chdir(ROOT)
        environment = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
        os.execve(binary, ["apicert", "check", "--now", "2026-07-01T00:00:00Z", BODY], environment)
    text = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        text += chunk
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != 1:
        sys.exit(f"apicert ended with exit code {status}")
    return text.decode().replace("\r\n", "\n")


def chosen(text):
    """The findings that are shown, and the verdict."""
    first, *findings, verdict = text.rstrip("\n").split("\n\n")
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", finding) for finding in findings]
    parts = []
    for wanted in SHOWN:
        parts.append(findings[next(index for index, finding in enumerate(plain) if wanted in finding)])
    left = len(findings) - len(parts)
    parts.append(f"\x1b[2m  ⋮ {left} more\x1b[0m")
    return "\n\n".join([f"\x1b[1m$ apicert check {BODY}\x1b[0m", first, *parts, verdict])


def main():
    text = chosen(printed(str(Path(sys.argv[1]).resolve())))
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(text))
    svg = console.export_svg(theme=THEME, code_format=SVG, unique_id="apicert", title="apicert")
    sys.stdout.write("".join(line.rstrip() + "\n" for line in svg.splitlines()))


if __name__ == "__main__":
    main()
