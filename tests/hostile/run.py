#!/usr/bin/env python3
"""Runs the command over what `make.py` makes, and holds what docs/assurance.md promises of it:

    run.py BINARY [--scale 1] [--family NAME]… [--every-format] [--table] [--cases]

Each run ends by itself, without a signal and without an internal fault, within 60 seconds of the
processor (a watchdog: how fast it is says more of the machine). It takes no more memory than 64 MB and the
length of its files. What it prints of a body is no longer than 8 MB and 8 times its length. What is longer than
the limit is refused, and nothing else.
Linux; nothing but Python's own library is needed.
"""
import argparse
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import make

SECONDS = 60
MEMORY = 64 << 20
OUTPUT = (8 << 20, 8)
ENVIRONMENT = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "SOURCE_DATE_EPOCH": "1782864000", "LC_ALL": "C.UTF-8"}
FORMATS = "full concise json ndjson sarif github gitlab junit markdown".split()


def commands(case, every_format):
    """What is done with a case, by a name for it."""
    if case.arguments:
        yield " ".join(case.arguments[:1]), case.arguments
        return
    body = "body.json"
    if every_format:
        for name in FORMATS:
            yield f"check, {name}", ["check", "--format", name, body]
    yield "check", ["check", *(f"--output={name}=out.{name}" for name in FORMATS), body]
    yield "predict", ["predict", body]
    yield "fix --diff", ["fix", "--unsafe", "--diff", body]
    yield "inspect", ["inspect", body]


def measured(binary, arguments, folder):
    """Exit code (negative: a signal), seconds of the processor, peak of memory, the longest output, and whether
    the input was refused for its length."""
    printed = [folder / "stdout", folder / "stderr"]
    with open(printed[0], "wb") as stdout, open(printed[1], "wb") as stderr:
        child = subprocess.Popen([binary, *arguments], stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                                 cwd=folder, env=ENVIRONMENT)
        resource.prlimit(child.pid, resource.RLIMIT_CPU, (SECONDS, SECONDS))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    outputs = printed + list(folder.glob("out.*"))
    longest = max(path.stat().st_size for path in outputs)
    is_refused = b"and was not read" in printed[1].read_bytes()
    for path in outputs:
        path.unlink()
    return child.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, longest, is_refused


def serve(requests):
    """Runs commands for a process that has grown: the peak of a child counts from what its parent has."""
    while True:
        try:
            requests.send(measured(*requests.recv()))
        except EOFError:
            return


def faults(case, length, result):
    """What a run did that it may not do."""
    code, _, peak, longest, is_refused = result
    if code not in (0, 1, 2, 3):
        yield f"ended with {code}"
    if is_refused != case.is_refused:
        yield "was refused for its length" if is_refused else "was not refused for its length"
    if peak > MEMORY + length:
        yield f"took {peak >> 20} MB for {length} bytes"
    if longest > case.bodies * OUTPUT[0] + OUTPUT[1] * length:
        yield f"printed {longest} bytes for {length}"


def worst(rows, of, shown):
    """The highest of a figure, and of which case and command."""
    label, name, result, _ = max(rows, key=lambda row: row[2][of])
    return f"{shown(result[of])} ({label}: `{name}`)"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=Path)
    parser.add_argument("--scale", type=float, default=1, help="1: bodies of 1 MiB")
    parser.add_argument("--family", dest="families", action="append", metavar="NAME", help=", ".join(make.FAMILIES))
    parser.add_argument("--every-format", action="store_true", help="run check once a format, too")
    parser.add_argument("--table", action="store_true", help="print what the docs hold")
    parser.add_argument("--cases", action="store_true", help="print every run")
    options = parser.parse_args()
    requests, theirs = multiprocessing.Pipe()
    if os.fork() == 0:
        requests.close()
        serve(theirs)
        os._exit(0)
    theirs.close()
    binary, failures, runs = str(options.binary.resolve()), [], 0
    if options.table:
        print("| what | runs | processor, s | peak, MB | longest output, MB |\n|---|---:|---|---|---|")
    for family in options.families or make.FAMILIES:
        rows = []
        for case in make.cases(family, options.scale):
            length = sum(map(len, case.files.values()))
            with tempfile.TemporaryDirectory(prefix="apicert-hostile-") as folder:
                for name, content in case.files.items():
                    Path(folder, name).write_bytes(content)
                for name, arguments in commands(case, options.every_format):
                    requests.send((binary, arguments, Path(folder)))
                    result = requests.recv()
                    rows.append((case.label, name, result, length))
                    failures += [f"{case.label}: {name} {fault}" for fault in faults(case, length, result)]
                    if options.cases:
                        code, seconds, peak, longest, _ = result
                        print(f"{case.label}, {length} bytes: {name} ended with {code}, {seconds:.2f} s,"
                              f" {peak >> 20} MB, {longest} bytes of output", flush=True)
        runs += len(rows)
        if options.table:
            print(f"| {family} | {len(rows)} | {worst(rows, 1, '{:.1f}'.format)}"
                  f" | {worst(rows, 2, lambda peak: peak >> 20)} | {worst(rows, 3, lambda longest: longest >> 20)} |", flush=True)
    print(f"{runs} runs, {len(failures)} failures", file=sys.stderr)
    print("\n".join(failures), file=sys.stderr)
    return 1 if failures or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
