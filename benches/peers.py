#!/usr/bin/env python3
"""Measures the whole beside its peers, in one run: openssl's recipe, Python's `cryptography`, Go.

    cargo build --locked --release
    python3 benches/peers.py                 # prints the tables; some minutes

All are asked about the same bodies, each with a key and a certificate of its own (benches/bodies.py), and
all have to accept every one of them, or the run fails. The peers answer one question, whether the key is the
certificate's; `apicert` reads the whole body and asks all of its rules.

In a batch a body costs what a run over all bodies takes beyond a run over one, by the processor's time, user
and system, on one core; of Python, whose start takes longer than hundreds of bodies, what its loop takes.
Alone a body costs what a run over it takes, start included, by the processor's time too; by the clock it is
the same where the machine has nothing else to do. The peers take turns, several rounds, and the best of each
counts: what others do on the machine meets all of them alike, and can only slow them down. Ratios of one run
mean something, the numbers themselves little.

Needs `cryptography` and OpenSSL 3.0 or later; without Go or jq their columns are left out.
"""

import argparse
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))
import bodies  # noqa: E402

SHAPE = "issued"
RECIPE = 10


class Peer:
    """A tool, and at most how many bodies it is given: those that take milliseconds for each get few."""

    def __init__(self, name, command, kinds, most=None):
        self.name, self.command, self.kinds, self.most = name, command, kinds, most

    def is_one_at_a_time(self):
        return self.name == "recipe"

    def times_itself(self):
        return self.name.startswith("cryptography")


def peers(binary, folder):
    ordinary = [kind for kind in bodies.KINDS if kind != "sm2"]
    check = [str(binary), "check", "--no-config", "--now", bodies.NOW, "--jobs", "1", "--format", "ndjson", "--ndjson"]
    found = [Peer("apicert", check, bodies.KINDS)]
    if shutil.which("go"):
        program = folder / "pair"
        subprocess.run(["go", "build", "-o", str(program), str(HERE / "peers" / "pair.go")], check=True,
                       env={**os.environ, "GO111MODULE": "off", "GOFLAGS": ""})
        found.append(Peer("Go", [str(program)], ordinary))
    pair = [sys.executable, str(HERE / "peers" / "pair.py")]
    found.append(Peer("cryptography", [*pair, "{}"], ordinary, most=40))
    found.append(Peer("cryptography, RSA keys unchecked", [*pair, "{}", "unchecked"], ["rsa-2048", "rsa-4096"]))
    if shutil.which("jq"):
        found.append(Peer("recipe", [str(HERE / "peers" / "recipe.sh")], bodies.KINDS, most=RECIPE))
    return found


def run(command, path):
    """Processor's time, time by the clock, and what was printed."""
    command = [part.replace("{}", str(path)) for part in command]
    if str(path) not in command:
        command.append(str(path))
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env={**os.environ, "GOMAXPROCS": "1"})
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    return usage.ru_utime + usage.ru_stime, wall, process.returncode, text


def accepted(peer, code, text):
    if peer.name == "apicert":
        verdicts = [json.loads(line)["verdict"] for line in text.splitlines()]
        return verdicts.count("accept") if code in (0, 1) else 0
    return int(text.split()[0]) if text else 0


def files(folder, lines):
    """A file of all bodies, and of the first some a file each."""
    whole = folder / "all.ndjson"
    whole.write_text("".join(lines))
    single = []
    for number, line in enumerate(lines[:RECIPE]):
        single.append(folder / f"body-{number}.json")
        single[-1].write_text(line)
    return whole, single


def measure(found, kind, lines, rounds, folder):
    """By peer: the seconds that a body takes in a batch and alone, each by processor's time and by the clock."""
    best = {}
    asked = [peer for peer in found if kind in peer.kinds]
    for _ in range(rounds):
        for peer in asked:
            count = min(peer.most or len(lines), len(lines))
            whole, single = files(folder, lines[:count])
            alone = run(peer.command, single[0])
            if peer.is_one_at_a_time():
                runs = [run(peer.command, path) for path in single]
                good = sum(accepted(peer, code, text) for _, _, code, text in runs)
                batch = [sum(costs) / len(runs) for costs in zip(*((cpu, wall) for cpu, wall, _, _ in runs))]
            else:
                cpu, wall, code, text = run(peer.command, whole)
                good = accepted(peer, code, text)
                batch = [(cpu - alone[0]) / (count - 1), (wall - alone[1]) / (count - 1)]
                if peer.times_itself():
                    batch = [float(seconds) / count for seconds in text.split()[1:]]
            if good != count:
                sys.exit(f"{peer.name} accepts {good} of {count} bodies of {kind}")
            costs = [*batch, *alone[:2]]
            best[peer.name] = [min(pair) for pair in zip(costs, best.get(peer.name, [math.inf] * 4))]
    return best


def versions():
    said = [f"Python {sys.version.split()[0]}"]
    import cryptography
    from cryptography.hazmat.backends.openssl.backend import backend
    said.append(f"cryptography {cryptography.__version__} ({backend.openssl_version_text()})")
    for command in (["openssl", "version"], ["go", "version"], ["jq", "--version"]):
        if shutil.which(command[0]):
            said.append(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
    return "Peers: " + "; ".join(said) + ".\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "apicert")
    parser.add_argument("--bodies", type=pathlib.Path, help="folder to keep the bodies in")
    parser.add_argument("--count", type=int, default=2000, help="bodies of each kind (2000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        made = bodies.make(options.bodies or folder / "bodies", options.count)
        found = peers(options.binary.resolve(), folder)
        results = {}
        for kind in bodies.KINDS:
            lines = made[kind, SHAPE].read_text().splitlines(keepends=True)
            results[kind] = measure(found, kind, lines, options.rounds, folder)
            print(kind, {name: [f"{cost * 1e6:,.1f} µs" for cost in costs] for name, costs in results[kind].items()},
                  file=sys.stderr)
    text = tables([peer.name for peer in found], results)
    print(text + versions())


def table(head, rows, alignment):
    """A table in Markdown."""
    marks = {"l": "---", "r": "---:"}
    lines = [head, [marks[letter] for letter in alignment], *rows]
    return "".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def tables(names, results):
    batch = [("bodies/s", *names, "times the best peer")]
    alone = [("ms", *names, "of the best peer")]
    for kind, best in results.items():
        others = [costs for name, costs in best.items() if name != "apicert"]
        rates = [f"{1 / best[name][0]:,.0f}" if name in best else "–" for name in names]
        ratio = min(costs[0] for costs in others) / best["apicert"][0] if others else math.nan
        batch.append((kind, *rates, f"{ratio:.1f}"))
        runs = [f"{best[name][2] * 1e3:,.1f}" if name in best else "–" for name in names]
        part = best["apicert"][2] / min(costs[2] for costs in others) if others else math.nan
        alone.append((kind, *runs, f"{part:.2f}"))
    marks = "l" + "r" * (len(names) + 1)
    return ("Many bodies, one core: bodies a second of processor's time.\n\n"
            + table(batch[0], batch[1:], marks)
            + "\nOne body, one process: milliseconds of processor's time, start included.\n\n"
            + table(alone[0], alone[1:], marks) + "\n")


if __name__ == "__main__":
    main()
