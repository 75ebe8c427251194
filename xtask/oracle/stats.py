"""Reference values for audience-stats, computed with NumPy, statsmodels and SciPy.

Writes quantiles.json, proportions.json and ranks.json into the folder given as the only argument.
"""

import json
import pathlib
import sys

import numpy
import scipy
import statsmodels
from scipy.stats import spearmanr
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

QUANTILES = [0.0, 0.01, 0.05, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0]


def quantile_cases():
    random = numpy.random.default_rng(20261121)
    samples = {
        "one value": [7],
        "two values": [3, 4],
        "ties": [5, 5, 5, 1, 9, 9],
        "zeros": [0, 0, 0, 0],
        "large": [2**52, 2**52 - 1, 2**40, 1],
        "start-up times": random.lognormal(6.6, 0.7, 500).astype(int).tolist(),
        "few different": random.integers(0, 7, 1000).tolist(),
        "more than a batch": random.integers(0, 100_000, 9001).tolist(),
    }
    for name, values in samples.items():
        expected = numpy.quantile(numpy.array(values, dtype=float), QUANTILES, method="linear")
        yield {"id": name, "values": values, "quantiles": list(zip(QUANTILES, expected.tolist()))}


def proportion_cases():
    random = numpy.random.default_rng(7)
    pairs = [((10, 100), (20, 100)), ((1, 2), (2, 2)), ((0, 50), (3, 40)), ((123456, 1000000), (124000, 1000000))]
    for _ in range(12):
        n = random.integers(1, 5000, 2)
        pairs.append(tuple((int(random.integers(0, k + 1)), int(k)) for k in n))
    for baseline, other in pairs:
        z, _ = proportions_ztest([other[0], baseline[0]], [other[1], baseline[1]])
        wilson = proportion_confint(*other, alpha=0.05, method="wilson")
        newcombe = confint_proportions_2indep(*other, *baseline, method="newcomb", compare="diff", alpha=0.05)
        yield {
            "baseline": baseline,
            "other": other,
            "z": None if numpy.isnan(z) else float(z),
            "wilson": [float(end) for end in wilson],
            "newcombe": [float(end) for end in newcombe],
        }


def rank_cases():
    random = numpy.random.default_rng(1904)
    base = random.normal(size=200)
    pairs = {
        "two": ([1, 2], [3, -4]),
        "five": ([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]),
        "ties on one side": ([1, 1, 1, 2, 3, 3], [9, 2, 4, 1, 7, 8]),
        "ties on both sides": ([1, 1, 2, 2, 3, 3, 3], [5, 5, 5, 1, 1, 9, 9]),
        "zero and minus zero": ([0.0, -0.0, 1.0, -1.0], [1.0, 1.0, 2.0, 0.0]),
        "correlated": (base, base + random.normal(size=200)),
        "opposed": (base, -base + 0.3 * random.normal(size=200)),
        "scores that saturate": (numpy.clip(base * 60, 0, 100).round(1), numpy.clip(base * 30 + 50, 0, 100).round()),
        "independent": (random.integers(0, 5, 1000), random.integers(0, 9, 1000)),
    }
    for name, (x, y) in pairs.items():
        x, y = numpy.asarray(x, dtype=float), numpy.asarray(y, dtype=float)
        yield {"id": name, "x": x.tolist(), "y": y.tolist(), "rho": float(spearmanr(x, y).statistic)}


def main():
    folder = pathlib.Path(sys.argv[1])
    files = {
        "quantiles.json": (f"numpy {numpy.__version__}, quantile(method='linear')", quantile_cases()),
        "proportions.json": (
            f"statsmodels {statsmodels.__version__}, proportions_ztest, proportion_confint, confint_proportions_2indep",
            proportion_cases(),
        ),
        "ranks.json": (f"scipy {scipy.__version__}, stats.spearmanr", rank_cases()),
    }
    for name, (source, cases) in files.items():
        text = json.dumps({"source": source, "cases": list(cases)})
        (folder / name).write_text(text.replace('}, {"', '},\n{"') + "\n")


if __name__ == "__main__":
    main()
