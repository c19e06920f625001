#!/usr/bin/env bash
# Reads the Parquet files of a run and of a sweep with DuckDB and compares them with the CSV files and run.json.
#
#   tests/parquet/check.sh [BINARY]      BINARY is target/release/cusinart-sim if not given
#
# Takes DuckDB from PyPI into a virtual environment of its own. Where that cannot be had it says so and ends with 0;
# with REQUIRE_DUCKDB=1 it ends with 1 then.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary="${1:-${CARGO_TARGET_DIR:-target}/release/cusinart-sim}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

skip() {
    echo "parquet: SKIPPED, $*"
    [ "${REQUIRE_DUCKDB:-0}" != 1 ] || exit 1
    exit 0
}

[ -x "$binary" ] || { echo "parquet: $binary is not built" >&2; exit 1; }
command -v python3 >/dev/null || skip "there is no python3"
python3 -m venv "$work/python" >"$work/log" 2>&1 || skip "python3 has no venv (Debian: python3-venv)"
"$work/python/bin/pip" install --quiet --disable-pip-version-check duckdb >"$work/log" 2>&1 ||
    skip "pip cannot install duckdb: $(tail -n 1 "$work/log")"

# A broken SLA (99) is a result like another.
"$binary" run scenarios/zone-outage.yaml --out "$work/run" --no-plots --quiet >/dev/null || [ $? -eq 99 ]
"$binary" sweep scenarios/zone-outage.yaml --vary services.orders.nodes=6,9 --vary control.load_balancer=round_robin,power_of_two \
    --set duration=2m --set 'faults=[]' --out "$work/sweep" --quiet >/dev/null
"$work/python/bin/python" tests/parquet/check.py "$work/run" "$work/sweep"
