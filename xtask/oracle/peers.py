"""What another engine makes of the same events: the 19 checksums of `cargo xtask compare`, in plain SQL.

Written for clarity and not for speed, from the rules in docs/comparison.md and from nothing else; it shares no code with
this workspace. For each FILE.ndjson.gz in the folder given as the only argument, writes FILE.json beside it.
"""

import json
import math
import pathlib
import sys

import duckdb

SQL = """
CREATE OR REPLACE TABLE event AS
  SELECT DISTINCT ON (session_id, seq) * FROM read_json(
    '{file}', format = 'newline_delimited',
    columns = {{session_id: 'VARCHAR', viewer_id: 'VARCHAR', content_id: 'VARCHAR', ts: 'BIGINT', seq: 'BIGINT', type: 'VARCHAR',
               position_ms: 'BIGINT', duration_ms: 'BIGINT', variant: 'VARCHAR', from_ms: 'BIGINT'}});

-- What the player does after each event, and the event after it.
CREATE OR REPLACE TABLE step AS
  WITH told AS (SELECT *, CASE WHEN type IN ('play', 'buffer_end') THEN 'playing' WHEN type = 'buffer_start' THEN 'stalled'
                              WHEN type IN ('load', 'pause', 'end') THEN 'idle' END AS says FROM event)
  SELECT *, last_value(says IGNORE NULLS) OVER (PARTITION BY session_id ORDER BY ts, seq) AS state,
         lead(ts) OVER following AS next_ts, lead(type) OVER following AS next_type,
         lead(position_ms) OVER following AS next_position, lead(from_ms) OVER following AS next_from
  FROM told WINDOW following AS (PARTITION BY session_id ORDER BY ts, seq);

CREATE OR REPLACE TABLE title AS SELECT content_id, max(duration_ms) AS length FROM event WHERE type = 'load' GROUP BY ALL;

-- Stretches of content that were played, each pass on its own.
CREATE OR REPLACE TABLE stretch AS
  SELECT * FROM (
    SELECT session_id, content_id, length, position_ms AS a,
           CASE WHEN next_type = 'seek' THEN next_from ELSE next_position END AS reached,
           CASE WHEN reached > length THEN length ELSE reached END AS b
    FROM step JOIN title USING (content_id) WHERE state = 'playing' AND next_ts IS NOT NULL)
  WHERE b > a;

-- The same without overlaps: an island begins where nothing before it reaches.
CREATE OR REPLACE TABLE island AS
  WITH reach AS (SELECT *, max(b) OVER (PARTITION BY session_id ORDER BY a, b
                                        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM stretch),
       numbered AS (SELECT *, sum(CASE WHEN before IS NULL OR before < a THEN 1 ELSE 0 END)
                                OVER (PARTITION BY session_id ORDER BY a, b) AS number FROM reach)
  SELECT session_id, content_id, length, min(a) AS a, max(b) AS b
  FROM numbered GROUP BY session_id, content_id, length, number;

CREATE OR REPLACE TABLE view AS
  SELECT *, CASE WHEN rebuffer + playing = 0 THEN 0 ELSE rebuffer / (rebuffer + playing) END AS ratio FROM (
    SELECT session_id, any_value(content_id) AS content_id, max(variant) AS variant, count(*) AS events,
           min(ts) FILTER (type = 'load') AS loaded, min(ts) FILTER (type = 'play') - loaded AS startup,
           count(*) FILTER (type = 'seek') AS seeks, count(*) FILTER (type = 'buffer_start') AS rebuffers,
           coalesce(sum(next_ts - ts) FILTER (state = 'stalled'), 0) AS rebuffer,
           coalesce(sum(next_ts - ts) FILTER (state = 'playing'), 0) AS playing
    FROM step GROUP BY session_id);

CREATE OR REPLACE TABLE furthest AS SELECT session_id, max(b) >= 0.95 * any_value(length) AS completed FROM stretch GROUP BY 1;

CREATE OR REPLACE TABLE reach AS
  SELECT content_id, k, count(DISTINCT session_id) AS n
  FROM stretch CROSS JOIN range(0, 100) AS point(k) WHERE a * 100 <= k * length AND k * length < b * 100 GROUP BY ALL;

CREATE OR REPLACE TABLE heat AS
  SELECT content_id, bucket, sum(CASE WHEN b < bucket * 5000 + 5000 THEN b ELSE bucket * 5000 + 5000 END
                                 - CASE WHEN a > bucket * 5000 THEN a ELSE bucket * 5000 END) AS ms
  FROM (SELECT *, unnest(range(a // 5000, (b + 4999) // 5000)) AS bucket FROM stretch) GROUP BY ALL;

CREATE OR REPLACE TABLE quality AS
  SELECT content_id, loaded // 86400000 AS day, quantile_cont(startup, 0.5) AS su50, quantile_cont(startup, 0.95) AS su95,
         quantile_cont(rebuffer, 0.5) AS rb50, quantile_cont(rebuffer, 0.95) AS rb95 FROM view GROUP BY ALL;
"""

FIGURES = {
    "sessions": "SELECT count(*) FROM view",
    "events": "SELECT sum(events) FROM view",
    "watch": "SELECT sum(b - a) FROM stretch",
    "unique": "SELECT sum(b - a) FROM island",
    "seeks": "SELECT sum(seeks) FROM view",
    "rebuf_n": "SELECT sum(rebuffers) FROM view",
    "rebuf_ms": "SELECT sum(rebuffer) FROM view",
    "rr": "SELECT avg(ratio) FROM view",
    "completed": "SELECT count(*) FROM furthest WHERE completed",
    "ret": "SELECT sum(n) FROM reach",
    "retk": "SELECT sum(n * k) FROM reach",
    "heat": "SELECT sum(ms) FROM heat",
    "heatb": "SELECT sum(ms * bucket) FROM heat",
    "qg": "SELECT count(*) FROM quality",
    "su50": "SELECT sum(su50) FROM quality",
    "su95": "SELECT sum(su95) FROM quality",
    "rb50": "SELECT sum(rb50) FROM quality",
    "rb95": "SELECT sum(rb95) FROM quality",
}

FLOATS = {"rr", "su50", "su95", "rb50", "rb95"}


def pooled_z(arms):
    (_, n1, x1), (_, n2, x2) = arms
    p = (x1 + x2) / (n1 + n2)
    return (x2 / n2 - x1 / n1) / math.sqrt(p * (1 - p) * (1 / n1 + 1 / n2))


def figures(path):
    connection = duckdb.connect()
    connection.execute(SQL.format(file=path))
    out = {}
    for name, query in FIGURES.items():
        value = connection.execute(query).fetchone()[0] or 0
        out[name] = float(value) if name in FLOATS else int(value)
    arms = connection.execute(
        "SELECT variant, count(*), count(*) FILTER (completed) FROM view LEFT JOIN furthest USING (session_id) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    out["z"] = pooled_z(arms)
    return out


def main():
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.ndjson.gz")):
        result = {"source": f"DuckDB {duckdb.__version__}, xtask/oracle/peers.py", "chk": figures(path)}
        target = path.with_name(path.name.removesuffix(".ndjson.gz") + ".json")
        target.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
