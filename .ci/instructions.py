#!/usr/bin/env python3
"""Holds how many instructions some runs take: that they do not grow by more than 5 % unnoticed.

    .ci/instructions.py target/release/apicert             # compares with benches/instructions.json
    .ci/instructions.py target/release/apicert --bless     # records them anew

Instructions, because time is not the same twice on a shared machine and these are: valgrind runs the
program on a processor of its own, whatever the real one can do, and here with an environment, folder and
file names of their own too. What is left differs by far less than a hundredth from run to run.

The counts are those of one compiler and of the versions in Cargo.lock. Another compiler counts otherwise
by some hundredths, and is told; the limit stays, since what a new compiler makes slower ought to be noticed
as well: then record the counts anew, and say why in the commit. The same goes for growth that buys
something. What has become cheaper by more than 5 % is told, so that it can be recorded and kept.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
RECORD = ROOT / "benches" / "instructions.json"
FIXTURES = ROOT / "fixtures"
TOLERANCE = 0.05
COMMON = ["--now", "2026-07-01T00:00:00Z"]

ACCEPTED = {
    "rsa-2048": "accepted/roma/key-rsa-2048-pkcs8.json",
    "p256": "accepted/roma/key-p256-pkcs8.json",
}
RUNS = {
    "the example of the API reference": ["check", *COMMON, "request.json"],
    "an accepted body, RSA-2048": ["check", *COMMON, "rsa-2048.json"],
    "an accepted body, P-256": ["check", *COMMON, "p256.json"],
    "a batch of 64, half of them RSA-2048 and half P-256":
        ["check", *COMMON, "--jobs", "1", "--format", "ndjson", "batch.ndjson"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--bless", action="store_true", help="record the counts anew")
    options = parser.parse_args()
    counts = count(options.binary.resolve())
    rustc = subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    if options.bless:
        RECORD.write_text(json.dumps({"rustc": rustc, "instructions": counts}, indent=2) + "\n")
        print(f"recorded in {RECORD.relative_to(ROOT)}")
        return
    sys.exit(compare(counts, rustc))


def count(binary):
    with tempfile.TemporaryDirectory(prefix="apicert-", dir="/tmp") as folder:
        folder = pathlib.Path(folder)
        shutil.copy(binary, folder / "apicert")
        shutil.copy(FIXTURES / "reference" / "request.json", folder)
        lines = []
        for name, path in ACCEPTED.items():
            shutil.copy(FIXTURES / path, folder / f"{name}.json")
            lines.append(json.dumps(json.loads((FIXTURES / path).read_text())) + "\n")
        (folder / "batch.ndjson").write_text("".join(lines) * 32)
        return {name: count_run(folder, arguments) for name, arguments in RUNS.items()}


def count_run(folder, arguments):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "./apicert", *arguments],
        cwd=folder, env={"PATH": "/usr/bin:/bin"}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, check=False)
    collected = re.findall(rb"Collected : (\d+)", done.stderr)
    if done.returncode not in (0, 1) or not collected:
        sys.exit(f"valgrind or the run ended with {done.returncode}")
    return int(collected[0])


def compare(counts, rustc):
    """The exit code."""
    record = json.loads(RECORD.read_text())
    if record["rustc"] != rustc:
        print(f"recorded with {record['rustc']}; this is {rustc}, which may count otherwise")
    failed = False
    for name in sorted({*counts, *record["instructions"]}):
        now, then = counts.get(name), record["instructions"].get(name)
        if now is None or then is None:
            print(f"{name}: only {'counted' if then is None else 'recorded'}")
            failed = True
            continue
        change = now / then - 1
        print(f"{name}: {now:,} instructions, {change:+.1%}")
        if change > TOLERANCE:
            print(f"  more than {TOLERANCE:.0%} above the {then:,} that are recorded")
            failed = True
        elif change < -TOLERANCE:
            print("  cheaper than recorded; record it with --bless, or the gain can be lost again unnoticed")
    if failed:
        print("if that is as it should be: .ci/instructions.py BINARY --bless, and say why in the commit")
    return int(failed)


if __name__ == "__main__":
    main()
