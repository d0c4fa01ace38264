#!/usr/bin/env python3
"""Records what other programs say, for the tests of src/core/stats: test/fixtures/oracles/*.json.

Needs SciPy, mpmath and R (base). Run it from anywhere: python3 scripts/record-oracles.py [PART...]

Where floating-point libraries are less exact than the test wants to be, the value recorded is mpmath's at 40
digits, rounded once; SciPy and R are then asked the same, and the largest relative difference goes into the file.
Nothing here uses dvirt's own code or formulas where another program has a function for the thing.
"""

import itertools
import json
import math
import platform
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import mpmath as mp
import numpy as np
import scipy
from scipy import stats

mp.mp.dps = 40
FOLDER = Path(__file__).resolve().parent.parent / "test" / "fixtures" / "oracles"


def r(code):
    """Runs R code that prints lines of `name number number ...`; gives them as a dict of lists."""
    prelude = 'options(digits = 17); say <- function(name, ...) cat(name, sprintf("%.17g", c(...)), "\\n")\n'
    out = subprocess.run(
        ["Rscript", "--vanilla", "-"], input=prelude + code, capture_output=True, text=True, check=True
    ).stdout
    return {words[0]: [float(word) for word in words[1:]] for words in map(str.split, out.splitlines())}


def r_vector(values):
    return "c(" + ", ".join(repr(float(value)) for value in values) + ")"


VERSIONS = {
    "python": platform.python_version(),
    "numpy": np.__version__,
    "scipy": scipy.__version__,
    "mpmath": mp.__version__,
}


def r_version():
    said = subprocess.run(["Rscript", "--version"], capture_output=True, text=True, check=True)
    return (said.stdout + said.stderr).strip().split(" version ")[1]


def record(name, how, with_r=True, **content):
    versions = {**VERSIONS, "R": r_version()} if with_r else VERSIONS
    provenance = {"madeBy": "scripts/record-oracles.py", "versions": versions, "how": how}
    text = json.dumps({"provenance": provenance, **content}, indent=1, allow_nan=False)
    (FOLDER / f"{name}.json").write_text(text + "\n")


def difference(found, wanted):
    return abs(found - wanted) / abs(wanted) if wanted else abs(found)


# --- Student's t distribution -------------------------------------------------------------------------------


def two_sided(t, df):
    t, df = mp.mpf(t), mp.mpf(df)
    if t < 1:  # next to the centre the other end of the same function converges
        return 1 - mp.betainc(mp.mpf(1) / 2, df / 2, 0, t * t / (df + t * t), regularized=True)
    return mp.betainc(df / 2, mp.mpf(1) / 2, 0, df / (df + t * t), regularized=True)


def cdf(t, df):
    half = two_sided(abs(t), df) / 2
    return 1 - half if t > 0 else half


def density(t, df):
    t, df = mp.mpf(t), mp.mpf(df)
    constant = mp.loggamma((df + 1) / 2) - mp.loggamma(df / 2) - mp.log(mp.pi * df) / 2
    return mp.exp(constant - (df + 1) / 2 * mp.log1p(t * t / df))


def quantile(p, df, start):
    """Newton's method on log P(|T| >= t) against log t, until 25 digits stand; p is taken as the exact double that it is."""
    p = mp.mpf(p)
    outside = 2 * min(p, 1 - p)
    if outside == 1:
        return mp.mpf(0)
    s = mp.log(abs(mp.mpf(start)))
    for _ in range(60):
        t = mp.exp(s)
        beyond = two_sided(t, df)
        step = mp.log(beyond / outside) * beyond / (2 * t * density(t, df))
        s += step
        if abs(step) < mp.mpf("1e-25"):
            return mp.sign(p - mp.mpf(1) / 2) * mp.exp(s)
    raise RuntimeError(f"no quantile for p {p}, df {df}")


DFS = [0.5, 1, 1.5, 2, 2.0000001, 3, 4, 4.5678, 5, 6, 7.25, 9, 10, 15, 22.22, 30, 59, 100, 333.3, 1000, 12345.6, 1e5, 1e6]
PS = [
    1e-300, 1e-150, 1e-60, 1e-20, 1e-10, 1e-6, 1e-4, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45, 0.49,
    0.4999999, 0.5, 0.500001, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9999, 0.99999999,
]


