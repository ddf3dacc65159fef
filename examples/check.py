"""For try.sh: makes the data sets, and compares the tables with what apicert says of each file by itself.

    check.py make FOLDER       bodies as Parquet and as JSON a line, partitioned, and a body a line
    check.py compare FOLDER
"""

import json
import pathlib
import subprocess
import sys

import pyarrow
import pyarrow.parquet

ROOT = pathlib.Path(__file__).resolve().parents[1]
PARTITIONS = 8
# So that there are more of them than a thousand, which one process takes.
COPIES = 3
FOLDERS = ["accepted", "chains", "conformance", "reference", "rules"]


def bodies():
    """By the names of their files; those that are no UTF-8 fit no text column."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / "fixtures" / folder).rglob("*.json")):
            try:
                text = path.read_bytes().decode()
            except UnicodeDecodeError:
                continue
            if '"cert_content"' in text and text.strip():
                found[str(path.relative_to(ROOT))] = text
    return found


def make(folder):
    rows = [(f"{name} {copy}", text) for copy in range(COPIES) for name, text in bodies().items()]
    for form in ("parquet", "json"):
        (folder / f"bodies-{form}").mkdir()
    for part in range(PARTITIONS):
        ids, texts = zip(*rows[part::PARTITIONS])
        table = pyarrow.table({"id": ids, "body": texts})
        pyarrow.parquet.write_table(table, folder / "bodies-parquet" / f"part-{part}.parquet")
        lines = "".join(json.dumps({"id": name, "body": text}) + "\n" for name, text in zip(ids, texts))
        (folder / "bodies-json" / f"part-{part}.json").write_text(lines)
    (folder / "bodies.ndjson").write_text("".join(text.replace("\n", "\r") + "\n" for _, text in rows))
    (folder / "ids").write_text("".join(f"{name}\n" for name, _ in rows))


def expected(copies):
    """What apicert says of each file by itself."""
    names = list(bodies())
    done = subprocess.run(["apicert", "check", "--no-config", "--format", "json", *names], cwd=ROOT,
                          stdout=subprocess.PIPE, check=False)
    said = json.loads(done.stdout)
    assert not said["errors"] and len(said["inputs"]) == len(names)
    return sorted(
        (f"{body['path']} {copy}", body["verdict"], body["prediction"].get("error_code") or "",
         finding["rule"], finding["severity"], finding["pointer"])
        for copy in range(copies) for body in said["inputs"] for finding in body["findings"])


def spark(folder):
    table = pyarrow.parquet.read_table(folder).to_pylist()
    return sorted((row["id"], row["verdict"], row["error_code"] or "", row["rule"], row["severity"], row["pointer"])
                  for row in table)


def parallel(folder):
    ids = (folder / "ids").read_text().splitlines()
    lines = (folder / "findings.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines]
    return sorted((ids[int(line) - 1], *rest[:5]) for line, *rest in rows)


def pieces():
    """Of everything that is secret or may be: the lines of all PEM texts."""
    found = set()
    for text in bodies().values():
        found |= {piece for line in text.replace("\\n", "\n").split("\n") for piece in [line.strip()] if len(piece) == 64}
    return {piece.encode() for piece in found}


def compare(folder):
    wanted = expected(COPIES)
    tables = {"Spark, Parquet": spark(folder / "findings-parquet"), "Spark, JSON": spark(folder / "findings-json"),
              "GNU parallel": parallel(folder)}
    for name, table in tables.items():
        if table != wanted:
            odd = set(table) ^ set(wanted)
            sys.exit(f"{name}: {len(table)} rows in place of {len(wanted)}; {len(odd)} differ: {sorted(odd)[:3]}")
        print(f"{name}: {len(table)} findings, the same as of {len(bodies())} files {COPIES} times")
    secrets, looked_at = pieces(), 0
    assert all(piece in (folder / "bodies.ndjson").read_bytes() for piece in list(secrets)[:100])
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.relative_to(folder).parts[0].startswith("bodies"):
            text, looked_at = path.read_bytes(), looked_at + 1
            if any(piece in text for piece in secrets):
                sys.exit(f"{path} holds a piece of a body")
    print(f"none of {len(secrets)} lines of PEM in {looked_at} files of tables and logs")


if __name__ == "__main__":
    {"make": make, "compare": compare}[sys.argv[1]](pathlib.Path(sys.argv[2]))
