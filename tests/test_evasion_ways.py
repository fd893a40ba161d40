"""The ways of hiding poll as often as they say, so that only one thing differs."""

import numpy as np
import pytest

from beacon.simulate import MONDAY
from beacon.simulate.world import found, stream
from benchmarks.evasion import ways
from benchmarks.evasion.__main__ import wait_seconds


@pytest.mark.parametrize(
    "gaps", [ways.even, ways.jitter(0.9), ways.exponential, ways.lognormal, ways.fibonacci]
)
def test_sleeps_have_a_mean_of_one(gaps: ways.Gaps) -> None:
    assert np.mean(gaps(np.random.default_rng(1), 80_000)) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("way", ways.WAYS, ids=lambda way: way.name)
def test_each_way_builds_an_implant_and_its_decoys(way: ways.Way) -> None:
    company = found(5, 40, 1, MONDAY)
    parts = way.build(company, list(company.hosts[: way.hosts]), stream(5, way.name))
    assert len(parts) == way.hosts + way.decoys
    assert all(np.all(np.diff(part.times) >= 0) for part in parts)


def test_an_order_waits_half_a_period_or_a_whole_one_without_memory() -> None:
    company = found(5, 40, 1, MONDAY)
    waits = {way.name: wait_seconds(5, company, way) for way in ways.WAYS}
    assert waits[ways.WAYS[0].name] == pytest.approx(150, rel=0.03)
    assert waits["exponential sleeps (Poisson)"] == pytest.approx(300, rel=0.3)
