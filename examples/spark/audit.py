"""Audits a data set of bodies with Spark: a table with a row a finding. See README.md.

    spark-submit audit.py BODIES FINDINGS [--format parquet|json] [-- OPTIONS OF apicert check]
"""

import argparse
import json
import subprocess

import pandas
from pyspark.sql import SparkSession

FINDINGS = "id string, verdict string, error_code string, rule string, severity string, pointer string, message string"


def auditor(options):
    """What turns batches of bodies into batches of findings: one process a batch, fed through a pipe."""
    command = ["apicert", "check", "--ndjson", "--format", "ndjson", "--jobs", "1", "--no-config", *options, "-"]

    def audit(batches):
        for batch in batches:
            # A body a line. A line feed and a carriage return mean the same in JSON: white space between
            # values, a fault inside of strings.
            lines = "\n".join((body or "null").replace("\n", "\r") for body in batch["body"])
            done = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=False)
            if done.returncode not in (0, 1, 3):
                raise RuntimeError(f"apicert could not run: exit code {done.returncode}")
            ids = batch["id"].tolist()
            yield pandas.DataFrame(
                [row for line in done.stdout.splitlines() for row in rows(json.loads(line), ids)],
                columns=[column.split()[0] for column in FINDINGS.split(", ")])

    return audit


def rows(body, ids):
    name = ids[body["line"] - 1]
    if "message" in body:  # one that was not read: it is too long
        yield name, None, None, None, None, None, body["message"]
        return
    answer = (name, body["verdict"], body["prediction"].get("error_code"))
    for finding in body["findings"]:
        yield *answer, finding["rule"], finding["severity"], finding["pointer"], finding["message"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bodies", help="rows with the columns id and body, both text")
    parser.add_argument("findings", help="where the table of findings goes, as Parquet")
    parser.add_argument("--format", choices=["parquet", "json"], default="parquet", help="of the bodies")
    parser.add_argument("options", nargs="*", help="options of apicert check, behind --")
    options = parser.parse_args()
    spark = SparkSession.builder.appName("apicert").getOrCreate()
    bodies = spark.read.schema("id string, body string").format(options.format).load(options.bodies)
    bodies.mapInPandas(auditor(options.options), FINDINGS).write.mode("overwrite").parquet(options.findings)
    spark.read.parquet(options.findings).groupBy("severity", "rule").count().orderBy("severity", "rule").show(100, False)


if __name__ == "__main__":
    main()
