"""In which bit rates the sessions of a file played, and how they switched: SQL, in DuckDB.

Usage: python renditions.py FOLDER, for FOLDER/60-8.ndjson.gz.

By the rules of docs/comparison.md: repeats of a number in a session are left out, events are in the order of time and number, and
content is played from an event after which the player plays to the next one.
"""

import json
import sys
from pathlib import Path

import duckdb

folder = Path(sys.argv[1])
db = duckdb.connect()
db.execute(
    f"""
    CREATE TABLE events AS
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY session_id, seq) AS copy
        FROM read_json_auto('{folder / "60-8.ndjson.gz"}', format = 'newline_delimited', union_by_name = true)
    ) WHERE copy = 1;

    CREATE TABLE followed AS
    SELECT
        session_id, type, position_ms,
        max(duration_ms) OVER (PARTITION BY session_id) AS duration_ms,
        last_value(CASE
            WHEN type IN ('play', 'buffer_end') THEN true
            WHEN type IN ('load', 'pause', 'end', 'buffer_start') THEN false
        END IGNORE NULLS) OVER so_far AS playing,
        last_value(CASE WHEN type = 'quality_change' THEN bitrate_bps END IGNORE NULLS) OVER so_far AS bitrate_bps,
        lead(CASE WHEN type = 'seek' THEN from_ms ELSE position_ms END)
            OVER (PARTITION BY session_id ORDER BY ts, seq) AS until_ms
    FROM events
    WINDOW so_far AS (PARTITION BY session_id ORDER BY ts, seq ROWS UNBOUNDED PRECEDING);

    CREATE TABLE played AS
    SELECT session_id, bitrate_bps,
        greatest(least(until_ms, duration_ms) - least(position_ms, duration_ms), 0) AS played_ms
    FROM followed WHERE playing AND until_ms IS NOT NULL;

    CREATE TABLE switches AS
    SELECT bitrate_bps - lag(bitrate_bps) OVER (PARTITION BY session_id ORDER BY ts, seq) AS by_bps
    FROM events WHERE type = 'quality_change';
    """
)
renditions = db.execute(
    """
    SELECT bitrate_bps, count(DISTINCT session_id), sum(played_ms)::BIGINT
    FROM played WHERE bitrate_bps IS NOT NULL AND played_ms > 0 GROUP BY 1 ORDER BY 1
    """
).fetchall()
unknown, average = db.execute(
    """
    SELECT coalesce(sum(played_ms) FILTER (bitrate_bps IS NULL), 0)::BIGINT,
        sum(bitrate_bps::DOUBLE * played_ms) / sum(played_ms) FILTER (bitrate_bps IS NOT NULL)
    FROM played
    """
).fetchone()
up, down, up_bps, down_bps = db.execute(
    """
    SELECT count(*) FILTER (by_bps > 0), count(*) FILTER (by_bps < 0),
        coalesce(sum(by_bps) FILTER (by_bps > 0), 0)::BIGINT, -coalesce(sum(by_bps) FILTER (by_bps < 0), 0)::BIGINT
    FROM switches
    """
).fetchone()
figures = {
    "provenance": f"DuckDB {duckdb.__version__}, xtask/oracle/renditions.py",
    "renditions": [[bitrate, sessions, played] for bitrate, sessions, played in renditions],
    "unknown_ms": unknown,
    "average_bitrate_bps": average,
    "switches_up": up,
    "switches_down": down,
    "up_bps": up_bps,
    "down_bps": down_bps,
}
(folder / "60-8.renditions.json").write_text(json.dumps(figures, indent=1) + "\n")
