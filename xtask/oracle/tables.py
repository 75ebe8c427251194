"""What two other engines read in the tables that `audience convert` writes.

Takes a table of events and a table of sessions as arguments, and prints one JSON object: the same sums by DuckDB and by Polars,
which `cargo xtask tables` compares with those of this workspace.
"""

import json
import sys

import duckdb
import polars as pl

events, sessions = sys.argv[1:]


def by_duckdb():
    one = duckdb.sql(f"""
        SELECT count(*), sum(ts)::VARCHAR, sum(position_ms)::VARCHAR, sum(seq)::VARCHAR, count(DISTINCT session_id),
               count(*) FILTER (type = 'seek'), sum(cardinality(attributes))::BIGINT
        FROM '{events}'""").fetchall()[0]
    two = duckdb.sql(f"""
        SELECT count(*), sum(watched_ms)::BIGINT, sum(unique_ms)::BIGINT, sum(stalled_ms)::BIGINT, count(startup_ms),
               count(*) FILTER (completed), count(*) FILTER (exit_reason = 'ended'), sum(len(runs))::BIGINT,
               sum(list_sum([(r.end_ms - r.start_ms) * r.plays FOR r IN runs]))::BIGINT,
               sum(list_sum([r.end_ms - r.start_ms FOR r IN runs]))::BIGINT, sum(cardinality(attributes))::BIGINT
        FROM '{sessions}'""").fetchall()[0]
    return {"events": [int(value or 0) for value in one], "sessions": [int(value or 0) for value in two]}


def by_polars():
    table = pl.read_parquet(events)
    one = [
        table.height,
        sum(table["ts"].to_list()),
        table["position_ms"].sum(),
        table["seq"].sum(),
        table["session_id"].n_unique(),
        (table["type"] == "seek").sum(),
        sum(len(pairs) for pairs in table["attributes"].to_list()),
    ]
    table = pl.read_parquet(sessions)
    runs = [run for row in table["runs"].to_list() for run in row]
    two = [
        table.height,
        table["watched_ms"].sum(),
        table["unique_ms"].sum(),
        table["stalled_ms"].sum(),
        table["startup_ms"].count(),
        table["completed"].sum(),
        (table["exit_reason"] == "ended").sum(),
        len(runs),
        sum((run["end_ms"] - run["start_ms"]) * run["plays"] for run in runs),
        sum(run["end_ms"] - run["start_ms"] for run in runs),
        sum(len(pairs) for pairs in table["attributes"].to_list()),
    ]
    return {"events": [int(value or 0) for value in one], "sessions": [int(value or 0) for value in two]}


print(json.dumps({"DuckDB": by_duckdb(), "Polars": by_polars()}))
