#!/usr/bin/env python3
"""Compares which files of a folder are looked at with what git says, on random trees and random ignore files.

    tests/walk/compare.py target/debug/apicert [--cases 5000] [--seed 1] [--other OTHER]

Each tree is a repository with `.gitignore` files in its folders, `.git/info/exclude` and a file that
`core.excludesFile` names. What `git ls-files --others --exclude-standard` lists is what has to be looked at. With
`--other`, another build of apicert is asked as well, on the same trees; and with `--ours`, about trees that git knows
nothing of: with `.ignore` files, hidden names, and a walk that begins below the root.

Run by hand. Prints every case that differs, and counts.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile

NAMES = ["a", "b", "ab", "abc", "a b", "b ", "#a", "!a", "a#", "[a]", "{a,b}", "a.json", "b.json", "c.j2", "a-b", "\\a",
         "aa", "aaa", "A", "1", "a1", "é", "*", "a?", "^a", "]", "a\t", "x.y.z",
         "a:", "\U0001f511"]
HIDDEN = [".a", ".b.json", ".c"]
PIECES = ["a", "b", "ab", "c", "1", "*", "*", "*", "**", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[[:alpha:]]",
          "[[:digit:][:upper:]]", "[a-", "[", "]", "[z-a]", "[a\\]]", "[\\a-c]", "[a-c-e]", "[--b]", "[[:nope:]]", "[[:]",
          "[[a]", "[!]a]", "[b-\\c]", "\\a", "\\*", "\\#", "\\!", "\\", "{a,b}", "{", "}", ",", ".", ".json", "#", "!", " ",
          "\\ ", "-", "é", "\t", "^", "/", "/", "**/", "/**", "/**/", "*/", ":", "**\\/", "/**\\/"]
ENDS = ["", "", "", "", "/", "/", " ", "  ", "\\ ", "\t", "\\"]
STARTS = ["", "", "", "", "/", "!", "!", "!/", "\\!", "\\#", "#", "**/", "*", "!*"]


def plain_line(random):
    """Of these there are no two opinions."""
    name = random.choice(["a", "b", "ab", "a.json", "*.json", "*b", "*", "x.y.z", ".a", ".*", "aa", "a*"])
    folder = random.choice(["", "", "", "/", "a/", "**/", "/ab/"])
    return random.choice(["", "", "!"]) + folder + name + random.choice(["", "", "/"])


def line(random):
    kind = random.random()
    if kind < 0.25:
        middle = random.choice(NAMES + HIDDEN)
    elif kind < 0.4:
        middle = "/".join(random.choice(NAMES) for _ in range(random.randint(2, 3)))
    elif kind < 0.5:
        middle = random.choice(["*", "*.json", "*/", "a*", "**", "**/a", "a/**", "/*", "/a/*", "**/*.json", "a**b", "a**/b"])
    else:
        middle = "".join(random.choice(PIECES) for _ in range(random.randint(1, 5)))
    return random.choice(STARTS) + middle + random.choice(ENDS)


def ignore_file(random, line=line):
    lines = [line(random) for _ in range(random.randint(1, 5))]
    end = random.choice(["\n", "\n", "\n", "\r\n"])
    text = random.choice(["", "", "", "\ufeff"]) + end.join(lines) + random.choice([end, end, ""])
    return text.encode()


def tree(random, root, names, ignore_names, line):
    folders = [root]
    for _ in range(random.randint(1, 7)):
        folder = random.choice(folders) / random.choice(names)
        if not folder.exists():
            folder.mkdir()
            folders.append(folder)
    for _ in range(random.randint(4, 20)):
        path = random.choice(folders) / random.choice(names)
        if not path.exists():
            path.write_bytes(b'{"cert_content": ""}')
    written = {}
    for folder in folders:
        for name in ignore_names:
            if folder == root and name == ignore_names[0] or random.random() < 0.3:
                written[folder / name] = ignore_file(random, line)
    return folders, written


def looked_at(program, folder, environment, configuration):
    run = subprocess.run([program, "check", "--format", "json", "--config", configuration, "."], cwd=folder,
                         env=environment, capture_output=True)
    if run.returncode == 2 and b": cannot be read" in run.stderr:
        return None
    if run.returncode not in {0, 1, 3}:
        raise SystemExit(f"{program}: {run.returncode}: {run.stderr}")
    # The only characters of these names that are not shown as they are.
    return [one["path"].replace("\\u{9}", "\t") for one in json.loads(run.stdout)["inputs"]] if run.stdout else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--other", type=pathlib.Path)
    parser.add_argument("--ours", action="store_true")
    arguments = parser.parse_args()
    program = str(arguments.program.resolve())
    other = arguments.other and str(arguments.other.resolve())
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        root, home = place / "root", place / "home"
        root.mkdir(), home.mkdir()
        configuration = root / "apicert.toml"
        environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
        subprocess.run(["git", "init", "-q", "."], cwd=root, env=environment, check=True)
        for case in range(arguments.cases):
            chance = random.Random(f"{arguments.seed} {case}")
            for path in root.iterdir():
                if path.name != ".git":
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            kind = plain_line if arguments.ours else line
            names = ["a", "b", "ab", "a.json", "x.y.z", "aa", *HIDDEN] if arguments.ours else NAMES
            files = [".gitignore", ".ignore"] if arguments.ours else [".gitignore"]
            folders, written = tree(chance, root, names, files, kind)
            if arguments.ours and chance.random() < 0.3:
                (chance.choice(folders) / ".git").mkdir(exist_ok=True)
            if chance.random() < 0.3:
                written[root / ".git/info/exclude"] = ignore_file(chance, kind)
            else:
                written[root / ".git/info/exclude"] = b""
            excludes = chance.random()
            (home / ".gitconfig").write_text("[core]\n\texcludesFile = ~/excludes\n" if excludes < 0.5 else "")
            written[home / "excludes"] = ignore_file(chance, kind) if excludes < 0.25 else b""
            for path, text in written.items():
                path.write_bytes(text)
            configuration.write_text('include = ["*"]\n')
            start = chance.choice(folders) if arguments.ours and chance.random() < 0.3 else root
            ours = looked_at(program, start, environment, configuration)
            theirs = {}
            if not arguments.ours:
                listed = subprocess.run(["git", "ls-files", "-z", "--others", "--exclude-standard"], cwd=root,
                                        env=environment, capture_output=True, check=True).stdout
                listed = {name for name in listed.decode().split("\0") if name}
                theirs["git"] = {name for name in listed
                                 if not any(part.startswith(".") for part in name.split("/")) and name != "apicert.toml"}
            if other:
                theirs["other"] = looked_at(other, start, environment, configuration)
            counts["cases"] += 1
            counts["files"] += len(ours)
            if theirs.get("other", ()) is None:
                counts["other cannot read"] += 1
                del theirs["other"]
            for name, list_ in theirs.items():
                mine = set(plain(ours)) if name == "git" else ours
                if name == "other" and "git" in theirs and set(plain(list_)) != theirs["git"]:
                    counts["other differs from git"] += 1
                if mine != list_:
                    counts[f"differs from {name}"] += 1
                    print(f"case {case}, from {start.relative_to(place)}: {name}: too many {sorted(set(mine) - set(list_))}, "
                          f"too few {sorted(set(list_) - set(mine))}")
                    for path, text in written.items():
                        if text:
                            print(f"    {path.relative_to(place)}: {text!r}")
    print(dict(counts))


def plain(paths):
    return [path for path in paths if path != "apicert.toml"]


if __name__ == "__main__":
    main()
