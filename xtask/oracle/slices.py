"""Reference values for audience-qoe's excess stalls: NumPy and SciPy, everything anew without each group.

Writes excess_stalls.json into the folder given as the only argument.
"""

import json
import pathlib
import sys

import numpy
import scipy
import scipy.stats

DIMENSIONS = 3


def standardised(rows, dimension, value):
    """Time stalled and expected to be, and time played, in the strata in which the value and others have played."""
    strata = {}
    for row in rows:
        key = tuple(row["values"][d] for d in range(DIMENSIONS) if d != dimension)
        side = strata.setdefault(key, ([], []))[row["values"][dimension] != value]
        side.append((row["stalled"], row["playing"], row["group"]))
    observed = expected = played = 0.0
    groups = (set(), set())
    for own, others in strata.values():
        own_played, others_played = (sum(playing for _, playing, _ in side) for side in (own, others))
        if own_played > 0 and others_played > 0:
            observed += sum(stalled for stalled, _, _ in own)
            expected += own_played * sum(stalled for stalled, _, _ in others) / others_played
            played += own_played
            for held, side in zip(groups, (own, others)):
                held.update(group for _, playing, group in side if playing > 0)
    return observed, expected, played, groups


def jackknife(value, replicates, degrees):
    number = len(replicates)
    error = numpy.sqrt((number - 1) * numpy.var(replicates))
    reach = scipy.stats.t.ppf(0.975, degrees) * error
    return [value - reach, value + reach], 2 * scipy.stats.t.sf(abs(value) / error, degrees)


def compared(rows, dimension, value):
    observed, expected, played, (own, others) = standardised(rows, dimension, value)
    all_played = sum(row["playing"] for row in rows if row["values"][dimension] == value)
    case = {"dimension": dimension, "value": value, "comparable": played / all_played}
    degrees = min(len(own), len(others)) - 1
    if played == 0:
        return case
    number = len(own | others)
    without = [standardised([r for r in rows if r["group"] != g], dimension, value) for g in sorted(own | others)]
    excess, _ = jackknife(observed - expected, [(o - e) * number / (number - 1) for o, e, _, _ in without], degrees)
    log, p = jackknife(numpy.log(observed / expected), [numpy.log(o / e) for o, e, _, _ in without], degrees)
    return case | {
        "observed": observed,
        "expected": expected,
        "excess_interval": excess,
        "relative_interval": numpy.exp(log).tolist(),
        "p": float(p),
    }


def world():
    random = numpy.random.default_rng(5)
    rows = []
    for _ in range(300):
        group = int(random.integers(0, 16))
        values = ["abc"[random.integers(0, 3)], "xy"[random.integers(0, 2)], "klmnopq"[random.integers(0, 7)]]
        # One value of the last dimension is only there with one of the first and a few groups.
        if values[2] == "q":
            values[0] = "a"
            group %= 5
        playing = int(random.lognormal(12, 0.5))
        stalled = int(playing * random.uniform() * 0.1) if random.uniform() < 0.6 else 0
        rows.append({"group": group, "values": values, "playing": playing, "stalled": stalled})
    # Without one of these groups, there is nothing to compare in their stratum.
    for group, first, stalled in [(3, "a", 9000), (3, "a", 0), (4, "b", 2000)]:
        rows.append({"group": group, "values": [first, "z", "k"], "playing": 150_000, "stalled": stalled})
    return rows


def main():
    rows = world()
    cases = [
        compared(rows, dimension, value)
        for dimension in range(DIMENSIONS)
        for value in sorted({row["values"][dimension] for row in rows})
    ]
    tested = [case for case in cases if "p" in case]
    for case, adjusted in zip(tested, scipy.stats.false_discovery_control([case["p"] for case in tested])):
        case["adjusted_p"] = float(adjusted)
    sessions = [[row["group"], *row["values"], row["playing"], row["stalled"]] for row in rows]
    source = f"numpy {numpy.__version__}, scipy {scipy.__version__}: everything anew without each group"
    text = json.dumps({"source": source, "sessions": sessions, "cases": cases})
    (pathlib.Path(sys.argv[1]) / "excess_stalls.json").write_text(text.replace('}, {"', '},\n{"') + "\n")


if __name__ == "__main__":
    main()
