#!/usr/bin/env python3
"""Compares verdicts and safe repairs with Go on mutants of bodies: tests/long/repairs/run.py BINARY [COUNT [SEED]]

Bodies whose line breaks, characters or lines were changed in one way throughout (marked line breaks, JSON escapes,
base64url blocks, line prefixes) get up to three further changes. A body that is accepted, before or after
`apicert fix`, and that Go refuses is a failure; so is a run that repairs nothing.
"""

import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "fixtures" / "pki"))
import make as pki  # noqa: E402

MARKS = ["|", ",", ";", "~", "@@", "#", "`n", "/n", "n", "_x000D__x000A_", "+", "=", "//", "A", "^", " | ", "0x0A", ":"]
PREFIXES = ["> ", "+", "app-1  | ", "// ", "%d: ", "%6d\t", "key.pem:", "2026-11-30T20:14:05Z ", "AAAA ", "[pod/a] ", "- "]
CHARACTERS = "ABCxyz019+/=|,;n\\u003d-\n \t~#"
OPTIONS = ["--jobs", "1", "--ndjson", "--no-config", "--now", "2026-07-01T00:00:00Z"]


def marks(pick, text):
    mark = pick(MARKS)
    return text.rstrip("\n").replace("\n", mark) + pick(["", mark, "\n"])


def escapes(pick, text):
    text = text.replace("+", pick(["\\u002b", "\\u002B", "+"])).replace("=", pick(["\\u003d", "\\u003D", "="]))
    return text.replace("/", pick(["\\u002f", "/"]))


def base64url(_, text):
    parts = text.split("-----")
    parts[2] = parts[2].replace("+", "-").replace("/", "_")
    return "-----".join(parts)


def prefixes(pick, text):
    prefix = pick(PREFIXES)
    return "".join((prefix % number if "%" in prefix else prefix) + line + "\n"
                   for number, line in enumerate(text.splitlines(), 1))


def mutant(draw, text):
    for _ in range(draw.choice([0, 1, 1, 2, 3])):
        at, kind = draw.randrange(len(text) + 1), draw.randrange(4)
        if kind == 0:
            text = text[:at] + text[at + draw.choice([1, 1, 2, 64, 65]):]
        elif kind == 1:
            text = text[:at] + draw.choice(CHARACTERS) + text[at:]
        elif kind == 2:
            text = text[:at] + draw.choice(CHARACTERS) + text[at + 1:]
        else:
            text = text[:at + 65] + text[at:]
    return text


def bodies(draw, damage, count):
    issuer = pki.ca("rsa-int")
    pairs = [(pki.make_leaf("www.example.com", issuer, key).pem(), key.pem())
             for key in (pki.load_key("rsa-2048"), pki.load_key("p256"))]
    pairs.append((pairs[0][0] + issuer.pem(), pairs[0][1]))
    for _ in range(count):
        cert, key = draw.choice(pairs)
        if draw.random() < 0.5:
            cert = mutant(draw, damage(draw.choice, cert))
        else:
            key = mutant(draw, damage(draw.choice, key))
        yield json.dumps({"name": "cert_demo", "cert_content": cert, "private_key": key})


def main(binary, count=50_000, seed=1):
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        judge = pathlib.Path(folder) / "judge"
        subprocess.run(["go", "build", "-o", judge, HERE / "judge.go"], check=True)
        for damage in (marks, escapes, base64url, prefixes):
            text = "\n".join(bodies(random.Random(f"{seed} {damage.__name__}"), damage, int(count))) + "\n"

            def run(*command, text=text):
                return subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()

            def verdicts(text):
                found = run(binary, "check", "--format", "ndjson", *OPTIONS, "-", text=text).splitlines()
                return [json.loads(line)["verdict"] for line in found], run(judge, text=text).split()

            fixed = run(binary, "fix", "-q", *OPTIONS, "-")
            seen = collections.Counter(repaired=sum(a != b for a, b in zip(text.splitlines(), fixed.splitlines(), strict=True)))
            for when, body in (("before", text), ("after", fixed)):
                for own, go in zip(*verdicts(body), strict=True):
                    seen[f"{when}: {own}, Go: {go}"] += 1
            failed |= seen["repaired"] == 0 or any(seen[f"{when}: accept, Go: NO"] for when in ("before", "after"))
            print(damage.__name__, dict(sorted(seen.items())))
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
