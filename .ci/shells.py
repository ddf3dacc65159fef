#!/usr/bin/env python3
"""Types into real shells, on a terminal, and looks at what they complete.

    .ci/shells.py path/to/apicert

Needs bash, zsh, fish and elvish, and pyte, which knows what is on the screen of a terminal.
"""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

import pyte

# What is typed, and what has to be on the screen then.
TYPED = [
    ("apicert chec\t", "apicert check"),
    ("apicert check --bod\t", "apicert check --bodies-only"),
    ("apicert expl\t", "apicert explain"),
]
# The script for elvish knows commands and options, and no values.
VALUES = [
    ("apicert check --format conc\t", "apicert check --format concise"),
    ("apicert check --allow self-s\t", "apicert check --allow self-signed"),
    ("apicert explain key-mism\t", "apicert explain key-mismatch"),
    ("apicert explain APIG.210\t\t", "APIG.2101"),
    ("apicert man insp\t", "apicert man inspect"),
    ("apicert completions ba\t", "apicert completions bash"),
    # Files are files, whatever else there is.
    ("apicert check a-bod\t", "apicert check a-body.json"),
]
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source completions.bash", TYPED + VALUES),
    "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source completions.zsh", TYPED + VALUES),
    "fish": (["fish", "--no-config", "--private", "-i"], "source completions.fish", TYPED + VALUES),
    "elvish": (["elvish", "-norc"], "eval (slurp < completions.elvish)", TYPED),
}
COLUMNS, LINES = 120, 40


class Terminal:
    """A program on a terminal, in a folder of its own."""

    def __init__(self, command, folder, path):
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        self.child, self.file = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            home = {name: folder for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"]}
            os.execvpe(command[0], command, {"PATH": path, "TERM": "xterm", "LANG": "C.UTF-8", "PS1": "$ ", **home})
        fcntl.ioctl(self.file, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.screen.write_process_input = self.type

    def type(self, text):
        os.write(self.file, text.encode())

    def shows(self, text, seconds=20):
        """Whether a line with this text comes."""
        end = time.monotonic() + seconds
        while not any(text in line for line in self.screen.display):
            if time.monotonic() > end:
                return False
            if select.select([self.file], [], [], 0.1)[0]:
                try:
                    self.stream.feed(os.read(self.file, 65536))
                except OSError:
                    return False
        return True

    def close(self):
        os.kill(self.child, 9)
        os.waitpid(self.child, 0)
        os.close(self.file)


def main():
    binary = Path(sys.argv[1]).resolve()
    path = f"{binary.parent}:{os.environ['PATH']}"
    failed = False
    for shell, (command, load, typed) in SHELLS.items():
        with tempfile.TemporaryDirectory() as folder:
            with Path(folder, f"completions.{shell}").open("wb") as script:
                subprocess.run([binary, "completions", shell], check=True, stdout=script)
            Path(folder, "a-body.json").write_text("{}")
            for keys, expected in typed:
                # A shell for each: what was on the screen before is not in the way.
                terminal = Terminal(command, folder, path)
                # The sum, because what is typed is on the screen as well.
                terminal.type(f"{load}; expr 4000 + 711\r")
                is_there = terminal.shows("4711")
                terminal.type(keys)
                if not is_there or not terminal.shows(expected):
                    failed = True
                    shown = "\n".join(line.rstrip() for line in terminal.screen.display).rstrip()
                    print(f"{shell}: {keys!r} did not give {expected!r}:\n{shown}")
                terminal.close()
        print(f"{shell}: {len(typed)} completions tried")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
