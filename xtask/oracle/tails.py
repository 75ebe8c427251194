"""Reference values for audience-stats' χ², beta, normal and t distributions and Fisher's exact test: mpmath, with SciPy asked too.

Writes chi_squared.json, beta.json, normal.json, student_t_broken.json and fisher.json into the folder given as the only
argument.
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


def ln_beta_tail(a, b, x):
    """ln I(x; a, b): by the power series of the smaller tail, whose terms are all positive."""
    a, b, x = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(x)
    if x > (a + 1) / (a + b + 2):
        return mpmath.log1p(-mpmath.exp(ln_beta_tail(b, a, 1 - x)))
    term, sum_, k = mpmath.mpf(1), mpmath.mpf(0), 0
    while term > sum_ * mpmath.mpf(10) ** -40:
        sum_ += term
        term *= (a + b + k) / (a + 1 + k) * x
        k += 1
    ln_scale = a * mpmath.log(x) + b * mpmath.log1p(-x) - mpmath.log(a)
    return ln_scale + mpmath.loggamma(a + b) - mpmath.loggamma(a) - mpmath.loggamma(b) + mpmath.log(sum_)


def beta_cases():
    for a, b in [(0.5, 0.5), (1, 1), (0.5, 9.5), (3.5, 0.5), (2, 3), (40, 61), (1e-3, 5), (3000, 7000), (12, 2000), (0.5, 500)]:
        mean, sd = a / (a + b), (a * b / (a + b + 1)) ** 0.5 / (a + b)
        for sds in [-30, -6, -2, -0.5, 0, 0.5, 2, 6, 30]:
            x = mean + sds * sd
            if 0 < x < 1:
                ln_lower = ln_beta_tail(a, b, x)
                yield {"a": a, "b": b, "x": x, "ln_lower": float(ln_lower)}
        for q in [1e-10, 0.025, 0.5, 0.975] if a > 0.1 else []:
            yield {"a": a, "b": b, "q": q, "quantile": float(scipy.stats.beta.ppf(q, a, b))}


def student_cases():
    for degrees in [0.37, 1.0138106816929364, 7.893396566793159, 729.1669958, 99_999.5, 100_001.5, 4e6, 2e9, 1e10]:
        for t in [0.155, 1.96, 3, 8, 31, 400, 1e6]:
            nu, square = mpmath.mpf(degrees), mpmath.mpf(t) ** 2
            if nu < 1000:
                ln_p = ln_beta_tail(nu / 2, mpmath.mpf(1) / 2, nu / (nu + square))
            else:
                # The series takes too long; the density falls fast, and its integral is as good.
                density = lambda s: mpmath.exp((nu + 1) / 2 * (mpmath.log1p(square / nu) - mpmath.log1p((t + s) ** 2 / nu)))
                scale = min(mpmath.mpf(1), (nu + square) / ((nu + 1) * t)) if t > 1 else mpmath.mpf(1)
                with mpmath.workdps(25):
                    integral = mpmath.quad(density, [scale * cut for cut in [0, 1, 3, 8, 20, 60, 200]])
                ln_constant = mpmath.loggamma((nu + 1) / 2) - mpmath.loggamma(nu / 2) - mpmath.log(nu * mpmath.pi) / 2
                ln_p = mpmath.log(2 * integral) + ln_constant - (nu + 1) / 2 * mpmath.log1p(square / nu)
            theirs = 2 * scipy.stats.t.sf(t, degrees)
            assert ln_p < -600 or abs(mpmath.mpf(theirs) / mpmath.exp(ln_p) - 1) < 1e-6, (degrees, t, theirs, ln_p)
            yield {"degrees": degrees, "t": t, "ln_p": float(ln_p)}
        for q in [1e-12, 0.025, 0.4, 0.5, 0.975, 0.9995]:
            quantile = scipy.stats.t.ppf(q, degrees)
            yield {"degrees": degrees, "q": q, "quantile": float(quantile)}


def normal_cases():
    for z in [-40, -8, -1.3, -1e-9, 0, 1e-9, 0.3, 1.96, 8.3, 24.9, 25.1, 38, 1000, 1e8]:
        tail = mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)) / 2
        yield {"z": z, "ln_upper": float(mpmath.log(tail))}
    for q in [1e-300, 1e-20, 1e-5, 0.025, 0.3, 0.499, 0.5, 0.6, 0.975, 0.999_999]:
        yield {"q": q, "quantile": float(mpmath.sqrt(2) * mpmath.erfinv(2 * mpmath.mpf(q) - 1)) if q > 1e-20 else float(scipy.stats.norm.ppf(q))}


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
        "beta.json": (f"power series in {MPMATH}; {SCIPY}, stats.beta.ppf", beta_cases()),
        "normal.json": (f"{MPMATH}; {SCIPY}, stats.norm.ppf far out", normal_cases()),
        "student_t_broken.json": (
            f"power series and integrals in {MPMATH}, stats.t.sf of {SCIPY} agrees to 1e-6; {SCIPY}, stats.t.ppf",
            student_cases(),
        ),
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
