#!/usr/bin/env python3
"""Runs every command where the kernel ends it when it opens a connection, starts a program or writes a file.

    .ci/confined.py path/to/apicert

Linux on x86_64 or aarch64; needs no privilege. A filter of system calls (seccomp) is laid on before the program
starts and cannot be taken off. Commands that write are run a second time with leave to write, and still with no
leave for the rest. That the filter bites is tried first.
"""

import ctypes
import os
import platform
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
GOOD = FIXTURES / "accepted/roma/key-p256-pkcs8.json"
FIXABLE = FIXTURES / "rules/quoted-pem/bad.json"
PKI = FIXTURES / "pki"
BUILD = ["build", "--name", "made", "--cert", PKI / "certs/leaf-rsa-2048.pem", "--key", PKI / "keys/rsa-2048.pkcs1.pem"]

# Numbers of system calls: x86_64, aarch64 (which lacks some of the old ones).
CONNECTS = {
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "sendto": (44, 206), "recvfrom": (45, 207),
    "sendmsg": (46, 211), "recvmsg": (47, 212), "bind": (49, 200), "listen": (50, 201), "socketpair": (53, 199),
    "accept4": (288, 242), "recvmmsg": (299, 243), "sendmmsg": (307, 269),
    # It does all of these without asking by their names.
    "io_uring_setup": (425, 425),
}
STARTS = {"fork": (57, None), "vfork": (58, None), "execveat": (322, 281), "ptrace": (101, 117)}
WRITES = {
    "truncate": (76, 45), "ftruncate": (77, 46), "rename": (82, None), "mkdir": (83, None), "rmdir": (84, None),
    "creat": (85, None), "link": (86, None), "unlink": (87, None), "symlink": (88, None), "chmod": (90, None),
    "fchmod": (91, 52), "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "mknod": (133, None),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "mkdirat": (258, 34), "mknodat": (259, 33),
    "fchownat": (260, 54), "unlinkat": (263, 35), "renameat": (264, 38), "linkat": (265, 37), "symlinkat": (266, 36),
    "fchmodat": (268, 53), "renameat2": (316, 276), "openat2": (437, 437),
}
OPEN, OPENAT, CLONE, CLONE3 = (2, None), (257, 56), (56, 220), (435, 435)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
THREAD = 0x10000
FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

LOAD, EQUALS, HAS, RETURN = 0x20, 0x15, 0x45, 0x06
KILL, ALLOW, NO_SUCH_CALL = 0x80000000, 0x7FFF0000, 0x00050000 | 38
ENDED_BY_THE_FILTER = -31


def instructions(may_write):
    """The filter, for the kernel's small machine."""
    which, machine = MACHINES[platform.machine()]

    def step(code, value, then=0, otherwise=0):
        return struct.pack("=HBBI", code, then, otherwise, value)

    program = [step(LOAD, 4), step(EQUALS, machine, 1, 0), step(RETURN, KILL), step(LOAD, 0)]
    for numbers in [*CONNECTS.values(), *STARTS.values(), *([] if may_write else WRITES.values())]:
        if numbers[which] is not None:
            program += [step(EQUALS, numbers[which], 0, 1), step(RETURN, KILL)]
    # The C library then asks in the older way, whose flags can be looked at.
    program += [step(EQUALS, CLONE3[which], 0, 1), step(RETURN, NO_SUCH_CALL)]
    program += [step(EQUALS, CLONE[which], 0, 4), step(LOAD, 16), step(HAS, THREAD, 1, 0), step(RETURN, KILL)]
    program += [step(RETURN, ALLOW)]
    if not may_write:
        for numbers, argument in [(OPEN, 1), (OPENAT, 2)]:
            if numbers[which] is not None:
                look = [step(LOAD, 16 + 8 * argument), step(HAS, FOR_WRITING, 0, 1), step(RETURN, KILL)]
                program += [step(EQUALS, numbers[which], 0, 4), *look, step(RETURN, ALLOW)]
    return [*program, step(RETURN, ALLOW)]


def confine(may_write):
    """What a process does to itself before the program starts in it."""
    program = instructions(may_write)
    steps = ctypes.create_string_buffer(b"".join(program))
    address = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(steps)))
    libc = ctypes.CDLL(None, use_errno=True)

    def apply():
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, address, 0, 0):
            os._exit(99)

    # The buffers have to live as long as it does.
    apply.keep = (steps, address)
    return apply


