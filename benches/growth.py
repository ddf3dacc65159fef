#!/usr/bin/env python3
"""How the cost of a run grows: bytes, certificates, members, findings and bodies are doubled from 1 to
1,024, and the exponent is printed.

    cargo build --locked --release
    python3 benches/growth.py                     # everything; some minutes
    python3 benches/growth.py chain format        # the shapes with one of these words in their names
    python3 benches/growth.py --quick             # without the sizes from 2 to 16, which no exponent is made of
    python3 benches/growth.py --list
    python3 benches/growth.py --docs              # and write the table into docs/speed.md

Cost is counted in instructions (valgrind's callgrind), which a busy machine does not change. The exponent
is the slope of the logarithms over the upper half of the sizes, 32 to 1,024, of what n of something cost
more than one of it: fixed costs neither hide it nor blur it. Linear is 1.0; above 1.1 the run fails. What
instructions do not show, the kernel and the caches, the processor's time does: the best of several runs
for the largest size, and the exponent over its last three doublings, which is noisy on a shared machine
and judged by nobody.

Bodies are put together by fixtures/pki/make.py. Needs valgrind, and nothing beyond Python itself.
"""

import argparse
import base64
import contextlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "fixtures" / "pki"))
import make as pki  # noqa: E402

sys.path.insert(0, str(HERE))
import page  # noqa: E402

NOW = "2026-07-01T00:00:00Z"
SIZES = [2**power for power in range(11)]
UPPER = [n for n in SIZES if n >= 32]
LIMIT = 1.1
SHAPES = {}


def shape(group, name, *command, suffix=".json"):
    """What is read, as a function from n to text, and the command that reads it."""
    command = command or ("check", "--format", "ndjson")

    def register(make):
        SHAPES[f"{group}: {name}"] = (make, command, suffix)
        return make

    return register


# Keys and certificates. The keys are numbers anyone can count to: nothing here is worth stealing.


def key(number):
    scalar = (number + 2**200).to_bytes(32, "big")
    algorithm = pki.seq(pki.oid(pki.OID_EC), pki.oid(pki.CURVES["P-256"][0]))
    inner = pki.seq(pki.integer(1), pki.octets(scalar))
    return pki.Key(pki.seq(pki.integer(0), algorithm, pki.octets(inner)))


LEAF_KEY, CA_KEY = key(1), key(2)
CA = pki.make_ca("Growth CA", None, CA_KEY)
LEAF = pki.make_leaf("www.example.com", CA, LEAF_KEY)
LEAF_PEM, KEY_PEM = LEAF.pem(), LEAF_KEY.pem()


def body(cert=LEAF_PEM, private=KEY_PEM, **members):
    return json.dumps({"name": "growth", "cert_content": cert, "private_key": private, **members})


def with_members(members):
    """A body with members that are already written."""
    return "".join([body()[:-1], *(", " + member for member in members), "}"])


def leaf(subject="www.example.com", **options):
    return pki.make_leaf(subject, CA, LEAF_KEY, **options)


KIB = 1024


# Bytes


