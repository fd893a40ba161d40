"""The fit keeps to its limits, finds what is there, and stays where nothing is to be learned."""

import numpy as np
import pytest

from beacon.evidence.fit import Limits, centred, fit


def sample(weights: list[float], rows: int = 6000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    x = rng.random((rows, len(weights)))
    return x, rng.random(rows) < 1 / (1 + np.exp(2 - x @ np.array(weights)))


def wide(count: int, pull: float = 1e-3) -> Limits:
    return Limits(np.zeros(count), np.full(count, -9.0), np.full(count, 9.0), np.full(count, pull))


def test_the_weights_of_the_data_are_found() -> None:
    x, y = sample([2.0, -1.0, 0.0])
    weights, intercept = fit(x, y, wide(3))
    assert weights == pytest.approx([2.0, -1.0, 0.0], abs=0.35)
    assert intercept == pytest.approx(-2.0, abs=0.35)


def test_limits_hold_even_against_the_data() -> None:
    x, y = sample([4.0, -4.0])
    limits = Limits(np.zeros(2), np.array([0.0, 0.0]), np.array([1.5, 9.0]), np.full(2, 1e-3))
    weights, _ = fit(x, y, limits)
    assert weights.tolist() == [1.5, 0.0]


def test_without_rows_the_prior_stands() -> None:
    prior = np.array([0.7, -0.4])
    weights, intercept = fit(
        np.zeros((0, 2)), np.zeros(0, bool), wide(2)._replace(prior=prior), intercept=-3.0
    )
    assert weights == pytest.approx(prior)
    assert intercept == -3.0


def test_a_stronger_pull_stays_nearer_to_the_prior() -> None:
    x, y = sample([3.0])
    near, far = (abs(fit(x, y, wide(1, pull))[0][0]) for pull in (1e4, 1e-3))
    assert near < 0.1 * far


def test_the_mean_probability_is_the_share_of_pollers() -> None:
    x, y = sample([2.0, -1.0])
    weights, intercept = fit(x, y, wide(2))
    assert (1 / (1 + np.exp(-(x @ weights + intercept)))).mean() == pytest.approx(
        y.mean(), abs=1e-4
    )


def test_rows_that_count_twice_are_rows_that_stand_there_twice() -> None:
    x, y = sample([1.0], 400)
    counted = fit(x, y, wide(1), importance=np.full(y.size, 2.0))
    repeated = fit(np.vstack([x, x]), np.append(y, y), wide(1))
    assert counted[0] == pytest.approx(repeated[0], abs=1e-4)


def test_what_is_not_observable_is_centred_to_nothing() -> None:
    assert centred(np.array([[1.0, np.nan]]), np.array([0.25, 0.5])).tolist() == [[0.75, 0.0]]
