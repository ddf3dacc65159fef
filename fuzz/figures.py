#!/usr/bin/env python3
"""Sums up the logs of libFuzzer: figures.py LOG… (named TARGET-….log), one line of a table a target."""
import re
import sys
from collections import defaultdict
from pathlib import Path

runs, edges, corpus, rss, failed = (defaultdict(int) for _ in range(5))
for path in map(Path, sys.argv[1:]):
    target = path.name.split("-")[0]
    text = path.read_text(errors="replace")
    status = re.findall(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: \d+ corp: (\d+)", text, re.M)
    executed = re.search(r"number_of_executed_units: (\d+)", text) or re.search(r"^Done (\d+) runs", text, re.M)
    # A run that a failure ended has no closing figures: what it last reported counts.
    runs[target] += int(executed[1]) if executed else int(status[-1][0]) if status else 0
    edges[target] = max([edges[target], *(int(covered) for _, covered, _ in status)])
    corpus[target] = max([corpus[target], *(int(count) for _, _, count in status)])
    rss[target] = max([rss[target], *map(int, re.findall(r"peak_rss_mb:\s+(\d+)", text))])
    failed[target] += len(re.findall(r"ERROR: libFuzzer", text))
print("| target | executions | edges | corpus | peak MB | runs ended by a failure |\n|---|---:|---:|---:|---:|---:|")
for target in sorted(runs, key=lambda target: -runs[target]):
    shown = rss[target] or "–"
    print(f"| `{target}` | {runs[target]:,} | {edges[target]:,} | {corpus[target]:,} | {shown} | {failed[target]} |")
