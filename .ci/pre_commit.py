#!/usr/bin/env python3
"""Runs every published hook with the real pre-commit, in a repository like a user's.

    .ci/pre_commit.py path/to/apicert path/to/apicert.whl

The hooks are installed from the last commit of this checkout. pre-commit has to be on the PATH.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
BAD = FIXTURES / "rules/key-mismatch/bad.json"
FIXABLE = FIXTURES / "rules/quoted-pem/bad.json"
WARNED = FIXTURES / "rules/weak-key/bad.json"
NOTED = FIXTURES / "rules/incomplete-chain/bad.json"
GOOD = FIXTURES / "accepted/roma/key-p256-pkcs8.json"

# What else a repository holds that ends in .json.
OTHERS = {
    "package.json": '{"name": "site", "version": "1.0.0", "private": true}',
    "tsconfig.json": '{\n  // a comment\n  "compilerOptions": {"strict": true,},\n}',
    "broken.json": '{"half": ',
    "empty.json": "",
    "list.json": '["cert_content", "private_key"]',
    "deep.json": '{"ssl": {"private_key": "not at the top"}}',
    "binary.json": "\ufeff\u0000\u0001",
}


class Repository:
    """A repository that uses hooks."""

    def __init__(self, folder, environment, config):
        self.folder = folder
        self.environment = environment
        folder.mkdir()
        self.git("init", "--quiet")
        self.git("config", "user.name", "nobody")
        self.git("config", "user.email", "nobody@example.com")
        self.write(".pre-commit-config.yaml", config)
        for name, text in OTHERS.items():
            self.write(name, text)

    def git(self, *arguments):
        subprocess.run(["git", *arguments], cwd=self.folder, check=True, env=self.environment)

    def write(self, name, contents):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        self.git("add", "--", name)

    def body(self, name, source):
        self.write(name, source.read_bytes())

    def remove(self, *names):
        self.git("rm", "--quiet", "--force", "-r", "--", *names)

    def run(self, hook, *options, code):
        """Runs a hook over all files; returns what is printed."""
        command = ["pre-commit", "run", "--all-files", "--color=never", *options, hook]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        printed = done.stdout + done.stderr
        assert done.returncode == code, f"{hook}: exit code {done.returncode}, not {code}:\n{printed}"
        return printed


def checks(repository, hook):
    """A hook that checks."""
    repository.body("requests/good.json", GOOD)
    printed = repository.run(hook, code=0)
    assert "Passed" in printed, printed

    repository.body("requests/bad.json", BAD)
    printed = repository.run(hook, code=1)
    assert "error[key-mismatch]" in printed, printed
    assert "requests/bad.json: rejected, the service would answer 400 APIG.2101" in printed, printed
    assert not any(name in printed for name in OTHERS), printed
    assert "\x1b" not in printed, printed
    coloured = repository.run(hook, "--color=always", code=1)
    assert "\x1b[1;31merror[key-mismatch]\x1b[0m" in coloured, coloured

    repository.remove("requests/bad.json")
    repository.body("requests/warned.json", WARNED)
    printed = repository.run(hook, code=1)
    assert "warning[weak-key]" in printed, printed
    repository.remove("requests/warned.json")
    repository.body("requests/noted.json", NOTED)
    printed = repository.run(hook, code=0)
    assert "Passed" in printed, printed

    # One process for all files: one summary.
    for number in range(400):
        repository.body(f"many/{number}.json", GOOD)
    repository.body("many/200-bad.json", BAD)
    printed = repository.run(hook, code=1)
    summaries = re.findall(r"^\d+ bodies, .*$", printed, re.MULTILINE)
    assert summaries == ["403 bodies, 1 rejected: 1 error, 0 warnings, 2 notes (shown with -v)"], printed
    repository.remove("many")

    # No body at all is no failure.
    repository.remove("requests")
    repository.run(hook, code=0)


def repairs(repository, hook):
    """A hook that repairs."""
    repository.body("requests/good.json", GOOD)
    repository.body("requests/fixable.json", FIXABLE)
    printed = repository.run(hook, code=1)
    assert "files were modified by this hook" in printed, printed
    assert "requests/fixable.json: 1 repair" in printed, printed
    repaired = (repository.folder / "requests/fixable.json").read_bytes()
    assert repaired == (FIXABLE.parent / "fixed.json").read_bytes()
    for name, text in OTHERS.items():
        assert (repository.folder / name).read_bytes() == text.encode(), name
    repository.git("add", ".")
    assert "Passed" in repository.run(hook, code=0)

    repository.body("requests/bad.json", BAD)
    printed = repository.run(hook, code=1)
    assert "error[key-mismatch]" in printed and "were modified" not in printed, printed
    repository.remove("requests")
    repository.run(hook, code=0)


def smuggles(repository, hook, *, has_end, repairs):
    """Files that are called like options, which would write, read or leave out something, or end the run."""
    outside = repository.folder.parent / "outside.json"
    repository.write("secret.json", "a secret")
    for name in [
        "--output=json=package.json", f"--output=json={outside}", "--config=list.json", "--no-config.json",
        "--set=private_key=@secret.json", "--unsafe.json", "-h.json", "-V.json",
    ]:
        repository.body(name, FIXABLE)
        printed = repository.run(hook, code=1)
        if not has_end:
            assert f"{name} is both an option and the name of a file here" in printed, printed
            assert (repository.folder / name).read_bytes() == FIXABLE.read_bytes(), name
        elif repairs:
            assert f"{name}: 1 repair" in printed, printed
            assert (repository.folder / name).read_bytes() == (FIXABLE.parent / "fixed.json").read_bytes(), name
        else:
            assert "error[quoted-pem]" in printed and name in printed, printed
        assert not outside.exists(), name
        for other, text in OTHERS.items():
            assert (repository.folder / other).read_bytes() == text.encode(), name
        repository.remove(name)
    repository.remove("secret.json")
    repository.run(hook, code=0)


def published():
    """The ids of the hooks, from the file itself."""
    text = (ROOT / ".pre-commit-hooks.yaml").read_text()
    ids = re.findall(r"^- id: (\S+)$", text, re.MULTILINE)
    assert len(ids) == len(set(ids)) and "apicert" in ids, ids
    return ids


def main():
    binary, wheel = (Path(path).resolve() for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        # Cargo reads this for everything below. The builds are tried, not their speed; dependencies stay as they are.
        (scratch / ".cargo").mkdir()
        (scratch / ".cargo/config.toml").write_text("[profile.release.package.apicert]\nopt-level = 0\n")
        hooks = scratch / "hooks"
        subprocess.run(["git", "clone", "--quiet", "--no-local", ROOT, hooks], check=True)
        revision = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=hooks, check=True, capture_output=True, text=True
        ).stdout.strip()
        (scratch / "bin").mkdir()
        shutil.copy(binary, scratch / "bin/apicert")
        environment = {
            **os.environ,
            "PATH": f"{scratch}/bin:{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(scratch / "cache"),
            # The clock of the fixtures.
            "SOURCE_DATE_EPOCH": "1782864000",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_HYPERLINK", "TERM"]:
            environment.pop(variable, None)

        for hook in published():
            config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [{"id": hook}]}]}
            repository = Repository(scratch / f"user-of-{hook}", environment, json.dumps(config))
            (repairs if "fix" in hook else checks)(repository, hook)
            smuggles(repository, hook, has_end=True, repairs="fix" in hook)
            print(f"{hook}: good", flush=True)

        # A wheel that is there needs nothing to be built.
        local = {
            "id": "apicert",
            "name": "apicert",
            "entry": "apicert check --bodies-only --fail-on=warning",
            "language": "python",
            "additional_dependencies": [str(wheel)],
            "types": ["json"],
            "require_serial": True,
        }
        config = {"repos": [{"repo": "local", "hooks": [local]}]}
        without = {**environment, "PATH": os.environ["PATH"]}
        repository = Repository(scratch / "user-of-wheel", without, json.dumps(config))
        checks(repository, "apicert")
        print("apicert from its wheel: good", flush=True)

        # What the user says comes last.
        hook = {"id": "apicert-system", "args": ["--fail-on=error", "--allow=key-mismatch", "--service=apig"]}
        config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [hook]}]}
        repository = Repository(scratch / "user-of-arguments", environment, json.dumps(config))
        repository.body("warned.json", WARNED)
        repository.body("bad.json", BAD)
        repository.run("apicert-system", code=0)
        print("arguments of the user: good")

        # They take the place of the `--` that ends the options, unless they have one of their own.
        for hook in ["apicert-system", "apicert-fix-system"]:
            for arguments in [["--service=roma"], ["--service=roma", "--"]]:
                used = {"id": hook, "args": arguments}
                config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [used]}]}
                folder = scratch / f"smuggler-by-{hook}-{len(arguments)}"
                repository = Repository(folder, environment, json.dumps(config))
                smuggles(repository, hook, has_end="--" in arguments, repairs="fix" in hook)
        print("files that are called like options: good")


if __name__ == "__main__":
    main()
