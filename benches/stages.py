#!/usr/bin/env python3
"""Runs the benchmarks of the stages, and prints a table of them.

    python3 benches/stages.py            # all of them; some ten minutes
    python3 benches/stages.py key/       # those with `key/` in their names
    python3 benches/stages.py --quick    # shorter, and less exact
    python3 benches/stages.py --docs     # and writes the table into docs/speed.md

The time is the median that criterion estimates, wall time of one thread; the interval behind it holds 95 % of
its bootstrap.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import page  # noqa: E402

ROOT = HERE.parent
CRITERION = ROOT / "target" / "criterion"
QUICK = ["--warm-up-time", "0.5", "--measurement-time", "1.2"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="?", default="", help="only benchmarks with this in their names")
    parser.add_argument("--quick", action="store_true", help="measure each for a second instead of five")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/speed.md")
    options = parser.parse_args()
    if options.docs and options.words:
        parser.error("the docs have a table of all of them")
    # What was measured before may be of other sources.
    shutil.rmtree(CRITERION, ignore_errors=True)
    command = ["cargo", "bench", "--locked", "--bench", "stages", "--", *([options.words] if options.words else [])]
    subprocess.run(command + (QUICK if options.quick else []), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    table = page.table(("stage", "of", "time", "95 % between", "MB/s"), sorted(rows()), "llrrr")
    print(table)
    if options.docs:
        page.write("stages", table + "\n" + page.machine())


def rows():
    for file in CRITERION.glob("*/*/new/benchmark.json"):
        of = json.loads(file.read_text())
        median = json.loads((file.parent / "estimates.json").read_text())["median"]
        between = median["confidence_interval"]
        # Of one estimate as of the others, so that they can be compared.
        unit, factor = scale(median["point_estimate"])
        times = (f"{ns / factor:,.3g}" if ns / factor < 1000 else f"{ns / factor:,.0f}"
                 for ns in (between["lower_bound"], between["upper_bound"]))
        length = (of["throughput"] or {}).get("Bytes")
        speed = f"{length / median['point_estimate'] * 1e3:,.0f}" if length else "–"
        yield (of["group_id"], of["function_id"], f"{median['point_estimate'] / factor:,.3g} {unit}",
               " and ".join(times), speed)


def scale(nanoseconds):
    for unit, factor in ("ms", 1e6), ("µs", 1e3):
        if nanoseconds >= factor:
            return unit, factor
    return "ns", 1


if __name__ == "__main__":
    main()
