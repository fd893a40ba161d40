"""The simplest stories in closed form equal their integrals."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from beacon.timing import even, habit
from beacon.timing.batch import Batch

GAPS = {
    "tight": [60.4, 60.9, 60.6],
    "short": [25.0, 29.5, 21.0, 27.3],
    "wide": [1000.0, 700.0, 900.0, 1150.0, 850.0],
    "uneven": [31.0, 300.0],
}
BLUR = 0.03


def batch(gaps):
    gaps = np.array([gaps])
    size = np.array([gaps.size])
    return Batch(np.array([0]), gaps, gaps > 0, size, 4.0, np.array([BLUR]))


@pytest.mark.parametrize("gaps", GAPS.values(), ids=GAPS)
def test_idle_is_the_integral_over_rates(gaps):
    total, n = 0.0, len(gaps)
    for k in [k for k in habit.ROUND_SECONDS if k <= min(gaps)][-even.TIME_OUTS :]:
        rest = sum(gaps) - k * n
        if rest > n * (BLUR + 1e-3 * k):
            value, _ = quad(lambda u: u ** (n - 1) * math.exp(-u), 0, math.inf)  # u = rate * rest
            total += value / rest**n / even.RATES / habit.ROUND_SECONDS.size
    low, sums = np.array([min(gaps)]), np.array([sum(gaps)])
    found = even._idle(np.array([float(len(gaps))]), low, sums, np.array([BLUR]))
    assert found[0] == pytest.approx(math.log(total), abs=1e-6)


@pytest.mark.parametrize("gaps", GAPS.values(), ids=GAPS)
def test_normal_is_the_integral_over_means(gaps):
    mean, total = sum(gaps) / len(gaps), 0.0
    for spread in even.SPREADS:
        deviation = math.hypot(spread * mean, BLUR * math.sqrt(2))

        def density(middle, deviation=deviation):
            error = sum((g - middle) ** 2 for g in gaps) / 2 / deviation**2
            return math.exp(-error) / (deviation * math.sqrt(2 * math.pi)) ** len(gaps)

        width = 8 * deviation
        value, _ = quad(density, mean - width, mean + width, epsabs=0, points=[mean])
        ratio = habit.log_prior_ratio(
            np.array([mean]), np.array([deviation / math.sqrt(len(gaps)) / mean])
        )[0]
        chance = math.exp(-0.5 * ((math.log(mean) - 4) / 2.5) ** 2) / 2.5 / math.sqrt(2 * math.pi)
        total += value * math.exp(ratio) * chance / mean / even.SPREADS.size / 2
    found = even._normal(batch(gaps), np.array([gaps]), np.array([float(len(gaps))]))
    assert found[0] == pytest.approx(math.log(total), abs=1e-4)


def test_flat_is_the_integral_over_jitter():
    gaps, total = GAPS["short"], 0.0
    for k in habit.ROUND_SECONDS:
        for work in even.WORK_SECONDS:
            late = work * min(1, k / 15)
            slack = (2 * BLUR + 0.3 * late) / k + 0.002
            low, high = (min(gaps) - late) / k, (max(gaps) - late) / k
            for both in (False, True):
                least = max(1 - low, slack, high - 1 if both else 0)
                if least < even.WIDEST and (both or high < 1 + slack):
                    value, _ = quad(
                        lambda j, k=k, both=both: (k * (1 + both) * j) ** -len(gaps),
                        least, even.WIDEST, epsabs=0,
                    )  # fmt: skip
                    total += value / even.WIDEST
    total *= habit.CHOSEN / 4 / len(even.WORK_SECONDS) / habit.ROUND_SECONDS.size
    n, low, high = (np.array([float(v)]) for v in (len(gaps), min(gaps), max(gaps)))
    found = even._flat(n, low, high, np.array([BLUR]))
    assert found[0] == pytest.approx(math.log(total), abs=0.05)


def test_a_round_timer_is_likelier_than_another_and_than_a_wait():
    def evidence(*gaps):
        x = np.log(np.array([gaps]))
        found = even.log_evidence(batch(list(gaps)), x, np.zeros_like(x))
        return found["even"][0], found["idle"][0]

    assert evidence(60.2, 60.4, 60.3)[0] > evidence(71.2, 71.4, 71.3)[0] + 1
    assert evidence(60.2, 60.4, 60.3)[0] > evidence(60.2, 65.0, 61.0)[0] + 1
    even_, idle = evidence(60.1, 110.0, 61.0, 71.0, 240.0)
    assert idle > even_
