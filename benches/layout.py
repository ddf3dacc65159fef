#!/usr/bin/env python3
"""Writes static.ld: what a run over one file executes, so that the linker puts it side by side.

    layout.py            builds the static program, runs it under valgrind, and writes static.ld anew

The system reads in code where it is touched, 64 KB at a time. Spread over the whole program, what one file needs
touches all of it; side by side it is a fifth of that. Functions are named by patterns without the hashes at
their ends, so a list that was made of an older state does most of what a new one would; what it does not name
lies behind. Nothing but time and memory depends on it.
"""

import bisect
import collections
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "static.ld"
TARGET = ROOT / "target" / "layout"
FIXTURES = ROOT / "fixtures"
RUNS = [
    ["check", FIXTURES / "reference" / "request.json"],
    ["check", FIXTURES / "accepted" / "roma" / "key-rsa-2048-pkcs8.json"],
    ["check", "--format", "json", FIXTURES / "accepted" / "roma" / "key-p256-pkcs8.json"],
    ["check", "--bodies-only", "--fail-on", "warning", FIXTURES / "reference" / "repaired.json"],
]
HEAD = """/* For the linker of the static program (static.toml). benches/layout.py writes this file.
 *
 * Nothing is ever unwound (a panic ends the process), so tables that say how to are left out. */
SECTIONS
{
  /DISCARD/ : { *(.eh_frame .eh_frame.*) *(.gcc_except_table .gcc_except_table.*) }
}
INSERT AFTER .text;

/* What a run over one file executes. */
SECTIONS
{
  .text.one_file :
  {
"""
TAIL = """  }
}
INSERT BEFORE .text;
"""


def main():
    link_map = TARGET / "map"
    TARGET.mkdir(parents=True, exist_ok=True)
    # The places are those of a program that was laid out like any other; the tables do not matter.
    environment = os.environ | {"CARGO_PROFILE_RELEASE_STRIP": "none", "CARGO_TARGET_DIR": str(TARGET)}
    command = ["cargo", "rustc", "--release", "--locked", "--config", "static.toml", "--bin", "apicert", "--"]
    subprocess.run(command + ["-C", f"link-arg=-Wl,-Map={link_map}"], cwd=ROOT, env=environment, check=True)
    binary = TARGET / "x86_64-unknown-linux-gnu" / "release" / "apicert"
    inputs = sections(link_map)
    starts = [section.start for section in inputs]
    wanted = collections.OrderedDict()
    for address in executed(binary):
        place = bisect.bisect_right(starts, address) - 1
        if place >= 0 and address < inputs[place].end:
            wanted[pattern(inputs[place])] = None
    wanted.pop(None, None)
    SCRIPT.write_text(HEAD + "".join(f"    {line}\n" for line in sorted(wanted)) + TAIL)
    print(f"{SCRIPT.relative_to(ROOT)}: {len(wanted)} patterns")


Section = collections.namedtuple("Section", "start end file name")


def sections(link_map):
    """The pieces that the linker put together, by their addresses."""
    line = re.compile(r"^\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ {9}(\S.*):\((\.text[^()]*)\)$")
    found = []
    for text in link_map.read_text().splitlines():
        if match := line.match(text):
            start, size = int(match[1], 16), int(match[2], 16)
            if size:
                found.append(Section(start, start + size, match[3], match[4]))
    if not found:
        sys.exit("the linker's map is not as expected")
    return sorted(found)


def executed(binary):
    """The addresses of the functions that run."""
    symbols = subprocess.run(["nm", binary], stdout=subprocess.PIPE, text=True, check=True).stdout
    addresses = collections.defaultdict(list)
    for line in symbols.splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[1] in "tTwWiI":
            addresses[parts[2]].append(int(parts[0], 16))
    out = TARGET / "callgrind"
    names = set()
    for words in RUNS:
        command = ["valgrind", "--tool=callgrind", "--demangle=no", f"--callgrind-out-file={out}", binary, *words]
        subprocess.run(command + ["--now", "2026-07-01T00:00:00Z"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for line in out.read_text().splitlines():
            if match := re.match(r"c?fn=\(\d+\) (\S+)", line):
                names.add(re.sub(r"'\d+$", "", match[1]))
    return sorted({address for name in names for address in addresses[name]})


def pattern(section):
    """What names a piece in the next build, too; `None` where nothing does."""
    archive = re.match(r"(?:.*/)?(lib\w+\.a)\(([^()]+)\)$", section.file)
    if archive:
        # What another processor would take in its place, with wider registers, stands beside it.
        member = re.sub(r"-(avx2|evex|avx512|sse).*\.o$", "-*.o", archive[2])
        return f"*{archive[1]}:{member}(.text .text.*)"
    if section.name == ".text":
        return None
    # What tells pieces of one name apart is counted anew each time.
    name = re.sub(r"\.\d+$", "*", section.name)
    name = re.sub(r"17h[0-9a-f]{16}E", "17h*", name)
    # The hash of a crate, in names of the newer kind of mangling.
    name = re.sub(r"Cs[0-9A-Za-z]+_", "Cs*_", name)
    return f"*({re.sub(r'[^-.*_$0-9A-Za-z]', '?', name)})"


if __name__ == "__main__":
    main()
