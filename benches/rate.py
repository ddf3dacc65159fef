#!/usr/bin/env python3
"""Measures how many bodies a second a core checks, what a second core adds, what a rejected body costs
more, and what checking one file costs beside a program that does nothing. Prints tables.

    rate.py [--binary PATH] [--only KIND ...] [--count N] [--rounds N]

Without --binary the static release binary is built. Bodies are made by bodies.py and kept in
target/bodies. Other work on the machine makes wall time useless for one core, so that is counted in
processor time, user and system, of the whole process; of several rounds the best counts. What two
cores do is counted in wall time, one core and two in turns, and beside it what two processes at once do,
each with a thread of its own: more than that the machine does not give.
"""

import argparse
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import bodies  # noqa: E402

ROOT = HERE.parent
TARGET = "x86_64-unknown-linux-gnu"
# Of the program that does nothing; ours is built as the README says.
FLAGS = "-C target-feature=+crt-static"
# So many bodies, by kind, take some seconds.
LINES = {"rsa-2048": 200_000, "rsa-4096": 100_000, "p256": 200_000, "p384": 50_000, "p521": 50_000, "sm2": 50_000}
# Fewer bodies than verdicts are remembered of.
AGAIN = 100


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--binary", type=pathlib.Path)
    options.add_argument("--only", nargs="*", default=bodies.KINDS, choices=bodies.KINDS, metavar="KIND")
    options.add_argument("--shapes", nargs="*", default=bodies.SHAPES, choices=bodies.SHAPES, metavar="SHAPE")
    # More than verdicts are remembered of, shared out among two threads too.
    options.add_argument("--count", type=int, default=5000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--scale", type=float, default=1.0, help="of how many bodies go into a round")
    options = options.parse_args()
    binary = (options.binary or build()).resolve()
    files = bodies.make(ROOT / "target" / "bodies", options.count, options.only)
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as folder:
        folder = pathlib.Path(folder)
        streams(binary, files, options, folder)
        rejected(binary, files, options, folder)
        one_file(binary, folder)


def build():
    command = ["cargo", "build", "--profile", "dist", "--locked", "--target", TARGET]
    environment = os.environ | {"RUSTFLAGS": "-C target-feature=+crt-static"}
    subprocess.run(command, cwd=ROOT, check=True, env=environment)
    return ROOT / "target" / TARGET / "dist" / "apicert"


def machine():
    model = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    rustc = subprocess.run(["rustc", "-V"], stdout=subprocess.PIPE, text=True).stdout.split(" (")[0]
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, {rustc}"


# Bulk -----------------------------------------------------------------------------------------


def streams(binary, files, options, folder):
    print("\n| key | bodies | a second, one core | again and again | two cores, of one | two processes, of one |"
          " MB resident |")
    print("|---|---|---:|---:|---:|---:|---:|", flush=True)
    for kind in options.only:
        count = int(LINES[kind] * options.scale)
        for shape in options.shapes:
            different = files[kind, shape].read_bytes().splitlines(keepends=True)
            stream, again, few = folder / "stream", folder / "again", folder / "few"
            repeat(different, count, stream)
            repeat(different[:AGAIN], count, again)
            rounds = range(options.rounds)
            one = [run(binary, stream, shape, 1) for _ in rounds]
            repeated = [run(binary, again, shape, 1) for _ in rounds]
            # In turns, so that both meet the same neighbours, and short, so that some meet none.
            repeat(different, count // 4, few)
            turns = [
                (run(binary, few, shape, 1), run(binary, few, shape, 2), twice(binary, few, shape))
                for _ in range(4 * options.rounds)
            ]
            alone, shared, at_once = (min(wall) for wall in zip(*((a.wall, b.wall, c) for a, b, c in turns)))
            rate = count / min(run.cpu for run in one)
            rate_again = count / min(run.cpu for run in repeated)
            with stream.open("rb") as file:
                memory = resident(command(binary, shape, 2), file)
            print(
                f"| {kind} | {shape} | {rate:,.0f} | {rate_again:,.0f} | {alone / shared:.2f} |"
                f" {2 * alone / at_once:.2f} | {memory} |",
                flush=True,
            )
            for file in stream, again, few:
                file.unlink()


def rejected(binary, files, options, folder):
    print("\n| key | accepted, µs | rejected with four findings, µs | more, µs |\n|---|---:|---:|---:|", flush=True)
    for kind in options.only:
        count = int(LINES[kind] * options.scale) // 2
        good = files[kind, "issued"].read_bytes().splitlines(keepends=True)
        times = []
        for lines in good, [bodies.broken(line).encode() for line in good]:
            repeat(lines, count, folder / "stream")
            runs = [run(binary, folder / "stream", "issued", 1) for _ in range(options.rounds)]
            times.append(min(run.cpu for run in runs) / count * 1e6)
        print(f"| {kind} | {times[0]:.1f} | {times[1]:.1f} | {times[1] - times[0]:.1f} |", flush=True)


def repeat(lines, count, path):
    whole, rest = divmod(count, len(lines))
    block = b"".join(lines)
    with path.open("wb") as file:
        for _ in range(whole):
            file.write(block)
        file.writelines(lines[:rest])


class Run:
    def __init__(self, wall, usage):
        self.wall = wall
        self.cpu = usage.ru_utime + usage.ru_stime


def command(binary, shape, jobs):
    service = "apig" if shape == "chain" else "roma"
    words = [str(binary), "check", "--no-config", "-q", "--ndjson", "--format", "ndjson", "--fail-on", "never"]
    return words + ["--service", service, "--now", bodies.NOW, "--jobs", str(jobs), "-"]


def run(binary, stream, shape, jobs):
    with stream.open("rb") as file:
        return spawn(command(binary, shape, jobs), file.fileno())


def twice(binary, stream, shape):
    """Seconds until two processes have both read the stream."""
    words, start = command(binary, shape, 1), time.perf_counter()
    with stream.open("rb") as one, stream.open("rb") as other:
        children = [subprocess.Popen(words, stdin=file, stdout=subprocess.DEVNULL) for file in (one, other)]
        if any(child.wait() != 0 for child in children):
            sys.exit(f"{binary} failed")
    return time.perf_counter() - start


def resident(command, stdin):
    """Megabytes. What the kernel says to a parent counts the parent, too, until the child is another program,
    so that has to be a small one."""
    time = shutil.which("time")
    if time is None:
        return "not measured: there is no `time`"
    with tempfile.NamedTemporaryFile("r") as said:
        words = [time, "-f", "%M", "-o", said.name, *command]
        subprocess.run(words, stdin=stdin, stdout=subprocess.DEVNULL, check=True)
        return f"{int(said.read()) / 1024:.1f}"


def spawn(command, stdin):
    null = os.open(os.devnull, os.O_RDWR)
    places = [(os.POSIX_SPAWN_DUP2, null if stdin is None else stdin, 0), (os.POSIX_SPAWN_DUP2, null, 1)]
    start = time.perf_counter()
    child = os.posix_spawn(command[0], command, os.environ, file_actions=places)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    os.close(null)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command[0]} failed")
    return Run(wall, usage)


# One file -------------------------------------------------------------------------------------


def one_file(binary, folder, rounds=300):
    source, empty = folder / "empty.rs", folder / "empty"
    source.write_text("fn main() {}\n")
    command = ["rustc", "-O", *FLAGS.split(), "-C", "strip=symbols", "--target", TARGET, "-o", empty, source]
    subprocess.run(command, check=True)
    example = ROOT / "fixtures" / "reference" / "request.json"
    check = [str(binary), "check", "--now", bodies.NOW, "--fail-on", "never", "-q", str(example)]
    pairs = [(spawn([str(empty)], None), spawn(check, None)) for _ in range(rounds)]
    nothing, ours = ([pair[place] for pair in pairs] for place in (0, 1))
    print("\n| one file | best, ms | median, ms | of nothing | MB resident |\n|---|---:|---:|---:|---:|")
    for name, words, runs in (
        ("a program that does nothing", [str(empty)], nothing),
        ("the example of the reference", check, ours),
    ):
        best, median = (f(run.wall for run in runs) * 1000 for f in (min, statistics.median))
        of = median / (statistics.median(run.wall for run in nothing) * 1000)
        print(f"| {name} | {best:.3f} | {median:.3f} | {of:.2f} | {resident(words, None)} |")
    print(f"\nThe binary has {binary.stat().st_size / 1e6:.2f} MB.")


if __name__ == "__main__":
    main()
