"""The server as a process of its own, and the bodies of the fixtures."""

import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
SERVE = os.environ.get("APICERT_SERVE", str(ROOT / "target/debug/apicert-serve"))
APICERT = os.environ.get("APICERT", str(ROOT / "target/debug/apicert"))
NOW = "2026-07-01T00:00:00Z"
PROJECT = "5019bd4b2ee24d8a9d0e2f43aa4e5a39"
INSTANCE = "f0fa1789-3b76-433b-a787-9892951c620e"
SERVICES = {"roma": "apic", "apig": "apigw"}


class Server:
    def __init__(self, *arguments):
        command = [SERVE, "--now", NOW, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.url = line.split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        assert code == 0, code

    def send(self, method, path, body=None, **headers):
        """Status, headers, and JSON of an answer."""
        headers = {"X-Auth-Token": "t", "Content-Type": "application/json", **headers}  # None: not sent
        headers = {name: value for name, value in headers.items() if value is not None}
        request = urllib.request.Request(self.url + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return answer.status, answer.headers, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, json.loads(error.read())


def example():
    return json.loads((FIXTURES / "reference/repaired.json").read_text())


def fixtures():
    """Bodies, each with the service that it is for, or both."""
    for path in sorted(FIXTURES.glob("rules/*/*.json")):
        yield path, list(SERVICES)
    for path in sorted(FIXTURES.glob("accepted/*/*.json")):
        yield path, [path.parent.name] if path.parent.name in SERVICES else list(SERVICES)


def main():
    unittest.main(verbosity=2)