def t_distribution():
    cases, apart = [], {"scipy": 0.0, "R": 0.0}
    for df in DFS:
        for t in [1e-12, 1e-3, 0.1, 0.5, 0.9, 1, 1.4, 1.42, 1.5, 2, 2.5, 3, 5, 8, 12, 20, 37, 100, 1e4, 1e10, 1e150]:
            if stats.t.sf(t, df) < 1e-300:
                continue
            p = two_sided(t, df)
            cases.append({"df": df, "t": t, "twoSided": float(p), "below": float(cdf(-t, df)), "above": float(cdf(t, df))})
    inside = [case for case in cases if case["t"] < 1e10]
    found = r(
        f"say('p', 2 * pt(-{r_vector(c['t'] for c in inside)}, {r_vector(c['df'] for c in inside)}))"
    )["p"]
    for case, from_r in zip(inside, found):
        apart["R"] = max(apart["R"], difference(from_r, case["twoSided"]))
        apart["scipy"] = max(apart["scipy"], difference(2 * stats.t.sf(case["t"], case["df"]), case["twoSided"]))

    # Below df 1.5 the smallest p are beyond the range of doubles.
    asked = [(p, df) for df in DFS for p in PS if df >= 1.5 or p > 1e-100]
    starts = r(f"say('q', qt({r_vector(p for p, _ in asked)}, {r_vector(df for _, df in asked)}))")["q"]
    quantiles, q_apart = [], {"scipy": 0.0, "R": 0.0}
    for (p, df), from_r in zip(asked, starts):
        t = float(quantile(p, df, from_r))
        quantiles.append({"df": df, "p": p, "t": t})
        if df >= 1 and p >= 1e-6 and abs(p - 0.5) >= 0.01:  # where R and SciPy are at home
            q_apart["R"] = max(q_apart["R"], difference(from_r, t))
            q_apart["scipy"] = max(q_apart["scipy"], difference(float(stats.t.ppf(p, df)), t))
    record(
        "t-distribution",
        {
            "probabilities": "mpmath.betainc, regularized, 40 digits",
            "quantiles": "Newton's method on the same, from R's qt",
            "largestRelativeDifferenceOfProbabilities": apart,
            "largestRelativeDifferenceOfQuantilesInTheUsualRange": q_apart,
        },
        probabilities=cases,
        quantiles=quantiles,
    )


# --- t-tests, ratios, Holm, Hedges --------------------------------------------------------------------------


def t_tests():
    rng = np.random.default_rng(2014)
    from_summaries = []
    for n, m, scale, shift in [(2, 2, 1, 0.5), (3, 3, 10, 2), (6, 6, 0.1, 0.02), (5, 9, 300, 1), (30, 4, 2, 8), (100, 100, 5, 0.1), (6, 6, 1e-6, 40)]:
        a, b = rng.normal(100, scale, n), rng.normal(100 + shift, scale * 2.5, m)
        means = [float(np.mean(a)), float(np.mean(b))]
        errors = [float(stats.sem(a)), float(stats.sem(b))]
        case = {"a": {"n": n, "mean": means[0], "standardError": errors[0]}, "b": {"n": m, "mean": means[1], "standardError": errors[1]}}
        for name, equal in [("welch", False), ("student", True)]:
            test = stats.ttest_ind_from_stats(
                means[0], errors[0] * math.sqrt(n), n, means[1], errors[1] * math.sqrt(m), m, equal_var=equal
            )
            # SciPy's result of this function has no df; the same test from the values has.
            df = stats.ttest_ind(a, b, equal_var=equal).df
            case[name] = {"t": float(test.statistic), "df": float(df), "p": float(test.pvalue)}
        from_summaries.append(case)

    ratios = []
    for n, cv, truth in [(2, 0.05, 0.9), (3, 0.01, 0.5), (6, 0.02, 0.87), (6, 0.3, 1.0), (12, 0.001, 1.005), (40, 0.1, 3.0)]:
        boot = rng.normal(0, 0.05, n)
        to = 1000 * np.exp(boot + rng.normal(0, cv, n))
        of = 1000 * truth * np.exp(boot + rng.normal(0, cv, n))
        more = 1000 * np.exp(rng.normal(0, cv * 2, n + 3))
        for confidence in [0.9, 0.95]:
            got = r(f"""
of <- {r_vector(of)}; to <- {r_vector(to)}; more <- {r_vector(more)}
one <- function(name, test) say(name, exp(test$conf.int), test$stderr, test$parameter, test$p.value)
one('paired', t.test(log(of), log(to), paired = TRUE, conf.level = {confidence}))
one('welch', t.test(log(of), log(more), conf.level = {confidence}))
say('ratios', exp(mean(log(of) - log(to))), exp(mean(log(of)) - mean(log(more))))
""")
            keys = ["low", "high", "standardError", "df", "p"]
            ratios.append({
                "of": of.tolist(), "to": to.tolist(), "more": more.tolist(), "confidence": confidence,
                "paired": {"ratio": got["ratios"][0], **dict(zip(keys, got["paired"]))},
                "welch": {"ratio": got["ratios"][1], **dict(zip(keys, got["welch"]))},
            })

    families = [
        [0.01, 0.04, 0.03], [0.5], [0.05, 0.05, 0.05], [1, 1e-5, 0.2, 0.013, 0.013, 0.9],
        [float(p) for p in np.round(rng.uniform(0, 0.2, 15), 4)], [float(p) for p in rng.uniform(0, 1, 40) ** 4],
    ]
    adjusted = r("\n".join(f"say('f{i}', p.adjust({r_vector(ps)}, 'holm'))" for i, ps in enumerate(families)))
    record(
        "t-tests",
        {
            "fromSummaries": "scipy.stats.ttest_ind_from_stats; df from scipy.stats.ttest_ind on the values",
            "ratios": "R's t.test on the logarithms, paired and Welch",
            "holm": "R's p.adjust",
        },
        fromSummaries=from_summaries,
        ratios=ratios,
        holm=[{"ps": ps, "adjusted": adjusted[f"f{i}"]} for i, ps in enumerate(families)],
    )


