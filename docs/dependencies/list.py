#!/usr/bin/env python3
"""What the program is made of: prints the tables of docs/dependencies.md.

    python3 docs/dependencies/list.py

Counts the places where `unsafe` stands in a package's own source (`src/`, without comments and strings, whether or
not that source is built here), and says which packages have a build script or are macros. Of the packages that cargo
names for this machine; of each that is needed only for tests, nothing.
"""

import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Comments, then strings (raw ones too) and characters, then the word.
TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|\bb?r(#*)".*?"\1|"(?:\\.|[^"\\])*"|' r"'(?:\\.|[^'\\\n])'|(\bunsafe\b)(?!_)", re.S
)


def packages():
    """What is needed for running and for building, the nearest first, and what our own packages name."""
    host = re.search(r"^host: (\S+)$", subprocess.check_output(["rustc", "-vV"], text=True), re.M)[1]
    metadata = json.loads(
        subprocess.check_output(
            ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", host], cwd=ROOT
        )
    )
    by_id = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}

    def needs(identifier):
        for need in nodes[identifier]["deps"]:
            if any(kind["kind"] in {None, "build"} for kind in need["dep_kinds"]):
                yield need["pkg"]

    ours = metadata["workspace_members"]
    found, open_ = [], list(ours)
    while open_:
        for need in needs(open_.pop(0)):
            if need not in found and need not in ours:
                found.append(need)
                open_.append(need)
    named = {need for own in ours for need in needs(own)}
    return [(by_id[one], one in named) for one in found]


def unsafe(package):
    """How often the word stands in the package's source."""
    folder = pathlib.Path(package["manifest_path"]).parent / "src"
    texts = (path.read_text(errors="replace") for path in folder.rglob("*.rs"))
    return sum(bool(found[2]) for text in texts for found in TOKENS.finditer(text))


def kinds(package):
    return {kind for target in package["targets"] for kind in target["kind"]}


def main():
    every = packages()
    counted = {package["id"]: unsafe(package) for package, _ in every}
    print("| package | version | licence | `unsafe` | build script |\n|---|---|---|---:|---|")
    for package, is_named in sorted(every, key=lambda one: one[0]["name"]):
        if is_named:
            script = "yes" if "custom-build" in kinds(package) else "–"
            licence = package["license"].replace("/", " OR ")
            print(f"| {package['name']} | {package['version']} | {licence} | {counted[package['id']]} | {script} |")
    rest = [package for package, is_named in every if not is_named]
    busy = sorted((package for package in rest if counted[package["id"]]), key=lambda one: -counted[one["id"]])
    macros = sum("proc-macro" in kinds(package) for package, _ in every)
    print(f"\n{len(every)} packages, {macros} of them macros. Of the {len(rest)} that these bring along "
          f"{len(rest) - len(busy)} hold no `unsafe`; the others:")
    print(", ".join(f"{package['name']} {counted[package['id']]}" for package in busy) + ".")


if __name__ == "__main__":
    main()
