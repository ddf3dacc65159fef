#!/usr/bin/env python3
"""Holds what the static program is meant to be: alone, small, and laid out as static.ld says.

    .ci/static.py target/x86_64-unknown-linux-gnu/release/apicert

That it is less than 4 MB is checked. What it holds for one file depends on the system too, and is shown.
"""

import pathlib
import shutil
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "fixtures" / "reference" / "request.json"
LIMIT = 4_000_000
INTERPRETER = 3


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    image = binary.read_bytes()
    faults = []
    print(f"{len(image):,} bytes")
    if len(image) >= LIMIT:
        faults.append(f"it was meant to have less than {LIMIT:,} bytes")
    if INTERPRETER in segments(image):
        faults.append("it wants a dynamic linker")
    names = b".text.one_file\0"
    if names not in image:
        faults.append("what one file needs is not side by side: was static.ld read?")
    run = subprocess.run([binary, "check", "--format", "concise", EXAMPLE], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode != 1 or b"quoted-pem" not in run.stdout:
        faults.append(f"it says {run.returncode} of the example of the reference")
    # A parent that is large would be counted with it, until it is another program.
    if time := shutil.which("time"):
        said = subprocess.run([time, "-f", "%M", binary, "check", "-q", "--fail-on", "never", EXAMPLE],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        print(f"{int(said.stderr.split()[-1]) * 1024:,} bytes resident for the example of the reference")
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(bool(faults))


def segments(image):
    """The types of the segments (ELF, 64 bits, little-endian)."""
    offset, = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    return {struct.unpack_from("<I", image, offset + size * number)[0] for number in range(count)}


if __name__ == "__main__":
    main()
