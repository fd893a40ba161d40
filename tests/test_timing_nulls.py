"""P-values are uniform or conservative under every kind of traffic without a timer."""

import numpy as np
import pytest
from scipy.stats import binom

from beacon.timing import measure
from benchmarks.timing import grid, negatives

LEVELS = (0.1, 0.02, 0.005)


@pytest.mark.parametrize("name", list(negatives.CLASSES))
def test_p_values_are_conservative(name):
    made = grid.make(70_001, 0, 2000, (name,))
    p = measure(made.times, made.offsets)["p_value"]
    for level in LEVELS:
        # A table of finite simulation may miss by a third; beyond that chance must be < 1e-4.
        assert (p <= level).sum() <= binom.ppf(1 - 1e-4, p.size, 1.34 * level)


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_small_n_is_calibrated_for_that_n(n):
    rng = np.random.default_rng(n)
    times, offsets = grid.flat([np.cumsum(rng.exponential(60, n)) for _ in range(3000)])
    p = measure(times, offsets)["p_value"]
    for level in LEVELS:
        assert (p <= level).sum() <= binom.ppf(1 - 1e-4, p.size, 1.34 * level)
    assert (p <= 0.5).mean() > 0.05


def test_evidence_claims_no_more_than_it_shows():
    """Markov: traffic without a timer exceeds a Bayes factor of 10^e at most 10^-e of the time."""
    made = grid.make(70_002, 0, 6000)
    evidence = measure(made.times, made.offsets)["evidence"]
    for claim in (1.0, 2.0, 3.0):
        share = (evidence >= claim).sum()
        assert share <= binom.ppf(1 - 1e-4, evidence.size, 10**-claim)
