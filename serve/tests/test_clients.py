"""curl, the requests of Terraform's provider, and `apicert predict`."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import APICERT, FIXTURES, NOW, PROJECT, ROOT, SERVE, SERVICES, Server, example, fixtures, main

SERVER_ASSIGNED = {"id", "project_id", "create_time", "update_time"}


class Predict(unittest.TestCase):
    def test_answers_are_those_that_are_predicted(self):
        """The error, or the metadata, for each fixture and service."""
        for service, base in SERVICES.items():
            paths = [path for path, services in fixtures() if service in services]
            command = [APICERT, "predict", "--no-config", "--service", service, "--now", NOW, "--format", "json"]
            run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
            predicted = [json.loads(line) for line in run.stdout.splitlines()]
            self.assertEqual([line["path"] for line in predicted], [str(path) for path in paths], run.stderr)
            self.assertGreater(len(paths), 250)
            with Server() as server:
                for path, prediction in zip(paths, predicted):
                    status, _, answer = server.send("POST", f"/v2/{PROJECT}/{base}/certificates", path.read_bytes())
                    for body in (answer, prediction["body"]):
                        for field in SERVER_ASSIGNED:
                            body.pop(field, None)
                    with self.subTest(f"{service}: {path}"):
                        self.assertEqual((status, answer), (prediction["status"], prediction["body"]))


class Curl(unittest.TestCase):
    def curl(self, server, *arguments):
        command = ["curl", "--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}", *arguments]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        body, status = text.rsplit("\n", 1)
        return int(status), json.loads(body) if body else None

    def test_a_body_from_a_file(self):
        with tempfile.TemporaryDirectory() as folder, Server() as server:
            url = f"{server.url}/v2/{PROJECT}/apic/certificates"
            file = Path(folder, "request.json")
            file.write_text(json.dumps(example()))
            send = ["--header", "X-Auth-Token: t", "--header", "Content-Type: application/json"]
            status, answer = self.curl(server, *send, "--data-binary", f"@{file}", url)
            self.assertEqual((status, answer["name"]), (200, "cert_demo"))
            status, answer = self.curl(server, "--data-binary", f"@{file}", url)
            self.assertEqual((status, answer["error_code"]), (401, "APIG.1000"))
            file.write_bytes(b" " * (1024 * 1024 + 1))
            status, answer = self.curl(server, *send, "--data-binary", f"@{file}", url)
            self.assertEqual((status, answer["error_code"]), (413, "APIG.0201"))
            file.write_bytes(b" " * 30_000_000)
            chunked = ["--header", "Transfer-Encoding: chunked", "--header", "Expect:"]
            status, answer = self.curl(server, *send, *chunked, "--data-binary", f"@{file}", url)
            self.assertEqual((status, answer["error_code"]), (413, "APIG.0201"))


class Recipe(unittest.TestCase):
    """The scripts of docs/ci.md, word by word."""

    def test_an_upload_against_the_stand_in(self):
        blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs/ci.md").read_text(), re.MULTILINE | re.DOTALL)
        with tempfile.TemporaryDirectory() as folder:
            for name in ("upload.sh", "try.sh"):
                [block] = [block for block in blocks if f"# {name}:" in block]
                Path(folder, name).write_text(block)
            for name, program in (("apicert", APICERT), ("apicert-serve", SERVE)):
                Path(folder, name).symlink_to(program)
            shutil.copy(FIXTURES / "accepted/roma/key-p256-pkcs8.json", Path(folder, "request.json"))
            environment = {"PATH": f"{folder}:{os.environ['PATH']}", "SOURCE_DATE_EPOCH": "1782864000"}
            command = ["sh", "try.sh"]
            run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertEqual(json.loads(Path(folder, "answer.json").read_text())["type"], "instance")
            Path(folder, "apicert-serve").unlink()
            Path(folder, "apicert-serve").symlink_to("/bin/false")
            run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
            self.assertNotEqual(run.returncode, 0, run.stdout)


class Terraform(unittest.TestCase):
    """What the resource `huaweicloud_apig_certificate` sends: POST, GET after each write, PUT with all that it knows,
    DELETE; a GET with 404 means that the certificate is gone."""

    HEADERS = {
        "X-Auth-Token": None,
        "Authorization": "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=0",
        "X-Sdk-Date": "20260701T000000Z",
        "X-Project-Id": PROJECT,
        "User-Agent": "terraform-provider-huaweicloud",
    }

    def send(self, server, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        return server.send(method, f"/v2/{PROJECT}/apigw{path}", data, **self.HEADERS)

    def test_apply_change_destroy(self):
        # The provider signs its requests and sends no token.
        with Server("--token", "not-needed") as server:
            form = {key: example()[key] for key in ("name", "cert_content", "private_key")}
            status, _, created = self.send(server, "POST", "/certificates", form)
            self.assertEqual((status, created["type"], created["instance_id"]), (200, "global", "common"))
            one = f"/certificates/{created['id']}"
            self.assertEqual(self.send(server, "GET", one)[2], created)
            # `type` and `instance_id` are computed: they come back as they were read.
            form = {**form, "name": "renamed", "type": "global", "instance_id": "common", "trusted_root_ca": ""}
            self.assertEqual(self.send(server, "PUT", one, form)[0], 200)
            read = self.send(server, "GET", one)[2]
            self.assertEqual(read, {**created, "name": "renamed"})
            for computed in ("not_before", "not_after", "signature_algorithm", "san"):
                self.assertTrue(read[computed])
            status, headers, answer = self.send(server, "DELETE", one)
            self.assertEqual((status, answer), (204, None))
            for method in ("GET", "DELETE"):
                self.assertEqual(self.send(server, method, one)[0], 404)


if __name__ == "__main__":
    main()