@shape("bytes", "text before the certificate, KiB")
def _(n):
    return body("Bag Attributes: friendlyName: www\n"[:32] * (n * KIB // 32) + "\n" + LEAF_PEM)


@shape("bytes", "text between certificate and issuer, KiB")
def _(n):
    return body(LEAF_PEM + ("x" * 63 + "\n") * (n * KIB // 64) + CA.pem())


@shape("bytes", "white space between members, KiB")
def _(n):
    return body()[:-1] + " " * (n * KIB) + "}"


@shape("bytes", "line breaks between members, KiB")
def _(n):
    return body()[:-1] + "\n" * (n * KIB) + "}"


@shape("bytes", "an unknown member, KiB")
def _(n):
    return body(comment="x" * (n * KIB))


@shape("bytes", "an unknown member of escapes, KiB")
def _(n):
    return body(comment="é\n" * (n * KIB // 8))


@shape("bytes", "a name, KiB")
def _(n):
    return body()[:-1] + ', "name": "' + "é" * (n * KIB // 2) + '"}'


@shape("bytes", "a certificate that is no PEM, KiB")
def _(n):
    return body("!%" * (n * KIB // 2))


@shape("bytes", "dashes in place of a certificate, KiB")
def _(n):
    return body("-" * (n * KIB))


@shape("bytes", "spelled-out line breaks, KiB")
def _(n):
    return body(LEAF_PEM.replace("\n", "\\n") + "\\n" * (n * KIB // 4))


@shape("bytes", "base64 without armour, KiB")
def _(n):
    return body(base64.b64encode(b"\x30" + bytes(n * KIB * 3 // 4)).decode())


@shape("bytes", "base64 of base64, KiB")
def _(n):
    inner = ("x" * 63 + "\n") * (n * KIB // 86)
    return body(base64.b64encode((inner + LEAF_PEM).encode()).decode())


@shape("bytes", "percent-encoded, KiB")
def _(n):
    inner = ("x" * 63 + "\n") * (n * KIB // 192)
    return body("".join(f"%{byte:02X}" for byte in (inner + LEAF_PEM).encode()))


@shape("bytes", "one octet string as a certificate, KiB")
def _(n):
    return body(pki.pem_block("CERTIFICATE", pki.octets(bytes(n * KIB * 3 // 4))))


@shape("bytes", "lines of mangled base64")
def _(n):
    head, *lines, foot, _ = LEAF_PEM.split("\n")
    return body("\n".join([head, *(("*" + lines[0][1:]) for _ in range(n)), *lines, foot, ""]))


@shape("bytes", "lines of base64 with an invisible character each")
def _(n):
    head, *lines, foot, _ = leaf(san=[f"{i}.example.com" for i in range(n * 3)]).pem().split("\n")
    return body("\n".join([head, *(line + "\u200b" for line in lines), foot, ""]))


@shape("bytes", "short lines of base64")
def _(n):
    head, *lines, foot, _ = leaf(san=[f"{i}.example.com" for i in range(n)]).pem().split("\n")
    return body("\n".join([head, *"".join(lines), foot, ""]))


@shape("bytes", "blank lines in a certificate")
def _(n):
    head, *rest = LEAF_PEM.split("\n")
    return body("\n".join([head, *[""] * n, *rest]))


@shape("bytes", "header lines in a certificate")
def _(n):
    head, *rest = LEAF_PEM.split("\n")
    return body("\n".join([head, *(f"Header-{i}: value" for i in range(n)), "", *rest]))


# JSON


@shape("JSON", "unknown members")
def _(n):
    return with_members(f'"unknown_{i}": 1' for i in range(n))


@shape("JSON", "unknown members that are not shown")
def _(n):
    return with_members(f'"unknown member {i} ' + "x" * 40 + '": "y"' for i in range(n))


@shape("JSON", "members one typo away")
def _(n):
    return with_members(f'"cert_contentt": "{i}"' for i in range(n))


@shape("JSON", "repetitions of a member")
def _(n):
    return with_members(f'"name": "growth-{i}"' for i in range(n))


@shape("JSON", "repetitions of the certificate")
def _(n):
    return with_members(f'"cert_content": {json.dumps(LEAF_PEM)}' for i in range(n))


@shape("JSON", "repetitions in another case")
def _(n):
    return with_members(f'"{"NAME" if i % 2 else "Name"}": "growth-{i}"' for i in range(n))


@shape("JSON", "levels of nesting, eight each")
def _(n):
    return with_members(['"x": ' + "[" * (8 * n) + "]" * (8 * n)])


@shape("JSON", "raw line breaks in a string")
def _(n):
    return body().replace("growth", "\n" * n)


@shape("JSON", "trailing commas")
def _(n):
    return with_members('"x": [1,]' for _ in range(n))


@shape("JSON", "an object without an end, members")
def _(n):
    return with_members(f'"x{i}": 1' for i in range(n))[:-1]


@shape("JSON", "quotation marks of the wrong kind")
def _(n):
    return with_members(f"'x{i}': 'y'" for i in range(n))


@shape("JSON", "bytes that are no UTF-8, KiB")
def _(n):
    return body().encode()[:-1] + b', "x": "' + b"\xff" * (n * KIB) + b'"}'


# Certificates


def chain(n):
    """A root and n - 1 authorities below it, the lowest first."""
    keys = [key(100 + i) for i in range(n)]
    authorities = []
    for i in range(n):
        above = authorities[-1] if authorities else None
        authorities.append(pki.make_ca(f"Growth CA {i}", above, keys[i]))
    return authorities[::-1]


@shape("certificates", "a chain of issuers")
def a_chain(n):
    authorities = chain(n)
    return body("".join([pki.make_leaf("www.example.com", authorities[0], LEAF_KEY).pem(),
                         *(it.pem() for it in authorities)]))


@shape("certificates", "a chain of issuers, the wrong way round")
def _(n):
    authorities = chain(n)
    return body("".join([*(it.pem() for it in authorities[::-1]),
                         pki.make_leaf("www.example.com", authorities[0], LEAF_KEY).pem()]))


@shape("certificates", "a chain of issuers, the wrong way round, fixed", "fix", "--stdout")
def _(n):
    authorities = chain(n)
    return body("".join([*(it.pem() for it in authorities[::-1]),
                         pki.make_leaf("www.example.com", authorities[0], LEAF_KEY).pem()]))


@shape("certificates", "a chain of issuers without identifiers")
def _(n):
    keys = [key(100 + i) for i in range(n)]
    authorities = []
    for i in range(n):
        above = authorities[-1] if authorities else None
        authorities.append(pki.make_ca(f"Growth CA {i}", above, keys[i], ski=False, aki=False))
    low = pki.make_leaf("www.example.com", authorities[-1], LEAF_KEY, ski=False, aki=False)
    return body("".join([low.pem(), *(it.pem() for it in authorities[::-1])]))


@shape("certificates", "a chain of wrong signatures")
def _(n):
    keys = [key(100 + i) for i in range(n)]
    authorities = []
    for i in range(n):
        above = authorities[-1] if authorities else None
        wrong = {"signing_key": CA_KEY} if above else {}
        authorities.append(pki.make_ca(f"Growth CA {i}", above, keys[i], **wrong))
    return body("".join([pki.make_leaf("www.example.com", authorities[-1], LEAF_KEY).pem(),
                         *(it.pem() for it in authorities[::-1])]))


@shape("certificates", "expired issuers")
def _(n):
    keys = [key(100 + i) for i in range(n)]
    authorities = []
    for i in range(n):
        above = authorities[-1] if authorities else None
        authorities.append(pki.make_ca(f"Growth CA {i}", above, keys[i], not_after="2025-01-01T00:00:00Z"))
    return body("".join([pki.make_leaf("www.example.com", authorities[-1], LEAF_KEY).pem(),
                         *(it.pem() for it in authorities[::-1])]))


@shape("certificates", "copies of the leaf")
def _(n):
    return body(LEAF_PEM * n)


@shape("certificates", "copies of the leaf, fixed", "fix", "--stdout")
def _(n):
    return body(LEAF_PEM * n)


@shape("certificates", "copies of the leaf, the fix as a diff", "fix", "--diff")
def _(n):
    return body(LEAF_PEM * n)


@shape("certificates", "unrelated ones that signed themselves")
def unrelated(n):
    return body(LEAF_PEM + "".join(pki.make_ca(f"Other {i}", None, key(100 + i)).pem() for i in range(n)))


@shape("certificates", "unrelated ones, dropped", "fix", "--unsafe", "--stdout")
def _(n):
    return unrelated(n)


@shape("certificates", "other leaves of the same issuer")
def _(n):
    return body(LEAF_PEM + "".join(leaf(f"{i}.example.com").pem() for i in range(n)) + CA.pem())


@shape("certificates", "issuers of one name with different keys")
def _(n):
    namesakes = [pki.make_ca("Growth CA", None, key(100 + i)) for i in range(n)]
    return body(LEAF_PEM + "".join(it.pem() for it in namesakes))


@shape("certificates", "issuers of one name and key, cross-signed")
def _(n):
    above = [pki.make_ca(f"Above {i}", None, key(100 + i)) for i in range(n)]
    crossed = [pki.make_ca("Growth CA", it, CA_KEY) for it in above]
    return body(LEAF_PEM + "".join(it.pem() for it in crossed))


@shape("certificates", "in trusted_root_ca")
def _(n):
    roots = "".join(pki.make_ca(f"Other {i}", None, key(100 + i)).pem() for i in range(n))
    return body(LEAF_PEM, trusted_root_ca=roots, type="instance", instance_id="0" * 32)


@shape("certificates", "copies in trusted_root_ca")
def _(n):
    return body(LEAF_PEM, trusted_root_ca=CA.pem() * n, type="instance", instance_id="0" * 32)


@shape("certificates", "unreadable ones")
def _(n):
    return body(LEAF_PEM + pki.pem_block("CERTIFICATE", b"\x30\x03\x02\x01\x00") * n)


@shape("certificates", "nonconforming ones")
def _(n):
    return body(LEAF_PEM + "".join(
        leaf(f"{i}.example.com", extra=[pki.ext_ski(b"x")]).pem() for i in range(n)))


@shape("certificates", "shown by inspect", "inspect")
def _(n):
    return a_chain(n)


@shape("certificates", "shown by inspect as JSON", "inspect", "--format", "json")
def _(n):
    return unrelated(n)


@shape("certificates", "put together by predict", "predict")
def _(n):
    return a_chain(n)


# PEM blocks


@shape("blocks", "without an end")
def _(n):
    return body(LEAF_PEM + "-----BEGIN CERTIFICATE-----\nAAAA\n" * n)


@shape("blocks", "without a beginning")
def _(n):
    return body(LEAF_PEM + "AAAA\n-----END CERTIFICATE-----\n" * n)


@shape("blocks", "of mismatched labels")
def _(n):
    return body(LEAF_PEM + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----\n" * n)


@shape("blocks", "of another kind")
def _(n):
    return body(LEAF_PEM + pki.pem_block("DH PARAMETERS", b"\x30\x00") * n)


@shape("blocks", "of another kind, dropped", "fix", "--unsafe", "--stdout")
def _(n):
    return body(LEAF_PEM + pki.pem_block("DH PARAMETERS", b"\x30\x00") * n)


@shape("blocks", "of an unknown label")
def _(n):
    return body(LEAF_PEM + "-----BEGIN SOMETHING-----\nAAAA\n-----END SOMETHING-----\n" * n)


@shape("blocks", "collapsed on one line")
def _(n):
    return body((LEAF_PEM * n).replace("\n", " "))


@shape("blocks", "collapsed, fixed", "fix", "--stdout")
def _(n):
    return body((LEAF_PEM * n).replace("\n", " "))


@shape("blocks", "indented")
def _(n):
    return body((LEAF_PEM * n).replace("\n", "\n  "))


@shape("blocks", "quoted")
def _(n):
    return body(("'" + LEAF_PEM.rstrip("\n") + "'\n") * n)


@shape("blocks", "with a damaged boundary")
def _(n):
    return body(LEAF_PEM + LEAF_PEM.replace("-----BEGIN", "---BEGIN") * n)


@shape("blocks", "with a damaged boundary, fixed", "fix", "--stdout")
def _(n):
    return body(LEAF_PEM + LEAF_PEM.replace("-----BEGIN", "---BEGIN") * n)


@shape("blocks", "with bad base64")
def _(n):
    return body(LEAF_PEM + "-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----\n" * n)


@shape("blocks", "with CRLF, fixed", "fix", "--stdout")
def _(n):
    return body((LEAF_PEM * n).replace("\n", "\r\n"))


@shape("blocks", "private keys beside the key")
def _(n):
    return body(LEAF_PEM, KEY_PEM + "".join(key(100 + i).pem() for i in range(n)))


@shape("blocks", "private keys among the certificates")
def _(n):
    return body(LEAF_PEM + KEY_PEM * n)


# Inside one certificate


@shape("in a certificate", "alternative names")
def _(n):
    return body(leaf(san=["www.example.com", *(f"{i}.example.com" for i in range(n))]).pem())


@shape("in a certificate", "alternative names, one of which is asked for",
       "check", "--format", "ndjson", "--domain", "other.example.org")
def _(n):
    return body(leaf(san=["www.example.com", *(f"{i}.example.com" for i in range(n))]).pem())


@shape("in a certificate", "invalid alternative names")
def _(n):
    return body(leaf(san=[f"a_{i}..example.com" for i in range(n)]).pem())


@shape("in a certificate", "addresses")
def _(n):
    return body(leaf(san=["www.example.com", *(f"IP:10.0.{i // 256}.{i % 256}" for i in range(n))]).pem())


@shape("in a certificate", "URIs")
def _(n):
    return body(leaf(san=["www.example.com", *(f"URI:https://example.com/{i}" for i in range(n))]).pem())


@shape("in a certificate", "relative names")
def _(n):
    subject = [*(("OU", f"unit {i}") for i in range(n)), ("CN", "www.example.com")]
    return body(leaf(subject).pem())


@shape("in a certificate", "attributes of a relative name")
def _(n):
    subject = [[("OU", f"unit {i}") for i in range(n)], ("CN", "www.example.com")]
    return body(leaf(subject).pem())


@shape("in a certificate", "relative names, predicted", "predict")
def _(n):
    subject = [*(("OU", f"unit {i}") for i in range(n)), ("CN", "www.example.com")]
    return body(leaf(subject).pem())


@shape("in a certificate", "common names of a KiB")
def _(n):
    return body(leaf([("CN", "x" * (n * KIB)), ("CN", "www.example.com")]).pem())


@shape("in a certificate", "extensions nobody knows")
def _(n):
    return body(leaf(extra=[pki.extension(f"1.2.3.{i}", b"\x05\x00") for i in range(n)]).pem())


@shape("in a certificate", "repetitions of an extension")
def _(n):
    return body(leaf(extra=[pki.extension("1.2.3.4", b"\x05\x00")] * n).pem())


@shape("in a certificate", "policies")
def _(n):
    return body(leaf(extra=[pki.ext_policies(*(f"1.2.3.{i}" for i in range(n)))]).pem())


@shape("in a certificate", "key purposes")
def _(n):
    return body(leaf(eku=[*(f"1.2.3.{i}" for i in range(n)), "serverAuth"]).pem())


@shape("in a certificate", "octets of a serial number")
def _(n):
    return body(leaf(serial=b"\x7f" * n).pem())


# Decimal is quadratic work, so only so many octets of a serial number are looked at. With smaller steps than
# these the exponent is that of the part below the bound.
@shape("in a certificate", "a serial number of 64 octets each, shown", "inspect")
def _(n):
    return body(leaf(serial=b"\x7f" * (64 * n)).pem())


# Findings, through every format. Each unknown member is one.

FORMATS = ["full", "concise", "json", "ndjson", "sarif", "github", "gitlab", "junit", "markdown"]


def some_findings(n):
    return with_members(f'"unknown_{i}": "{i}"' for i in range(n))


def on_lines_of_their_own(n):
    return some_findings(n).replace('", "', '",\n  "')


for name in FORMATS:
    shape("findings", f"--format {name}", "check", "--format", name)(some_findings)
for name in ["full", "sarif", "github", "gitlab"]:
    shape("findings on lines of their own", f"--format {name}", "check", "--format", name)(
        on_lines_of_their_own)


@shape("findings", "places in one finding, --format full", "check", "--format", "full")
def _(n):
    return body(LEAF_PEM * n)


@shape("findings", "spellings that can be put right, fixed", "fix", "--unsafe", "--stdout")
def _(n):
    return with_members('"typee": "global"' for _ in range(n))


@shape("findings", "silenced", "check", "--format", "json", "--allow", "unknown-field")
def _(n):
    return some_findings(n)


# Bodies. A line of these is a body, and so is a file.

for name in FORMATS:
    @shape("bodies", f"accepted, --format {name}", "check", "--format", name, suffix=".ndjson")
    def _(n):
        return (body() + "\n") * n

    @shape("bodies", f"rejected, --format {name}", "check", "--format", name, suffix=".ndjson")
    def _(n):
        return (body("'" + LEAF_PEM + "'") + "\n") * n


@shape("bodies", "predicted", "predict", suffix=".ndjson")
def _(n):
    return (body() + "\n") * n


@shape("bodies", "fixed", "fix", "--stdout", suffix=".ndjson")
def _(n):
    return (body("'" + LEAF_PEM + "'") + "\n") * n


@shape("bodies", "files of a folder", "check", "--format", "ndjson", suffix="")
def _(n):
    return {f"{i}.json": body() for i in range(n)}


# Measuring


def arguments(command, path):
    options = [] if command[0] in ("inspect",) else ["--now", NOW]
    jobs = ["--jobs", "1"] if path.suffix == ".ndjson" or path.is_dir() else []
    return [*command[:1], "--no-config", *options, *jobs, *command[1:], str(path)]


ENVIRONMENT = {"PATH": os.environ.get("PATH", ""), "NO_COLOR": "1"}


def instructions(binary, command, path):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(binary),
         *arguments(command, path)],
        env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}")
    return int(re.findall(rb"Collected : (\d+)", done.stderr)[0])


def processor_time(binary, command, path, rounds):
    best = math.inf
    for _ in range(rounds):
        process = subprocess.Popen([str(binary), *arguments(command, path)], env=ENVIRONMENT,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        best = min(best, usage.ru_utime + usage.ru_stime)
    return best


def slope(costs, sizes):
    """Of what n cost more than one; None when that is nothing."""
    points = [(math.log(n - 1), math.log(costs[n] - costs[1])) for n in sizes if costs[n] > costs[1]]
    if len(points) < len(sizes):
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return (sum((x - mean_x) * (y - mean_y) for x, y in points)
            / sum((x - mean_x) ** 2 for x, _ in points))


@contextlib.contextmanager
def stored(made, suffix):
    """A text in a file, or some by their names in a folder: the path, and the size of all."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (made if isinstance(made, dict) else {f"body{suffix}": made}).items():
            path = pathlib.Path(folder) / name
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        size = sum(file.stat().st_size for file in pathlib.Path(folder).iterdir())
        yield path if suffix else path.parent, size


def measure(binary, name, sizes):
    make, command, suffix = SHAPES[name]
    counts, times = {}, {}
    began = time.monotonic()
    for n in sizes:
        with stored(make(n), suffix) as (path, size):
            counts[n] = instructions(binary, command, path)
            if n == 1 or n >= 128:
                times[n] = processor_time(binary, command, path, 5)
    exponent, by_time = slope(counts, UPPER), slope(times, [128, 256, 512, 1024])
    shown = ["none" if it is None else f"{it:.2f}" for it in (exponent, by_time)]
    row = (name, " ".join(command), shown[0], f"{size / 1024:,.0f}", f"{counts[1] / 1e6:,.1f}",
           f"{counts[SIZES[-1]] / 1e6:,.1f}", f"{times[SIZES[-1]] * 1e3:,.1f}", shown[1])
    print(*row, f"{time.monotonic() - began:.0f} s", sep="\t", flush=True)
    return row, exponent is not None and exponent > LIMIT


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only shapes with one of these in their names")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "apicert")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="so many shapes at a time")
    parser.add_argument("--list", action="store_true", help="print the names of the shapes")
    parser.add_argument("--quick", action="store_true", help="leave out the sizes from 2 to 16")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/speed.md")
    options = parser.parse_args()
    names = [name for name in SHAPES if not options.words or any(word in name for word in options.words)]
    if options.list:
        print("\n".join(names))
        return
    sizes = [1, *UPPER] if options.quick else SIZES
    with ThreadPoolExecutor(options.jobs) as pool:
        rows, failed = zip(*pool.map(lambda name: measure(options.binary.resolve(), name, sizes), names))
    if options.docs:
        head = ("n of", "command", "exponent", "KiB at 1,024", "Minstr. at 1", "Minstr. at 1,024",
                "CPU ms at 1,024", "exponent by time")
        page.write("growth", page.table(head, rows, "ll" + "r" * 6) + "\n" + page.machine())
    if any(failed):
        sys.exit(f"above {LIMIT}: {', '.join(name for name, above in zip(names, failed) if above)}")


if __name__ == "__main__":
    main()
