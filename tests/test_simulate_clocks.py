"""Laws of the rhythms: what they declare is what they do, and machines that sleep are silent."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from beacon.simulate.clocks import Logon, LongPoll, Loop, Schedule, Sessions
from beacon.simulate.spans import Presence, Spans

DAY = 86_400.0


def spans(*pairs: tuple[float, float], visits: tuple[int, ...] | None = None) -> Spans:
    start, end = np.array(pairs, dtype=float).reshape(-1, 2).T
    return Spans(start, end, np.array(visits or range(len(pairs)), dtype=np.int64))


ALWAYS = Presence(spans((0, 100 * DAY)), spans((0, 100 * DAY)))
OFFICE = Presence(spans((8e3, 2e4), (3e4, 4e4), visits=(0, 0)), spans((8e3, 2e4), (3e4, 4e4)))
TIMERS = [
    Loop(60, 0.0, latency_seconds=1.0),
    Loop(60, 0.5, "shorten"),
    Loop(60, 0.5, "symmetric"),
    Loop(60, 0.2, "gaussian"),
    LongPoll(30, 100),
    LongPoll(50, 20, latency_seconds=1.0),
    Schedule(300, 17.0, splay_seconds=60.0),
    Schedule(3600, latency_seconds=5.0),
]


@pytest.mark.parametrize("timer", TIMERS, ids=repr)
def test_declared_period_and_spread_are_the_measured_ones(timer) -> None:
    ticks = timer.ticks(np.random.default_rng(1), ALWAYS)
    gaps = np.diff(ticks.times)
    assert gaps.size > 1000
    assert_allclose(gaps.mean(), timer.period, rtol=0.02)
    assert_allclose(gaps.std() / gaps.mean(), timer.spread, rtol=0.06)


@pytest.mark.parametrize(
    "rhythm",
    [
        *TIMERS,
        Sessions(5, 4, 30),
        Sessions(5, 4, 30, unattended=True),
        Logon(),
        Loop(9, attended=True),
    ],
    ids=repr,
)
def test_a_machine_that_is_off_is_silent_and_times_ascend(rhythm) -> None:
    for seed in range(5):
        ticks = rhythm.ticks(np.random.default_rng(seed), OFFICE)
        late = 30 if isinstance(rhythm, Schedule | Logon) else 0  # work goes on after the tick
        inside = OFFICE.awake.contain(ticks.times) | OFFICE.awake.contain(ticks.times - late)
        assert (~inside).sum() <= 0.05 * inside.size
        assert (np.diff(ticks.times) >= 0).all()
        assert ticks.runs.size == ticks.times.size


def test_a_loop_is_one_process_a_task_and_a_respawning_loop_one_a_poll() -> None:
    rng = np.random.default_rng(0)
    assert np.unique(Loop(60).ticks(rng, ALWAYS).runs).size == 1
    assert np.unique(Loop(60, instances=3).ticks(rng, ALWAYS).runs).size == 3
    for rhythm in (Loop(60, respawn=True), Schedule(60)):
        ticks = rhythm.ticks(rng, ALWAYS)
        assert np.unique(ticks.runs).size == ticks.times.size


def test_a_loop_starts_anew_with_each_boot_and_sleeps_with_the_machine() -> None:
    boots = Presence(spans((0, 1e4), (2e4, 3e4)), OFFICE.work)
    assert np.unique(Loop(60).ticks(np.random.default_rng(0), boots).runs).size == 2
    slept = Loop(60, latency_seconds=0.01).ticks(np.random.default_rng(0), OFFICE)
    gaps = np.diff(slept.times)
    assert np.unique(slept.runs).size == 1
    assert (gaps > 61).sum() == 1
    assert gaps.max() > 1e4


def test_schedules_keep_their_phase_where_loops_drift() -> None:
    phase = {}
    for rhythm in (Schedule(300, 100.0), Loop(300, 0.05)):
        times = rhythm.ticks(np.random.default_rng(2), ALWAYS).times
        phase[type(rhythm)] = np.abs(np.exp(2j * np.pi * times / 300).mean())
    assert phase[Schedule] > 0.99
    assert phase[Loop] < 0.3


def test_missed_polls_back_off_and_change_do_what_they_say() -> None:
    rng = np.random.default_rng(3)
    whole = Loop(60).ticks(rng, ALWAYS).times.size
    assert_allclose(Loop(60, missed=0.25).ticks(rng, ALWAYS).times.size / whole, 0.75, rtol=0.02)
    assert Loop(60, backoff=0.05).ticks(rng, ALWAYS).times.size < 0.5 * whole
    gaps = np.diff(Loop(60, change=10.0).ticks(rng, ALWAYS).times)
    assert_allclose([np.median(gaps[:1000]), np.median(gaps[-1000:])], [60.4, 600.4], rtol=0.02)


def test_catching_up_adds_one_run_after_the_machine_wakes() -> None:
    quiet = Schedule(1000.0, 500.0, latency_seconds=0.01)
    late = Schedule(1000.0, 500.0, latency_seconds=0.01, catch_up=True)
    rng = np.random.default_rng(4)
    extra = np.setdiff1d(
        late.ticks(rng, OFFICE).times.round(), quiet.ticks(rng, OFFICE).times.round()
    )
    assert extra.size == 1
    assert 3e4 < extra[0] < 3e4 + 700


def test_wall_time_inverts_time_spent_inside() -> None:
    inside = np.linspace(0, 2.19e4, 50)
    wall = OFFICE.awake.wall(inside)
    assert OFFICE.awake.contain(wall).all()
    since = [OFFICE.awake.clip(0, t).elapsed()[-1] for t in wall]
    assert_allclose(since, inside, atol=1e-6)


def test_nobody_there_no_ticks() -> None:
    nobody = Presence(spans(), spans())
    for rhythm in (*TIMERS, Sessions(5, 4, 30), Logon()):
        assert rhythm.ticks(np.random.default_rng(0), nobody).times.size == 0
