"""The fast kernel equals its slow twin, part by part."""

import math

import naive_timing as naive
import numpy as np
import pytest

from beacon.timing import background, combine, kernel, members, polls, renewal, train
from beacon.timing.batch import LONGEST, batches


def flat(series):
    offsets = np.concatenate(([0], np.cumsum([len(s) for s in series]))).astype(np.int64)
    return np.concatenate([*series, np.zeros(0)]), offsets


def some_series(seed=0, count=40):
    rng = np.random.default_rng(seed)
    made = []
    for i in range(count):
        n = int(rng.integers(3, 60))
        scale = float(np.exp(rng.uniform(0, 8)))
        gaps = scale * (rng.exponential(1, n) if i % 2 else rng.uniform(0.6, 1, n))
        made.append(1e6 + np.cumsum(gaps))
    return made


def test_collapse_equals_the_loop():
    series = [*some_series(), np.zeros(0), np.array([5.0])]
    times, offsets, bursts = polls.collapse(*flat(series))
    for g, one in enumerate(series):
        assert bursts[g] == naive.burst_of(list(one))
        expected = naive.collapse(list(one), bursts[g])
        assert times[offsets[g] : offsets[g + 1]].tolist() == expected


def test_background_and_ticks_equal_the_loops():
    times, offsets, bursts = polls.collapse(*flat(some_series(1)))
    blur = np.full(bursts.size, 0.03)
    checked = set()
    for batch in batches(times, offsets, bursts, blur):
        x = np.where(batch.real, np.log(batch.gaps), 40.0)
        log_b = background.log_density(batch, x)
        when = np.concatenate((np.zeros((x.shape[0], 1)), np.cumsum(batch.gaps, 1)), 1)
        one = np.ones(batch.size.size)
        timer = train.Timer(np.exp(np.median(x, 1)), 0.1 * one, 0.7 * one, 0.25 * one)
        per_second = np.where(batch.real, log_b - x, 0).T.astype(np.float32)
        columns, real = np.ascontiguousarray(when.T), np.ascontiguousarray(batch.real.T)
        evidence, _ = train.ticks(columns, real, per_second, batch.blur, timer)
        for r, n in enumerate(batch.size):
            expected = naive.log_density(list(batch.gaps[r, :n]), batch.burst)
            assert log_b[r, :n] == pytest.approx(expected, abs=1e-4)
            slow = [b - math.log(g) for b, g in zip(expected, batch.gaps[r, :n], strict=True)]
            total = naive.follow(
                list(when[r, : n + 1]), slow, timer.period[r], 0.1, 0.7, 0.25, 0.03
            )
            assert evidence[r] == pytest.approx(total, abs=0.02)
            checked.add(int(batch.rows[r]))
    assert len(checked) == 40


def test_renewal_equals_the_loop():
    times, offsets, bursts = polls.collapse(*flat(some_series(5)))
    blur = np.full(bursts.size, 0.41)
    for batch in batches(times, offsets, bursts, blur):
        x = np.where(batch.real, np.log(batch.gaps), 40.0)
        log_b = background.log_density(batch, x)
        order = np.argsort(x, axis=1)
        x, log_b = np.take_along_axis(x, order, 1), np.take_along_axis(log_b, order, 1)
        fast = renewal.log_evidence(batch, x, log_b)
        for r, n in enumerate(batch.size):
            slow = naive.renewal_evidence(
                list(np.exp(x[r, :n])), list(log_b[r, :n] - x[r, :n]), batch.blur[r]
            )
            assert fast[r] == pytest.approx(slow, abs=0.02 + 1e-3 * abs(slow))


def test_rules_equal_their_reading():
    learned = combine.weights()
    found = kernel.members_of(*flat(some_series(2)))
    known = found["polls"] >= 3
    found = {name: values[known] for name, values in found.items()}
    fast = combine.log10_evidence(found)
    for r in range(fast.size):
        values = {name: found[name][r] for name in learned["members"]}
        total = learned["base"] + sum(naive.rule(rule, values) for rule in learned["rules"])
        assert fast[r] == pytest.approx(naive.capped(total, combine.claim(found)[r]))


def test_long_series_are_looked_at_in_three_stretches():
    times = np.cumsum(np.random.default_rng(3).uniform(20, 30, 5000))
    times, offsets, bursts = polls.collapse(*flat([times]))
    (batch,) = batches(times, offsets, bursts, np.array([0.03]))
    assert batch.gaps.shape[1] == LONGEST
    gaps = np.diff(times)
    assert batch.gaps[0, :128] == pytest.approx(gaps[:128])
    assert batch.gaps[0, -128:] == pytest.approx(gaps[-128:])


def test_members_have_every_name_that_the_rules_read():
    times, offsets, bursts = polls.collapse(*flat(some_series(4)))
    batch = next(iter(batches(times, offsets, bursts, np.full(bursts.size, 0.03))))
    assert set(combine.weights()["members"]) <= {*members.measure(batch), "polls"}
