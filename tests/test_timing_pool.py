"""Several runs in one channel, one timer over several channels."""

import numpy as np
from test_timing_kernel import flat

from beacon.timing import measure
from beacon.timing.pool import score_channels


def loop(rng, n, period, jitter=0.2):
    return 1e6 + rng.uniform(0, period) + np.cumsum(period * (1 - jitter * rng.random(n)))


def none(times, offsets):
    return np.full(times.size, -1), np.full(offsets.size - 1, -1)


def test_without_runs_and_pools_it_is_the_channel():
    rng = np.random.default_rng(0)
    times, offsets = flat([loop(rng, 20, 60), np.cumsum(rng.exponential(9, 50)), np.zeros(0)])
    alone, found = measure(times, offsets), score_channels(times, offsets, *none(times, offsets))
    assert found["source"].tolist() == ["channel"] * 3
    np.testing.assert_allclose(found["evidence"], alone["evidence"])
    np.testing.assert_allclose(found["p_value"], alone["p_value"])


def test_interleaved_runs_are_told_apart():
    rng = np.random.default_rng(1)
    runs = [loop(rng, 30, period) for period in (5.1, 5.1, 5.1, 5.1)]
    merged = np.concatenate(runs)
    order = np.argsort(merged)
    names = np.repeat(np.arange(4), 30)[order]
    times, offsets = merged[order], np.array([0, merged.size])
    found = score_channels(times, offsets, names, np.array([-1]))
    assert found["source"].tolist() == ["instance"]
    assert found["evidence"][0] > measure(times, offsets)["evidence"][0]
    assert abs(found["period_seconds"][0] / (5.1 * 0.9) - 1) < 0.05


def test_a_new_run_at_every_poll_is_still_a_timer():
    times, offsets = flat([loop(np.random.default_rng(2), 30, 300, 0.02)])
    found = score_channels(times, offsets, np.arange(30), np.array([-1]))
    assert found["source"].tolist() == ["channel"]
    assert found["evidence"][0] > 2


def test_a_rotation_over_services_is_pooled_and_a_bystander_is_not():
    rng = np.random.default_rng(3)
    ticks = loop(rng, 45, 60, 0.3)
    where = rng.integers(0, 3, ticks.size)
    bystander = np.sort(rng.uniform(ticks[0], ticks[-1], 12))
    series = [*(ticks[where == k] for k in range(3)), bystander, loop(rng, 20, 60)]
    times, offsets = flat(series)
    found = score_channels(times, offsets, none(times, offsets)[0], np.array([4, 4, 4, 4, 9]))
    alone = measure(times, offsets)
    assert found["source"][:3].tolist() == ["pooled"] * 3
    assert (found["evidence"][:3] > alone["evidence"][:3]).all()
    assert abs(found["period_seconds"][:3] / 51 - 1).max() < 0.05
    assert found["source"][3:].tolist() == ["channel", "channel"]


def test_every_look_is_paid_for():
    rng = np.random.default_rng(4)
    series = [np.cumsum(rng.exponential(50, 24)) for _ in range(2000)]
    times, offsets = flat(series)
    runs = rng.integers(0, 3, times.size)
    pools = np.repeat(np.arange(1000), 2)
    p = score_channels(times, offsets, runs, pools)["p_value"]
    assert (p <= 0.02).mean() < 0.03
