#!/usr/bin/env bash
# Runs the examples over the bodies in fixtures/, and compares what comes out with what apicert says of each
# file by itself. Nothing of a body may be in any table or log.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TERM_COLOR=never
WORK=$PWD/target/examples

missing=()
for package in java:default-jre-headless parallel:parallel jq:jq; do
    command -v "${package%%:*}" >/dev/null || missing+=("${package##*:}")
done
if ((${#missing[@]})); then
    apt-get -qq update
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
fi
if [[ ! -x $WORK/python/bin/spark-submit ]]; then
    python3 -m venv "$WORK/python"
    "$WORK/python/bin/pip" install --quiet --disable-pip-version-check 'pyspark>=4,<5' 'pandas>=2.2,<3' 'pyarrow>=18'
fi
# APICERT_BIN is a folder with the command, for who has built it already.
if [[ -z ${APICERT_BIN:-} ]]; then
    cargo build --locked --release --quiet
    APICERT_BIN=$PWD/target/release
fi

rm -rf "$WORK/run"
mkdir -p "$WORK/run/local"
export PATH="$APICERT_BIN:$WORK/python/bin:$PATH" SPARK_LOCAL_DIRS="$WORK/run/local" TMPDIR="$WORK/run/local"
export PYSPARK_PYTHON="$WORK/python/bin/python" SPARK_LOCAL_IP=127.0.0.1 SOURCE_DATE_EPOCH=1782864000
export PARALLEL_HOME="$WORK/run/parallel"
mkdir -p "$PARALLEL_HOME"
touch "$PARALLEL_HOME/will-cite"
python examples/check.py make "$WORK/run"

for format in parquet json; do
    spark-submit --master 'local[4]' examples/spark/audit.py --format "$format" \
        "$WORK/run/bodies-$format" "$WORK/run/findings-$format" >"$WORK/run/spark-$format.log" 2>&1 ||
        { tail -n 30 "$WORK/run/spark-$format.log" >&2; exit 1; }
done
examples/parallel/audit.sh "$WORK/run/bodies.ndjson" >"$WORK/run/findings.tsv" 2>"$WORK/run/parallel.log"

python examples/check.py compare "$WORK/run"
python -c 'import pyspark, pandas, pyarrow
print(f"pyspark {pyspark.__version__}, pandas {pandas.__version__}, pyarrow {pyarrow.__version__}")'
java -version 2>&1 | head -n 1
parallel --version | head -n 1
