#!/usr/bin/env python3
"""Judges the recipes of docs/ci.md and the action, and runs what can be run of them.

    .ci/recipes.py path/to/apicert

Needs actionlint, zizmor, shellcheck and check-jsonschema on the PATH, and curl; for the action bash and
cargo. The runner of GitHub and the service are stand-ins, on this machine.
"""

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
BAD = FIXTURES / "rules/key-mismatch/bad.json"
WARNED = FIXTURES / "rules/weak-key/bad.json"
GOOD = FIXTURES / "accepted/roma/key-p256-pkcs8.json"
# A body, and what another reader of certificates has read in it.
SENT = FIXTURES / "response/key-p384-pkcs8.json"
EXPECTED = FIXTURES / "response/key-p384-pkcs8.expected.json"
# The clock of the fixtures.
CLOCK = "1782864000"


def recipe(name):
    """The block of the docs whose first or second line names this file."""
    blocks = re.findall(r"^```\w+\n(.*?)^```$", (ROOT / "docs/ci.md").read_text(), re.MULTILINE | re.DOTALL)
    [found] = [block for block in blocks if any(f" {name}" in line for line in block.splitlines()[:2])]
    return found


def run(*command, code=0, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    printed = done.stdout + done.stderr
    assert done.returncode == code, f"{command}: exit code {done.returncode}, not {code}:\n{printed}"
    return printed


def judge(scratch):
    """What others say of the recipes and of the action."""
    # As in a repository that has the action in its root, so that its inputs are known.
    workflow = recipe(".github/workflows/certificates.yml")
    assert workflow.count("OWNER/apicert@COMMIT") == 1
    repository = scratch / "judged"
    workflows = repository / ".github/workflows"
    workflows.mkdir(parents=True)
    run("git", "init", "--quiet", repository)
    shutil.copy(ROOT / "action.yml", repository)
    (workflows / "local.yml").write_text(workflow.replace("OWNER/apicert@COMMIT", "./"))
    (workflows / "pinned.yml").write_text(workflow.replace("OWNER/apicert@COMMIT", f"example/apicert@{'0123456789' * 4}"))
    (repository / ".gitlab-ci.yml").write_text(recipe(".gitlab-ci.yml"))
    (repository / "upload.sh").write_text(recipe("upload.sh"))

    # Actions of GitHub itself go by their version, all others by their commit.
    policies = {"actions/*": "ref-pin", "github/*": "ref-pin", "*": "hash-pin"}
    config = {"rules": {"unpinned-uses": {"config": {"policies": policies}}}}
    (repository / "zizmor.yml").write_text(json.dumps(config))

    run("actionlint", cwd=repository)
    zizmor = ["zizmor", "--offline", "--no-progress", "--strict-collection"]
    run(*zizmor, "--persona=pedantic", "action.yml", cwd=repository)
    run(*zizmor, ".github/workflows/pinned.yml", cwd=repository)
    # The workflows of this repository.
    workflows_here = sorted((ROOT / ".github/workflows").glob("*.yml"))
    run("actionlint", *workflows_here, cwd=ROOT)
    run(*zizmor, "--persona=pedantic", *workflows_here, cwd=ROOT)
    run("shellcheck", ROOT / "release/try")
    for schema, file in [
        ("github-actions", "action.yml"),
        ("github-workflows", ".github/workflows/pinned.yml"),
        ("gitlab-ci", ".gitlab-ci.yml"),
    ]:
        run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", file, cwd=repository)
    run("shellcheck", "--enable=all", "--exclude=SC2250,SC2310,SC2312", "upload.sh", cwd=repository)

    for step in YAML(typ="safe").load((repository / "action.yml").read_text())["runs"]["steps"]:
        run("shellcheck", "--shell=bash", "--enable=all", "--exclude=SC2154,SC2250,SC2312", "-", input="set -eo pipefail\n" + step["run"])

    # They would notice.
    (workflows / "local.yml").write_text(workflow.replace("OWNER/apicert@COMMIT", "./").replace("sarif-file:", "sarif:"))
    assert 'input "sarif" is not defined' in run("actionlint", code=1, cwd=repository)
    (workflows / "pinned.yml").write_text(workflow)
    assert "unpinned-uses" in run(*zizmor, ".github/workflows/pinned.yml", code=14, cwd=repository)
    action = (repository / "action.yml").read_text()
    (repository / "action.yml").write_text(action.replace('<<< "$PATHS"', '<<< "${{ inputs.paths }}"'))
    assert "template-injection" in run(*zizmor, "action.yml", code=14, cwd=repository)
    (repository / ".gitlab-ci.yml").write_text(recipe(".gitlab-ci.yml").replace("when: always", "when: ever"))
    run("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", ".gitlab-ci.yml", code=1, cwd=repository)


def try_other_pipelines(scratch, binary):
    """What GitLab and Jenkins are told to run."""
    # Cargo reads this for everything below. The build is tried, not its speed; dependencies stay as they are.
    (scratch / ".cargo").mkdir()
    (scratch / ".cargo/config.toml").write_text("[profile.release.package.apicert]\nopt-level = 0\n")
    hooks = scratch / "OWNER"
    hooks.mkdir()
    run("git", "clone", "--quiet", "--no-local", ROOT, hooks / "apicert")
    revision = run("git", "rev-parse", "HEAD", cwd=hooks / "apicert").strip()
    workspace = scratch / "elsewhere"
    (workspace / "requests").mkdir(parents=True)
    shutil.copy(BAD, workspace / "requests/bad.json")
    environment = {
        **os.environ,
        "PATH": f"{binary.parent}:{os.environ['PATH']}",
        "SOURCE_DATE_EPOCH": CLOCK,
        "CARGO_TARGET_DIR": str(ROOT / "target"),
    }

    job = YAML(typ="safe").load(recipe(".gitlab-ci.yml"))["apicert"]
    install, check = job["script"]
    install = install.replace("https://example.com", f"file://{scratch}").replace("COMMIT", revision)
    # The second time it is in the cache.
    for cached in [False, True]:
        printed = run("sh", "-ec", install, cwd=workspace, env=environment)
        assert ("is already installed" in printed) == cached, printed
    assert (workspace / job["cache"]["paths"][0] / "bin/apicert").is_file()
    run("sh", "-ec", check, code=1, cwd=workspace, env=environment)
    issues = json.loads((workspace / job["artifacts"]["reports"]["codequality"]).read_text())
    assert "key-mismatch" in [issue["check_name"] for issue in issues], issues

    jenkins = recipe("Jenkinsfile;")
    [command] = re.findall(r"\bsh '([^']+)'", jenkins)
    [report] = re.findall(r"\bjunit '([^']+)'", jenkins)
    run("sh", "-ec", command, code=1, cwd=workspace, env=environment)
    assert 'name="key-mismatch"' in (workspace / report).read_text()


class Action:
    """The action, run as the runner runs it."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.action = YAML(typ="safe").load((ROOT / "action.yml").read_text())
        assert self.action["runs"]["using"] == "composite"
        self.runs = 0

    def run(self, workspace, code, **given):
        """Runs all steps; returns what is printed, the outputs, and the summary of the job."""
        inputs = {name: str(one.get("default", "")) for name, one in self.action["inputs"].items()}
        given = {name.replace("_", "-"): value for name, value in given.items()}
        assert given.keys() <= inputs.keys(), given
        inputs.update(given)
        self.runs += 1
        temporary = self.scratch / f"runner-{self.runs}"
        temporary.mkdir()
        files = {name: temporary / name.lower() for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH"]}
        for file in files.values():
            file.touch()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(temporary),
            "SOURCE_DATE_EPOCH": CLOCK,
            # What was built already is not built again.
            "CARGO_TARGET_DIR": str(ROOT / "target"),
            **{name: os.environ[name] for name in os.environ if name.startswith(("CARGO_", "RUSTUP_"))},
            **{name: str(file) for name, file in files.items()},
        }
        printed, ended = "", 0
        for step in self.action["runs"]["steps"]:
            assert step["shell"] == "bash" and step.keys() <= {"name", "id", "if", "shell", "env", "run"}, step
            assert "${{" not in step["run"], step
            condition = step.get("if", "true")
            assert condition in ["true", "inputs.executable == ''"], condition
            if condition != "true" and inputs["executable"] != "":
                continue
            script = temporary / "script.sh"
            script.write_text(step["run"])
            variables = {name: self.value(text, inputs) for name, text in step.get("env", {}).items()}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
                cwd=workspace, env={**environment, **variables}, capture_output=True, text=True, check=False,
            )
            printed += done.stdout + done.stderr
            ended = done.returncode
            if ended:
                break
        assert ended == code, f"{given}: exit code {ended}, not {code}:\n{printed}"
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        assert files["GITHUB_ENV"].read_text() == files["GITHUB_PATH"].read_text() == ""
        return printed, outputs, files["GITHUB_STEP_SUMMARY"].read_text()

    @staticmethod
    def value(text, inputs):
        [name] = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text).groups()
        return inputs[name]


def try_action(scratch, binary):
    workspace = scratch / "workspace"
    (workspace / "requests").mkdir(parents=True)
    run("git", "init", "--quiet", workspace)
    shutil.copy(GOOD, workspace / "requests/good.json")
    action = Action(scratch)
    # Built by cargo, with settings in the workspace that are none of its business.
    (workspace / "rust-toolchain.toml").write_text('[toolchain]\nchannel = "1.0.0"\n')
    (workspace / ".cargo").mkdir()
    (workspace / ".cargo/config.toml").write_text("no settings")
    printed, outputs, summary = action.run(workspace, 0, sarif_file="apicert.sarif")
    assert outputs == {"exit-code": "0"}, outputs
    assert "::" not in printed and summary, (printed, summary)
    sarif = workspace / "apicert.sarif"
    assert json.loads(sarif.read_text())["runs"][0]["results"] == []

    with_binary = {"executable": str(binary)}
    shutil.copy(BAD, workspace / "requests/bad.json")
    shutil.copy(WARNED, workspace / "requests/one that is warned of.json")
    printed, outputs, summary = action.run(workspace, 1, paths="requests/\n", sarif_file="apicert.sarif", **with_binary)
    assert outputs == {"exit-code": "1"}, outputs
    assert "::error file=requests/bad.json,line=" in printed, printed
    assert "key-mismatch" in summary, summary
    [run_] = json.loads(sarif.read_text())["runs"]
    assert "key-mismatch" in [result["ruleId"] for result in run_["results"]]
    sarif.unlink()

    one = "requests/one that is warned of.json"
    assert action.run(workspace, 0, paths=one, **with_binary)[1] == {"exit-code": "0"}
    printed, _, _ = action.run(workspace, 1, paths=one, arguments="--fail-on=warning\n--service=apig\n", **with_binary)
    assert "::warning file=requests/one that is warned of.json" in printed, printed
    assert not sarif.exists()
    assert action.run(workspace, 3, paths=".git", **with_binary)[1] == {"exit-code": "3"}
    assert action.run(workspace, 2, arguments="--nonsense", **with_binary)[1] == {"exit-code": "2"}

    # What is given is never run.
    for text in ["$(touch pwned)", "`touch pwned`", '"; touch pwned; "', "'; touch pwned; '", "\\\ntouch pwned", "x) touch pwned"]:
        action.run(workspace, 2, paths=text, **with_binary)
        action.run(workspace, 2, arguments=text, **with_binary)
        action.run(workspace, 2, sarif_file=f"/nowhere/{text}".replace("\n", " "), paths="requests/good.json", **with_binary)
        action.run(workspace, 127, executable=text.replace("\n", " "))
    left = sorted(path.name for path in workspace.iterdir())
    assert left == [".cargo", ".git", "requests", "rust-toolchain.toml"], left


class Service:
    """Stands in for the service: answers what it is told to, and remembers what was asked."""

    def __init__(self, status, body):
        seen = self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                seen.append((self.path, dict(self.headers), sent, command_lines()))
                if status is None:
                    # No answer at all.
                    return
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.server.server_port}"


def command_lines():
    """What every user of the machine sees."""
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_bytes())
        except OSError:
            continue
    return b"\n".join(lines)


def try_upload(scratch, binary):
    """The recipe for the shell, word by word."""
    token, project = "canary-token-0123456789", "5019bd4b2ee24d8a9d0e2f43aa4e5a39"
    folder = scratch / "upload"
    folder.mkdir()
    (folder / "upload.sh").write_text(recipe("upload.sh"))
    body = SENT.read_bytes()
    request = json.loads(body)
    answer = {
        "id": "a27be832f2e9441c8127fe48e3b5ac67",
        "name": request["name"],
        "type": "global",
        "instance_id": "common",
        "project_id": project,
        **json.loads(EXPECTED.read_text()),
        "is_has_trusted_root_ca": False,
        "create_time": "2026-07-01T00:00:05Z",
        "update_time": "2026-07-01T00:00:05Z",
    }
    refusal = {"error_code": "APIG.2106", "error_msg": "Invalid certificate or private key."}

    def upload(endpoint, sent, code, shell="sh"):
        (folder / "request.json").write_bytes(sent)
        environment = {
            "PATH": f"{binary.parent}:{os.environ['PATH']}",
            "ENDPOINT": endpoint,
            "PROJECT_ID": project,
            "TOKEN": token,
            "SOURCE_DATE_EPOCH": CLOCK,
        }
        return run(shell, "upload.sh", code=code, cwd=folder, env=environment)

    key = request["private_key"].splitlines()[1].encode()
    for shell in ["sh", "bash"]:
        with Service(200, json.dumps(answer).encode()) as service:
            printed = upload(service.endpoint, body, 0, shell)
        assert "\nrequest.json: as predicted: status 200\n" in printed, printed
        [(path, headers, sent, lines)] = service.seen
        assert path == f"/v2/{project}/apic/certificates", path
        assert headers["X-Auth-Token"] == token and headers["Content-Type"] == "application/json", headers
        assert sent == body
        assert b"curl" in lines and token.encode() not in lines and key not in lines
    assert json.loads((folder / "answer.json").read_text()) == answer
    assert (folder / "answer.json").stat().st_mode & 0o077 == 0

    # The service knows better.
    with Service(200, json.dumps({**answer, "version": 1}).encode()) as service:
        printed = upload(service.endpoint, body, 1)
    assert "version: predicted 3, the service answered 1" in printed, printed
    # It refuses, with an answer and without. Nothing that is printed contradicts curl.
    unknown = {"error_code": "APIG.1002", "error_msg": "Incorrect token or token resolution failed"}
    for status, error in [(400, refusal), (401, unknown)]:
        with Service(status, json.dumps(error).encode()) as service:
            printed = upload(service.endpoint, body, 1)
        code, message = error["error_code"], error["error_msg"]
        expected = [
            f"the service answered {code}: {message}",
            "predicted for this body: status 200",
            *(["no rule leads to this error: check the token, the project ID, and the endpoint"] if status == 401 else []),
        ]
        assert "".join(f"request.json: {line}\n" for line in expected) in printed, printed
        assert f"curl: (22) The requested URL returned error: {status}" in printed, printed
    with Service(401, b"") as service:
        printed = upload(service.endpoint, body, 2)
    assert "curl: (22)" in printed and "answered without a body" in printed, printed
    with Service(200, b"<html>") as service:
        printed = upload(service.endpoint, body, 2)
    assert "not a response" in printed, printed
    # There is no answer: an old one does not stand for it.
    with Service(None, b"") as service:
        printed = upload(service.endpoint, body, 52)
    assert len(service.seen) == 1 and "no answer:" in printed, printed
    printed = upload(service.endpoint, body, 7)
    assert "no answer:" in printed and (folder / "answer.json").read_bytes() == b"", printed

    # What cannot succeed is not sent.
    with Service(200, json.dumps(answer).encode()) as service:
        printed = upload(service.endpoint, BAD.read_bytes(), 1)
        assert "key-mismatch" in printed, printed
        upload(service.endpoint, b"{", 1)
        (folder / "request.json").unlink()
        run("sh", "upload.sh", code=2, cwd=folder, env={"PATH": f"{binary.parent}:{os.environ['PATH']}", "ENDPOINT": service.endpoint, "PROJECT_ID": project, "TOKEN": token})
        run("sh", "upload.sh", code=2, cwd=folder, env={"PATH": f"{binary.parent}:{os.environ['PATH']}"})
    assert service.seen == [], "it was sent"


def main():
    binary = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        judge(scratch)
        print("recipes and action, read by others: good", flush=True)
        try_upload(scratch, binary)
        print("upload from the shell: good", flush=True)
        try_other_pipelines(scratch, binary)
        print("GitLab and Jenkins: good", flush=True)
        try_action(scratch, binary)
        print("action: good")


if __name__ == "__main__":
    main()
