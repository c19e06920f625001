"""Compares the Parquet files of a run and a sweep with what stands beside them, through DuckDB."""

import csv
import json
import sys
from pathlib import Path

import duckdb


def same(one, other, what):
    if one != other:
        sys.exit(f"parquet: {what}: {one!r} is not {other!r}")


def compare(parquet, text):
    """Every cell of a Parquet file is that of the CSV file, with the same names; returns the table."""
    table = duckdb.read_parquet(str(parquet))
    with open(text, newline="") as file:
        rows = list(csv.reader(file))
    same(table.columns, rows[0], f"columns of {parquet.name}")
    found = table.fetchall()
    same(len(found), len(rows) - 1, f"rows of {parquet.name}")
    for number, (row, cells) in enumerate(zip(found, rows[1:])):
        for name, value, cell in zip(table.columns, row, cells):
            expected = None if cell == "" and not isinstance(value, str) else type(value)(cell)
            same(value, expected, f"{parquet.name}, row {number}, {name}")
    return table


run, sweep = Path(sys.argv[1]), Path(sys.argv[2])
series = compare(run / "series.parquet", run / "series.csv")
summary = json.loads((run / "run.json").read_text())

# No request counts before the warm-up ends, and this scenario has none: the windows add up to the whole.
same(summary["run"]["warmup_ns"], 0, "warm-up")
path = str(run / "series.parquet")


def number(query):
    return duckdb.sql(query).fetchall()[0][0]


# All windows are of one width.
width = number(f"select max(time_s) / (count(*) - 1) from '{path}'")
for client in summary["clients"]:
    offered = number(f"""select sum("{client['name']}.offered_per_s") from '{path}'""") * width
    same(round(offered), client["offered"], f"requests of {client['name']}")
kinds = [kind for kind in series.columns if kind.endswith(".timeout_per_s")]
same(len(kinds), len(summary["clients"]), "clients with errors by kind")

points = compare(sweep / "sweep.parquet", sweep / "sweep.csv")
print(
    f"parquet: DuckDB {duckdb.__version__} reads series.parquet ({len(series)} rows, {len(series.columns)} columns) "
    f"and sweep.parquet ({len(points)} rows, {len(points.columns)} columns); all cells are those of the CSV files"
)
