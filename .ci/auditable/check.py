#!/usr/bin/env python3
"""Looks whether a program carries the list of what it was built from, and whether that list is true.

    .ci/auditable/check.py path/to/apicert

`cargo auditable` leaves it, as compressed JSON, in the section `.dep-v0`. It is compared with what cargo says
the program needs on this machine, with versions and all, from Cargo.lock. Needs objcopy (binutils).
"""

import json
import re
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def embedded(program):
    """What stands in the program: names and versions."""
    with tempfile.NamedTemporaryFile() as section:
        subprocess.run(
            ["objcopy", "--dump-section", f".dep-v0={section.name}", program, "/dev/null"],
            check=True,
        )
        listed = json.loads(zlib.decompress(Path(section.name).read_bytes()))
    return {(package["name"], package["version"]) for package in listed["packages"]}


def needed():
    """What cargo says is needed, for running it and for building it, on this machine."""
    host = re.search(r"^host: (\S+)$", subprocess.check_output(["rustc", "-vV"], text=True), re.M)[1]
    metadata = json.loads(
        subprocess.check_output(
            ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", host], cwd=ROOT
        )
    )
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

    reached, open_ = {metadata["resolve"]["root"]}, [metadata["resolve"]["root"]]
    while open_:
        for need in nodes[open_.pop()]["deps"]:
            # Not what only tests need.
            if any(kind["kind"] in {None, "build"} for kind in need["dep_kinds"]) and need["pkg"] not in reached:
                reached.add(need["pkg"])
                open_.append(need["pkg"])
    return {(packages[one]["name"], packages[one]["version"]) for one in reached}


def main():
    listed, wanted = embedded(sys.argv[1]), needed()
    for missing in sorted(wanted - listed):
        print("needed, and not in the program's list:", *missing)
    for more in sorted(listed - wanted):
        print("in the program's list, and not needed:", *more)
    if listed != wanted:
        sys.exit(1)
    print(f"{len(listed)} packages listed in {Path(sys.argv[1]).name}, just those that cargo names")


if __name__ == "__main__":
    main()
