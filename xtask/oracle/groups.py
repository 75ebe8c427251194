"""Reference values for audience-stats' sums by group, Student's t and many hypotheses: SciPy, statsmodels, NumPy.

Writes student_t.json, false_discovery.json and grouped_sums.json into the folder given as the only argument.
"""

import json
import pathlib
import sys

import numpy
import scipy
import scipy.stats
import statsmodels
import statsmodels.api

SCIPY = f"scipy {scipy.__version__}"
STATSMODELS = f"statsmodels {statsmodels.__version__}"
NUMPY = f"numpy {numpy.__version__}"


def student_cases():
    for degrees in [1, 2, 3, 5, 10, 30, 63, 255, 1023, 65535]:
        for t in [0.0, 0.01, 0.1, 0.7, 1.0, 1.96, 2.5, 4.0, 10.0, 50.0]:
            yield {"degrees": degrees, "t": t, "two_sided": float(2 * scipy.stats.t.sf(t, degrees))}
        for q in [0.001, 0.025, 0.3, 0.5, 0.75, 0.975, 0.995, 0.9999]:
            yield {"degrees": degrees, "q": q, "quantile": float(scipy.stats.t.ppf(q, degrees))}


def discovery_cases():
    random = numpy.random.default_rng(11)
    lists = [[0.5], [0.0, 1.0], [0.04, 0.04, 0.04], [0.01, 0.02, 0.03, 0.04, 0.05], [1.0, 1.0]]
    lists += [random.uniform(size=n).tolist() for n in (7, 40)]
    lists += [numpy.concatenate([random.uniform(size=20), random.uniform(size=5) * 1e-4]).tolist()]
    for p_values in lists:
        adjusted = scipy.stats.false_discovery_control(p_values)
        other = statsmodels.api.stats.multipletests(p_values, method="fdr_bh")[1]
        assert numpy.allclose(adjusted, other, rtol=1e-14)
        yield {"p_values": p_values, "adjusted": adjusted.tolist()}


def grouped_cases():
    """Stalled and viewing milliseconds of units in groups, some of which are empty."""
    random = numpy.random.default_rng(3)
    for units, groups in [(2, 2), (9, 8), (200, 16), (600, 64)]:
        group = random.integers(0, groups, units) if units > 2 else numpy.arange(2)
        viewing = random.lognormal(12, 1, units).astype(int) + 1
        stalled = (viewing * random.uniform(size=units) * 0.2 * (random.uniform(size=units) < 0.3)).astype(int)
        clusters = {"groups": group, "use_correction": True}
        fit = statsmodels.api.WLS(stalled / viewing, numpy.ones(units), weights=viewing)
        fit = fit.fit(cov_type="cluster", cov_kwds=clusters)
        present = numpy.unique(group)
        kept = [numpy.array([values[group != g].sum() for g in present]) for values in (stalled, viewing)]
        ratios = kept[0] / kept[1]
        number = len(present)
        excess = (kept[0] - 0.01 * kept[1]) * number / (number - 1)
        error = [float(numpy.sqrt((number - 1) * numpy.var(replicates))) for replicates in (ratios, excess)]
        yield {
            "groups": groups,
            "units": [[int(g), int(y), int(x)] for g, y, x in zip(group, stalled, viewing)],
            "ratio": float(fit.params[0]),
            "clustered_error": float(fit.bse[0]),
            "jackknife_error_of_ratio": error[0],
            "jackknife_error_of_excess_over_1_percent": error[1],
        }


def main():
    folder = pathlib.Path(sys.argv[1])
    files = {
        "student_t.json": (f"{SCIPY}, stats.t.sf and stats.t.ppf", student_cases()),
        "false_discovery.json": (f"{SCIPY}, stats.false_discovery_control; {STATSMODELS}, multipletests", discovery_cases()),
        "grouped_sums.json": (
            f"{STATSMODELS}, WLS with errors clustered by group; {NUMPY}, sums without each group",
            grouped_cases(),
        ),
    }
    for name, (source, cases) in files.items():
        text = json.dumps({"source": source, "cases": list(cases)})
        (folder / name).write_text(text.replace('}, {"', '},\n{"') + "\n")


if __name__ == "__main__":
    main()