def blocks():
    """Two-way layouts, some with holes, and families of p-values; needs no R."""
    rng = np.random.default_rng(2026)
    layouts = []
    for boots, levels, holes in [(2, 3, 0), (3, 3, 0), (4, 2, 0), (6, 4, 0), (4, 3, 2), (7, 4, 5), (5, 3, 4), (3, 2, 1)]:
        values = 5 + rng.normal(0, 0.1, (boots, 1)) - rng.uniform(0, 2, levels) + rng.normal(0, 0.03, (boots, levels))
        rows = [[float(v) for v in row] for row in values]
        for at in rng.choice(boots * levels, holes, replace=False):
            rows[at // levels][at % levels] = None
        cells = [(b, l, v) for b, row in enumerate(rows) for l, v in enumerate(row) if v is not None]
        design = np.zeros((len(cells), boots + levels))
        for at, (b, l, _) in enumerate(cells):
            design[at, b] = design[at, boots + l] = 1
        y = np.array([v for _, _, v in cells])
        fit, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
        layouts.append({
            "rows": rows, "squares": float(((y - design @ fit) ** 2).sum()), "df": len(cells) - int(rank),
        })
    families = [
        [0.01, 0.04, 0.03], [0.5], [0.05, 0.05, 0.05], [1, 1e-5, 0.2, 0.013, 0.013, 0.9],
        [float(p) for p in np.round(rng.uniform(0, 0.2, 15), 4)], [float(p) for p in rng.uniform(0, 1, 40) ** 4],
    ]
    record(
        "blocks",
        {
            "layouts": "numpy.linalg.lstsq on the dummies of boots and levels: residual squares, and cells less rank",
            "benjaminiHochberg": "scipy.stats.false_discovery_control",
        },
        with_r=False,
        layouts=layouts,
        benjaminiHochberg=[
            {"ps": ps, "adjusted": [float(p) for p in stats.false_discovery_control(ps, method="bh")]} for ps in families
        ],
    )


def hedges():
    corrections = []
    for df in [2, 3, 4, 4.5, 5, 8, 10, 18, 38, 98, 998, 12345, 1e6]:
        d = mp.mpf(df)
        exact = mp.gamma(d / 2) / (mp.sqrt(d / 2) * mp.gamma((d - 1) / 2)) if df < 1e5 else mp.exp(
            mp.loggamma(d / 2) - mp.log(d / 2) / 2 - mp.loggamma((d - 1) / 2)
        )
        corrections.append({"df": df, "correction": float(exact)})
    rng = np.random.default_rng(1981)
    cases = []
    for n, shift, shared in [(3, 1, 1), (6, 2, 0), (6, 0, 3), (12, -0.5, 0.5)]:
        boot = rng.normal(0, shared, n)
        a, b = np.round(boot + rng.normal(10 + shift, 1, n), 3), np.round(boot + rng.normal(10, 1.2, n), 3)
        x, y = [mp.mpf(float(v)) for v in a], [mp.mpf(float(v)) for v in b]
        mx, my = mp.fsum(x) / n, mp.fsum(y) / n
        covariance = mp.fsum((v - mx) * (w - my) for v, w in zip(x, y)) / (n - 1)
        # 2 (1 - r), with the standard deviation of a side pooled from both.
        side = (mp.fsum((v - mx) ** 2 for v in x) + mp.fsum((v - my) ** 2 for v in y)) / (2 * (n - 1))
        r = covariance / side
        j = mp.gamma(mp.mpf(n - 1) / 2) / (mp.sqrt(mp.mpf(n - 1) / 2) * mp.gamma(mp.mpf(n - 2) / 2))
        d = (mx - my) / mp.sqrt(side)
        se = j * mp.sqrt((mp.mpf(1) / n + d**2 / (2 * n)) * 2 * (1 - r))
        z = mp.sqrt(2) * mp.erfinv(mp.mpf("0.95"))
        cases.append({"a": a.tolist(), "b": b.tolist(), "g": float(j * d), "low": float(j * d - z * se), "high": float(j * d + z * se)})
    record(
        "hedges",
        {"corrections": "mpmath.gamma in Hedges (1981), equation 6e", "cases": "mpmath from the formulas cited in hedges.ts"},
        with_r=False,
        corrections=corrections,
        cases=cases,
    )


# --- Permutation tests --------------------------------------------------------------------------------------


def permutations():
    """Counted with exact fractions, so that ties are ties; SciPy's enumeration must agree to the last arrangement."""
    rng = np.random.default_rng(1935)
    two = [
        ([1, 2, 3], [4, 5, 6]), ([1, 1, 2], [1, 2, 2]), ([0.1, 0.2, 0.3], [0.3, 0.2, 0.1]), ([5], [1, 2, 3, 4]),
        ([1.5, 2.5], [1.0, 2.0, 3.0, 4.5, 9.25]), ([0, 0, 0], [0, 0, 0]),
    ]
    two += [
        (np.round(rng.normal(0, 1, n), 2).tolist(), np.round(rng.normal(shift, 1, m), 2).tolist())
        for n, m, shift in [(4, 4, 1), (6, 6, 1.5), (6, 6, 0), (5, 7, 1), (3, 10, 2), (7, 7, 1)]
    ]
    samples = []
    for a, b in two:
        values = [Fraction(str(v)) for v in [*a, *b]]
        n, m, total = len(a), len(b), sum(Fraction(str(v)) for v in [*a, *b])
        apart = lambda s: abs(s / n - (total - s) / m)
        observed = apart(sum(values[:n]))
        sums = [apart(sum(values[i] for i in chosen)) for chosen in itertools.combinations(range(n + m), n)]
        count = sum(1 for s in sums if s >= observed)
        if n >= 2:
            scipys = stats.permutation_test(
                (a, b), lambda x, y, axis: np.abs(np.mean(x, axis=axis) - np.mean(y, axis=axis)),
                vectorized=True, n_resamples=np.inf, alternative="greater",
            ).pvalue
            assert abs(scipys - count / len(sums)) < 1e-12, (a, b, scipys, count, len(sums))
        samples.append({"a": a, "b": b, "count": count, "arrangements": len(sums)})
    within = [[1, 2, 3], [-1, -2, -4, 2], [0, 0, 0], [0.1, 0.2, -0.3], [5]]
    within += [np.round(rng.normal(shift, 1, n), 2).tolist() for n, shift in [(4, 1), (6, 1.5), (6, 0), (9, 0.5), (12, 1)]]
    flips = []
    for differences in within:
        values = [Fraction(str(v)) for v in differences]
        sums = [abs(sum(s * v for s, v in zip(signs, values))) for signs in itertools.product([1, -1], repeat=len(values))]
        count = sum(1 for s in sums if s >= abs(sum(values)))
        if len(values) > 1:
            scipys = stats.permutation_test(
                (differences,), lambda x, axis: np.abs(np.mean(x, axis=axis)), permutation_type="samples",
                vectorized=True, n_resamples=np.inf, alternative="greater",
            ).pvalue
            assert abs(scipys - count / len(sums)) < 1e-12, (differences, scipys, count, len(sums))
        flips.append({"differences": differences, "count": count, "arrangements": len(sums)})
    record(
        "permutation",
        {"counts": "enumeration with Python's fractions; scipy.stats.permutation_test gave the same p each time"},
        with_r=False,
        twoSample=samples,
        signFlip=flips,
    )


# --- Examples from the literature, recomputed ---------------------------------------------------------------

DYESTUFF = {  # Davies & Goldsmith (1972), Statistical Methods in Research and Production, section 6.4
    "A": [1545, 1440, 1440, 1520, 1580], "B": [1540, 1555, 1490, 1560, 1495], "C": [1595, 1550, 1605, 1510, 1560],
    "D": [1445, 1440, 1595, 1465, 1545], "E": [1595, 1630, 1515, 1635, 1625], "F": [1520, 1455, 1450, 1480, 1445],
}
DYESTUFF_2 = {  # Box & Tiao (1973), Bayesian Inference in Statistical Analysis, section 5.1.2
    "A": [7.298, 3.846, 2.434, 9.566, 7.990], "B": [5.220, 6.556, 0.608, 11.788, -0.892],
    "C": [0.110, 10.386, 13.434, 5.510, 8.166], "D": [2.212, 4.852, 7.092, 9.288, 4.980],
    "E": [0.282, 9.014, 4.458, 9.446, 7.198], "F": [1.722, 4.782, 8.106, 0.758, 3.758],
}


def variance_components():
    uneven = {**DYESTUFF, "B": DYESTUFF["B"][:3], "E": DYESTUFF["E"][:1], "F": DYESTUFF["F"][:4]}
    examples = []
    for name, groups in [("Dyestuff", DYESTUFF), ("Dyestuff2", DYESTUFF_2), ("Dyestuff, made uneven", uneven)]:
        values = [v for group in groups.values() for v in group]
        labels = [i for i, group in enumerate(groups.values()) for _ in group]
        got = r(f"""
d <- data.frame(y = {r_vector(values)}, g = factor({r_vector(labels)}))
say('squares', summary(aov(y ~ g, data = d))[[1]][['Mean Sq']])
sizes <- as.vector(table(d$g)); say('n0', (sum(sizes) - sum(sizes^2) / sum(sizes)) / (length(sizes) - 1))
""")
        (between_square, within), (n0,) = got["squares"], got["n0"]
        examples.append({
            "name": name, "groups": list(groups.values()), "withinVariance": within, "runsPerBoot": n0,
            "untruncatedBetweenVariance": (between_square - within) / n0,
        })
    record(
        "variance-components",
        {
            "meanSquares": "R's aov; the estimator is (MS between - MS within) / n0",
            "Dyestuff": "Davies & Goldsmith (1972), section 6.4, as data set Dyestuff of R's lme4, whose documentation prints a fit by REML (for balanced data the same estimator where it is not cut off): Batch 1764, Residual 2451",
            "Dyestuff2": "Box & Tiao (1973), section 5.1.2: made so that the mean square between is the smaller one",
        },
        examples=examples,
        published={"name": "Dyestuff", "betweenVariance": 1764, "withinVariance": 2451},
    )


def equivalence():
    """Lakens, Scheel & Isager (2018), AMPPS 1:259, example 2 (data of Gibson, Losee & Vitiello 2014)."""
    got = r("""
n <- c(49, 51); m <- c(4.785714, 4.656863); s <- c(1.089725, 1.189497); bound <- 0.4929019 * sqrt(mean(s^2))
v <- s^2 / n; se <- sqrt(sum(v)); df <- sum(v)^2 / sum(v^2 / (n - 1)); d <- m[1] - m[2]
say('example', d, se, df, bound, pt((d + bound) / se, df, lower.tail = FALSE), pt((d - bound) / se, df), (d - bound) / se)
""")["example"]
    difference_, se, df, bound, p_low, p_high, t = got
    record(
        "equivalence",
        {"example": "R's pt on the means, standard deviations and bounds (d = 0.4929019) of the paper's example 2"},
        example={"difference": difference_, "standardError": se, "df": df, "bound": bound, "p": max(p_low, p_high), "t": t},
        published={
            "source": "Lakens, Scheel & Isager (2018), Equivalence Testing for Psychological Research: A Tutorial, Advances in Methods and Practices in Psychological Science 1:259, example 2",
            "t": -1.90, "df": 97.78, "p": 0.030,
        },
    )


def fieller():
    """No formula for the set is used: R's uniroot looks for the ratios at which R's t.test just rejects."""
    cases = []
    sleep = r("say('a', sleep$extra[sleep$group == 1]); say('b', sleep$extra[sleep$group == 2])")
    grown = r("say('a', PlantGrowth$weight[PlantGrowth$group == 'trt1']); say('b', PlantGrowth$weight[PlantGrowth$group == 'ctrl'])")
    noisy = {"a": [1.2, -0.4, 0.9, 2.2, 0.1, 1.4], "b": [0.3, -0.5, 0.6, 0.2, -0.1, 0.9]}
    nothing = {"a": [0.2, -0.4, 0.9, -0.8, 0.1, 0.3], "b": [0.3, -0.5, 0.6, 0.2, -0.1, -0.6]}
    data = [
        ("Cushny & Peebles (1905), the data of Student (1908): R's sleep, group 2 to group 1", sleep["b"], sleep["a"]),
        ("the same, group 1 to group 2", sleep["a"], sleep["b"]),
        ("Dobson (1983): R's PlantGrowth, trt1 to ctrl", grown["a"], grown["b"]),
        ("made up: the denominator may be 0", noisy["a"], noisy["b"]),
        ("made up: both may be 0", nothing["a"], nothing["b"]),
    ]
    for name, of, to in data:
        for pairing in ["paired", "independent"]:
            # The test of  of - rho * to = 0  as a function of rho. Independent: the df is that at the estimate.
            got = r(f"""
of <- {r_vector(of)}; to <- {r_vector(to)}; hat <- mean(of) / mean(to); paired <- {'TRUE' if pairing == 'paired' else 'FALSE'}
df <- if (paired) length(of) - 1 else t.test(of, hat * to)$parameter
excess <- function(rho) abs(t.test(of, rho * to, paired = paired)$statistic) - qt(0.975, df)
at <- tan(seq(-pi / 2, pi / 2, length.out = 20001)[2:20000]) + 0.37  # the whole line, denser near its middle
signs <- sign(sapply(at, excess)); turns <- which(diff(signs) != 0)
roots <- sapply(turns, function(i) uniroot(excess, at[c(i, i + 1)], tol = 1e-15 * (1 + abs(at[i])), maxiter = 10000)$root)
say('df', df); say('roots', roots); say('ends', signs[1], signs[length(signs)])
""")
            roots, ends = got["roots"], got["ends"]
            kind = {(2, 1.0): "bounded", (2, -1.0): "exclusive", (0, -1.0): "unbounded"}[(len(roots), ends[0])]
            cases.append({"name": name, "pairing": pairing, "of": of, "to": to, "df": got["df"][0], "kind": kind, "ends": sorted(roots)})
    record(
        "fieller",
        {"cases": "ends of the set of ratios rho for which R's t.test of (of - rho to) has |t| up to the 97.5% quantile: uniroot, no formula for the ends"},
        cases=cases,
    )


def series():
    got = r("""
say('Nile', Nile); say('nileLag1', acf(Nile, lag.max = 1, plot = FALSE)$acf[2])
say('lh', lh); say('lhLag1', acf(lh, lag.max = 1, plot = FALSE)$acf[2])
x <- c(2.1, 2.4, 2.2, 2.3, 9.9, 2.5, 1.9, 2.0, -3.1); q <- quantile(x, c(0.25, 0.75))
say('values', x); say('tukey', which(x < q[1] - 1.5 * diff(q) | x > q[2] + 1.5 * diff(q)) - 1)
say('mad', which(0.6745 * abs(x - median(x)) / mad(x, constant = 1) > 3.5) - 1)
""")
    record(
        "series",
        {
            "autocorrelation": "R's acf on its data sets Nile and lh",
            "outliers": "R's quantile (type 7), median and mad",
            "changePoint": "Nile, annual flow at Aswan from 1871: Cobb (1978), Biometrika 65:243, finds the fall between 1898 and 1899, index 28",
        },
        autocorrelation=[{"values": got["Nile"], "lag1": got["nileLag1"][0]}, {"values": got["lh"], "lag1": got["lhLag1"][0]}],
        outliers={"values": got["values"], "tukey": got["tukey"], "mad": got["mad"]},
        changePoint={"values": got["Nile"], "steadyFrom": 28},
    )


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    parts = [t_distribution, t_tests, blocks, hedges, permutations, variance_components, equivalence, fieller, series]
    for part in [part for part in parts if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]]:
        part()
        print(part.__name__, file=sys.stderr)
