"""Reference values for audience-stats' χ² distribution and Fisher's exact test: mpmath, with SciPy asked too.

Writes chi_squared.json and fisher.json into the folder given as the only argument.
"""

import json
import pathlib
import sys
from fractions import Fraction
from math import comb

import mpmath
import scipy
import scipy.stats

mpmath.mp.dps = 60
MPMATH = f"mpmath {mpmath.__version__}"
SCIPY = f"scipy {scipy.__version__}"


def chi_squared_tail(degrees, x):
    """By the finite sums that Q(degrees / 2, x / 2) is: of Poisson's terms, or of those between them and an erfc."""
    x = mpmath.mpf(x) / 2
    odd = mpmath.mpf(degrees % 2) / 2
    term = mpmath.exp(-x) * (x**odd / mpmath.gamma(odd + 1))
    sum_ = mpmath.erfc(mpmath.sqrt(x)) if odd else mpmath.mpf(0)
    for k in range(degrees // 2):
        sum_ += term
        term *= x / (k + 1 + odd)
    return sum_


def chi_squared_cases():
    for degrees in [1, 2, 3, 4, 7, 19, 100, 1001, 65_535, 200_000]:
        scale = [1e-6, 0.1, 0.5, 0.9, 0.99, 1.0, 1.01, 1.1, 1.5, 3.0, 20.0, 900.0]
        for x in [1e-12, 3.84, *(degrees * factor for factor in scale)]:
            tail = chi_squared_tail(degrees, x)
            theirs = scipy.stats.chi2.sf(x, degrees)
            assert tail < 1e-290 or abs(theirs - tail) < 1e-9 * tail, (degrees, x, theirs, tail)
            yield {"degrees": degrees, "x": x, "tail": float(tail), "ln_tail": float(mpmath.log(tail))}


def fisher_exactly(a, n1, b, n2):
    """The tail in fractions for small counts, else its terms from the first on in 60 digits."""
    successes, trials = a + b, n1 + n2
    most = min(successes, n1)
    if trials <= 3000:
        ways = sum(comb(n1, k) * comb(n2, successes - k) for k in range(a, most + 1))
        return float(Fraction(ways, comb(trials, successes)))
    choose = lambda n, k: mpmath.loggamma(n + 1) - mpmath.loggamma(k + 1) - mpmath.loggamma(n - k + 1)
    term = mpmath.exp(choose(n1, a) + choose(n2, b) - choose(trials, successes))
    term, k, sum_, top = mpmath.mpf(term), a, mpmath.mpf(0), mpmath.mpf(0)
    while term > 0 and k <= most and (term > top or term > 1e-20 * sum_):
        sum_ += term
        top = max(top, term)
        term *= mpmath.mpf((n1 - k) * (successes - k)) / ((k + 1) * (n2 - successes + k + 1))
        k += 1
    return float(sum_)


def fisher_cases():
    tables = [
        (3, 3, 0, 3), (0, 3, 3, 3), (8, 10, 1, 10), (1, 10, 8, 10), (5, 9, 5, 9), (0, 5, 0, 7), (5, 5, 7, 7), (1, 1, 0, 1),
        (0, 0, 1, 2), (1, 2, 0, 0), (2, 3, 900, 2000), (120, 1000, 90, 1000), (90, 1000, 120, 1000), (700, 1000, 400, 900),
        (1200, 10_000, 1100, 10_000), (5, 100_000, 0, 100_000), (31_000, 1_000_000, 30_000, 1_000_000),
        (499_000, 1_000_000, 500_000, 1_000_000), (1_000_000, 10_000_000, 997_000, 10_000_000),
        (500_030_000, 1_000_000_000, 500_000_000, 1_000_000_000), (30, 1_000_000_000, 12, 900_000_000),
        (1_002_000, 1_000_000_000, 1_000_000, 1_000_000_000), (1_000_000, 1_000_000_000, 1_000_900, 1_000_000_000),
        (999_999_999, 1_000_000_000, 999_999_970, 1_000_000_000), (40, 1000, 30_000_000, 1_000_000_000),
    ]  # fmt: skip
    for a, n1, b, n2 in tables:
        p = fisher_exactly(a, n1, b, n2)
        theirs = scipy.stats.hypergeom.sf(a - 1, n1 + n2, a + b, n1)
        if min(n1, n2) > 0 and n1 + n2 < 10_000_000:
            test = scipy.stats.fisher_exact([[a, n1 - a], [b, n2 - b]], alternative="greater").pvalue
            assert abs(test - p) <= 1e-8 * p, (a, n1, b, n2, test, p)
        assert abs(theirs - p) <= 1e-6 * p, (a, n1, b, n2, theirs, p)
        yield {"own": [a, n1], "baseline": [b, n2], "p": p}


def main():
    folder = pathlib.Path(sys.argv[1])
    files = {
        "chi_squared.json": (f"finite sums in {MPMATH}; {SCIPY}, stats.chi2.sf agrees", chi_squared_cases()),
        "fisher.json": (
            f"fractions and {MPMATH}; {SCIPY}, stats.hypergeom.sf and stats.fisher_exact agree",
            fisher_cases(),
        ),
    }
    for name, (source, cases) in files.items():
        text = json.dumps({"source": source, "cases": list(cases)})
        (folder / name).write_text(text.replace('}, {"', '},\n{"') + "\n")


if __name__ == "__main__":
    main()
