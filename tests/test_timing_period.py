"""The period that is reported: the fast posterior equals the slow one, and laws."""

import naive_period as naive
import numpy as np
import pytest
from test_timing_kernel import flat

from beacon.timing import change, measure, period
from beacon.timing.batch import batches
from beacon.timing.train import Ticks


def measured(series):
    found = measure(*flat(series))
    return found["period_seconds"], found["jitter_fraction"]


def wide(rng, n=60, seconds=60.0, jitter=0.5):
    return 1e6 + np.cumsum(seconds * rng.uniform(1 - jitter, 1 + jitter, n))


def test_the_posterior_equals_the_loops():
    rng = np.random.default_rng(0)
    size, first = 7, np.array([58.0, 3000.0, 7.0])
    u = np.stack([rng.normal(1.04, 0.2, size), rng.uniform(0.6, 1.2, size), rng.normal(2, 0.3, 7)])
    u[2, 0] = 9.0
    share = rng.uniform(0.02, 1, (3, size))
    teeth = np.maximum(np.rint(u), 1)
    ticks = Ticks(*(part.T[None].astype(np.float32) for part in (share, u - teeth, teeth)))
    fast = period.best(ticks, first)
    for r in range(3):
        assert fast[r] == pytest.approx(naive.best_period(u[r], share[r], first[r]), rel=2e-3)


def test_the_cut_equals_the_loops():
    rng = np.random.default_rng(1)
    gaps = [
        np.concatenate([rng.normal(60, 3, 20), rng.normal(45, 3, 12)]),
        np.concatenate([rng.normal(60, 3, 9), rng.normal(75, 6, 22)]),
        rng.normal(60, 12, 40),
        np.concatenate([rng.normal(60, 9, 12), rng.normal(64, 9, 12)]),
    ]
    times = flat([np.cumsum(np.append(1e6, gap)) for gap in gaps])
    found = 0
    for batch in batches(*times, np.full(4, 4.0), np.full(4, 0.03)):
        seconds = np.array([gaps[row].mean() for row in batch.rows])
        spread = np.full(batch.rows.size, 0.15)
        part = change.longer_part(batch, seconds, spread)
        for r, row in enumerate(batch.rows):
            slow = naive.longer_part(list(gaps[row]), 0.03, seconds[r], 0.15)
            assert part.changed[r] == (slow is not None)
            if slow:
                found += 1
                kept, mean = slow
                assert np.flatnonzero(part.inside[r, : gaps[row].size]).tolist() == kept
                assert part.period[r] == pytest.approx(mean)
    assert found == 2


def test_a_change_of_interval_gives_the_longer_lasting_one():
    rng = np.random.default_rng(2)
    gaps = np.concatenate([60 * (1 - 0.2 * rng.random(50)), 41 * (1 - 0.2 * rng.random(30))])
    seconds, jitter = measured([1e6 + np.cumsum(gaps)])
    assert seconds[0] == pytest.approx(54, rel=0.03)
    assert jitter[0] < 0.1


def test_working_hours_do_not_make_it_daily():
    times = 14_400.0 * np.arange(600) + np.random.default_rng(3).uniform(0, 600, 600)
    awake = times[(times % 86_400) / 3600 < 9]
    seconds, _ = measured([awake])
    assert seconds[0] == pytest.approx(14_400, rel=0.05)
    daily = 86_400.0 * np.arange(30) + np.random.default_rng(4).uniform(0, 600, 30)
    assert measured([daily])[0][0] == pytest.approx(86_400, rel=0.01)


@pytest.mark.parametrize("how", ["shift", "order", "neighbours"])
def test_what_must_not_change_the_period(how):
    rng = np.random.default_rng(5)
    series = [wide(rng, int(rng.integers(8, 200)), 10 ** rng.uniform(1, 3)) for _ in range(30)]
    seconds, jitter = measured(series)
    if how == "shift":
        again = measured([one + 86_400.0 * 99 for one in series])
    elif how == "order":
        again = tuple(values[::-1] for values in measured(series[::-1]))
    else:
        again = tuple(v[:30] for v in measured([*series, *(wide(rng, 300) for _ in range(9))]))
    assert again[0] == pytest.approx(seconds, rel=0.01)
    assert again[1] == pytest.approx(jitter, abs=0.01)


def test_the_period_grows_with_the_scale_of_time():
    rng = np.random.default_rng(6)
    series = [wide(rng, 150, 47.0, 0.4) for _ in range(20)]
    ratio = measured([7.3 * one for one in series])[0] / measured(series)[0]
    assert ratio == pytest.approx(7.3, rel=0.08)


def test_habit_helps_a_round_interval_and_yields_to_many_polls():
    rng = np.random.default_rng(7)
    for seconds, polls, share in ((300.0, 25, 0.25), (263.0, 400, 0.05)):
        found = measured([wide(rng, polls, seconds) for _ in range(100)])[0]
        wrong = np.mean(np.abs(np.log(found / seconds)) > np.log(1.05))
        assert wrong < share  # a mean of 24 such gaps is wrong in 40 of 100


@pytest.mark.parametrize(("seconds", "jitter"), [(2.0, 0.1), (5.0, 0.1), (5.0, 0.5), (10.0, 0.1)])
def test_whole_seconds_do_not_hide_the_shorter_intervals(seconds, jitter):
    rng = np.random.default_rng(8)
    gaps = [seconds * (1 - jitter * rng.random(400)) for _ in range(20)]
    found = measured([np.floor(1e6 + rng.random() + np.cumsum(gap)) for gap in gaps])[0]
    assert found == pytest.approx(np.full(20, seconds * (1 - jitter / 2)), rel=0.04)


def test_other_traffic_shortens_the_period_less_the_more_ticks_are_looked_at():
    rng = np.random.default_rng(9)
    series = []
    for _ in range(60):
        times = wide(rng, 150, 300.0, 0.35)
        series.append(np.sort(np.append(times, rng.uniform(times[0], times[-1], 65))))
    error = np.log(measured(series)[0] / 300.0)
    # One look at the ticks, of a first estimate that is short, leaves 3 of 4 wrong.
    assert np.mean(np.abs(error) > np.log(1.05)) < 0.6
