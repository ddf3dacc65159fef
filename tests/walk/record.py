#!/usr/bin/env python3
"""Asks git which paths a `.gitignore` names, and prints the table of `cli::patterns::list::tests`.

    python3 tests/walk/record.py
"""

import os
import pathlib
import subprocess
import tempfile

CASES = [
 ("a.json \n", "a.json"), ("a.json\\ \n", "a.json "), ("a.json\\  \n", "a.json "), ("a.json\t\n", "a.json"), ("a.json\t\n", "a.json\t"),
 ("a\r\nb\r\n", "a"), ("a\r\n", "a\r"), ("a\r\r\n", "a\r"), ("\ufeffa\n", "a"), ("b\n\ufeffa\n", "a"), ("#a\n", "#a"), ("\\#a\n", "#a"), (" #a\n", " #a"),
 ("\\!a\n", "!a"), ("!a\n", "!a"), ("*\n!a\n", "a"), ("!!a\n", "!a"), ("*\n!!a\n", "!a"), ("*.j\\\n", "a.j\\"), ("a\\\n", "a"), ("a\\b\n", "ab"), ("a\0b\n", "a"),
 ("a", "a"), ("\n\n \na\n", "a"), ("x/\n", "x/a"), ("/x/\n", "y/x/a"), ("x//\n", "x/a"), ("x\\/\n", "x/a"), ("**\n", "x/a"), ("**/\n", "x/a"), ("**/\n", "a"), ("/**\n", "a"),
 ("x/**\n", "x/y/a"), ("x/**\n", "x"), ("x/**/a\n", "x/a"), ("x/**/**/a\n", "x/y/a"), ("x/**\\/a\n", "x/a"), ("x/**\\/a\n", "x/y/a"), ("x**a\n", "x/a"), ("x**/a\n", "xy/z/a"), ("*x**/a\n", "xy/z/a"), ("x/***/a\n", "x/y/z/a"), ("**a\n", "x/ba"),
 ("/**x\n", "y/x"), ("x/*a\n", "x/y/a"), ("x?a\n", "x/a"), ("x[/]a\n", "x/a"), ("x[!b]a\n", "x/a"), ("[ab]\n", "a"), ("[!ab]\n", "c"), ("[^ab]\n", "c"), ("[^ab]\n", "a"),
 ("[]a]\n", "]"), ("[!]a]\n", "b"), ("[a-c]\n", "b"), ("[c-a]\n", "b"), ("[c-ab]\n", "b"), ("[a-]\n", "-"), ("a[--0]\n", "a."), ("[a-c-e]\n", "d"), ("[a-c-e]\n", "-"), ("[\\]]\n", "]"), ("[\\a-c]\n", "b"), ("[a-\\c]\n", "b"),
 ("[[:digit:]]\n", "1"), ("[[:upper:]x]\n", "x"), ("[![:alnum:]]\n", "-"), ("[[:punct:]]\n", "!"), ("[[:nope:]a]\n", "a"), ("a[[:]\n", "a:"), ("a[[:]\n", "a["), ("[[:a]\n", "["), ("[[a]\n", "["), ("[[:space:]]\n", " "), ("[[:xdigit:]-z]\n", "y"),
 ("[a\n", "[a"), ("[a\n", "a"), ("{a,b}\n", "a"), ("{a,b}\n", "{a,b}"), ("a}\n", "a}"), ("?\n", "é"), ("??\n", "é"), ("[é]?\n", "é"), ("[é]\n", "é"),
 ("a**b\n", "ab"), ("*a*a*a*b\n", "aaaaaab"), ("A\n", "a"), ("a/b/\n", "a/bc/d"), ("/\n", "a"), ("//\n", "a"), ("!\n", "!"), ("*\n!*/\n!*.json\n", "x/a.json"), ("x\n!x/a\n", "x/a"),
]

ESCAPED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", '"': '\\"', "\ufeff": "\\u{feff}"}


def literal(text):
    return '"' + "".join(ESCAPED.get(character, character) for character in text) + '"'


def main():
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    for text, path in CASES:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "init", "-q", "."], cwd=folder, env=environment, check=True)
            place = pathlib.Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("")
            pathlib.Path(folder, ".gitignore").write_bytes(text.encode())
            asked = ["git", "check-ignore", "-q", "--no-index", "--", path]
            code = subprocess.run(asked, cwd=folder, env=environment).returncode
            assert code in {0, 1}, (text, path)
        print(f"            ({literal(text)}, {literal(path)}, {str(code == 0).lower()}),")


if __name__ == "__main__":
    main()