def run(command, codes, *, may_write=False, given=None, folder=ROOT):
    command = [str(part) for part in command]
    done = subprocess.run(
        command, input=given, capture_output=True, cwd=folder, preexec_fn=confine(may_write),
        env={**os.environ, "SOURCE_DATE_EPOCH": "1782864000", "KEY": "no key"},
    )
    said = f"{' '.join(command)[:200]}: {done.returncode}\n{done.stderr.decode()[-2000:]}"
    assert done.returncode in codes, said
    return done


def bites():
    """Programs that do what is not allowed are ended; those that do not are let be."""
    python = [sys.executable, "-S", "-E", "-c"]
    forbidden = {
        "a connection": "import _socket; _socket.socket()",
        "a program": "import posix; posix.fork()",
        "a file": "open('/dev/null', 'w')",
        "a removal": "import posix; posix.unlink('/nowhere/at/all')",
    }
    for what, code in forbidden.items():
        run([*python, code], {ENDED_BY_THE_FILTER})
        print(f"the filter ends what wants {what}")
    run([*python, "import _thread, time; _thread.start_new_thread(print, ()); time.sleep(0.1); open('/dev/null')"], {0})
    for what in ["a file", "a removal"]:
        run([*python, forbidden[what]], {0, 1}, may_write=True)
    for what in ["a connection", "a program"]:
        run([*python, forbidden[what]], {ENDED_BY_THE_FILTER}, may_write=True)


def reads(apicert):
    """Everything that only reads."""
    formats = ["full", "concise", "json", "ndjson", "sarif", "github", "gitlab", "junit", "markdown"]
    commands = [(["check", "--jobs", "2", "--format", form, "fixtures"], {1}) for form in formats]
    commands += [
        (["check", "--color=always", "--set", "private_key=env:KEY", "--set", f"cert_content=@{GOOD}", GOOD], {1}),
        (["check", "--print-schema"], {0}), (["check", "--print-config-schema"], {0}),
        (["check", "/nowhere/at/all"], {2}), (["check", "--no-such-option"], {2}),
        (["predict", FIXABLE], {1}), (["predict", "--project-id", "p", GOOD], {0}),
        (["inspect", "--format", "json", GOOD, FIXABLE], {0}), (["inspect", GOOD], {0}),
        (["fix", "--diff", "--unsafe", FIXABLE], {1}), (["fix", "--stdout", FIXABLE], {0}),
        ([*BUILD], {0}),
        (["rules"], {0}), (["explain", "key-mismatch"], {0}), (["explain", "APIG.2101"], {0}), (["man"], {0}),
        *[(["completions", shell], {0}) for shell in ["bash", "zsh", "fish", "powershell", "elvish"]],
        (["--help"], {0}), (["--version"], {0}),
    ]
    for command, codes in commands:
        run([apicert, *command], codes)
    line = GOOD.read_bytes().replace(b"\n", b"") + b"\n"
    for command in ["check", "predict", "fix"]:
        run([apicert, command, "--ndjson", "-"], {0}, given=line * 50)
    print(f"{len(commands) + 3} runs of what only reads: no connection, no program, no file written")


def writes(apicert):
    """What writes, and nothing but that."""
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder, "body.json")
        shutil.copy(FIXABLE, body)
        commands = [
            (["fix", "body.json"], {0}),
            (["check", "--output", "sarif=report.sarif", "--output", "json=report.json", "body.json"], {0}),
            ([*BUILD, "-o", "made.json"], {0}),
        ]
        # Not without leave.
        before = body.read_bytes()
        run([apicert, "fix", "body.json"], {ENDED_BY_THE_FILTER}, folder=folder)
        assert body.read_bytes() == before and os.listdir(folder) == ["body.json"], os.listdir(folder)
        for command, codes in commands:
            run([apicert, *command], codes, may_write=True, folder=folder)
        assert body.read_bytes() == (FIXABLE.parent / "fixed.json").read_bytes()
        assert sorted(os.listdir(folder)) == ["body.json", "made.json", "report.json", "report.sarif"], os.listdir(folder)
    print(f"{len(commands)} runs of what writes: no connection, no program, no file but those that were named")


def main():
    if platform.system() != "Linux" or platform.machine() not in MACHINES:
        sys.exit("Linux on x86_64 or aarch64 is needed")
    apicert = Path(sys.argv[1]).resolve()
    bites()
    reads(apicert)
    writes(apicert)


if __name__ == "__main__":
    main()
