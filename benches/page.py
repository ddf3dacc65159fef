"""Parts of docs/speed.md that scripts write: each stands between two marks."""

import datetime
import os
import pathlib
import platform
import re
import subprocess

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "speed.md"


def write(part, text):
    begin, end = f"<!-- {part}: written by a script -->", f"<!-- end of {part} -->"
    page = PAGE.read_text()
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"docs/speed.md has no part {part}")
    PAGE.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}")


def table(head, rows, alignment):
    marks = {"l": "---", "r": "---:"}
    lines = [head, [marks[letter] for letter in alignment], *rows]
    return "".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def machine():
    """What it was measured on, as a list."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    rustc = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    commit = subprocess.run(["git", "-C", str(PAGE.parent), "rev-parse", "--short", "HEAD"],
                            stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (f"Measured on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}, {os.cpu_count()} cores of "
            f"{cpu.group(1) if cpu else 'an unknown processor'}, load {load}; {platform.system()} "
            f"{platform.release()}, {rustc}, source as of commit {commit}.\n")
