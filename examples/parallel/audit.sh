#!/usr/bin/env bash
# Audits a file of bodies, a body a line, with GNU parallel: prints a line a finding, parted by tabs. See README.md.
#
#     audit.sh BODIES.ndjson [OPTIONS OF parallel]
set -eu
bodies=$1
shift
# A thousand lines a process, in the order of the file; lines count from the beginning of the file. What
# is found is no failure, not being able to run is.
# shellcheck disable=SC2016
PARALLEL_SHELL=$(command -v bash) exec parallel "$@" --pipe -N 1000 --keep-order --halt now,fail=1 '
    set -o pipefail
    { apicert check --ndjson --format ndjson --jobs 1 --no-config -q - || [ $? -eq 1 ]; } |
        jq -r --argjson before "$(({#} * 1000 - 1000))" '"'"'
            (.line + $before) as $line | .verdict as $verdict | .prediction.error_code as $code
            | if .findings then .findings[] else {message} end
            | [$line, $verdict, $code, .rule, .severity, .pointer, .message] | @tsv
        '"'"'' <"$bodies"
