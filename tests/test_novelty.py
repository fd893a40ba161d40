"""What a history says of a channel is evidence; without one it is not observable."""

from datetime import timedelta

import polars as pl
import pytest
from channel_rows import channel, ledger, observed
from days import export
from events import START

from beacon import evidence, pipeline
from beacon.settings import HistorySettings, Settings

NAMES = [term.name for term in evidence.REMEMBERED]
ESTABLISHED = {
    "days_seen": 20, "days_known": 20, "history_hosts": 1, "history_fleet": 300,
    "history_evidence": 4.0, "history_polls": 80, "history_days": 20,
}  # fmt: skip


def strengths(**fields: object) -> dict[str, float | None]:
    row = channel(**{**ESTABLISHED, **fields})
    return evidence.strengths(observed(row)).select(NAMES).row(0, named=True)


def test_without_a_history_nothing_of_it_is_observable_or_weighs() -> None:
    entries = ledger(observed(channel()))
    assert {entries[name]["state"] for name in NAMES} == {"not observable"}
    assert {entries[name]["weight"] for name in NAMES} == {0.0}


def test_a_host_hardly_heard_before_has_no_past_to_be_new_against() -> None:
    assert set(strengths(days_known=2, days_seen=0).values()) == {None}
    assert strengths(days_known=3, days_seen=0)["new to this host"] == 1


def test_new_and_established_exclude_each_other() -> None:
    for days in range(21):
        found = strengths(days_seen=days)
        new, old = found["new to this host"], found["seen for days"]
        assert new is not None  # on every number of days both are observable
        assert old is not None
        assert new * old == 0
    assert strengths(days_seen=20)["seen for days"] == 1


def test_prevalence_over_weeks_rises_with_hosts_and_needs_a_fleet() -> None:
    name = "known in the fleet for weeks"
    found = [strengths(history_hosts=hosts)[name] for hosts in (0, 1, 3, 8, 24, 200)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, 1)
    assert strengths(history_fleet=9)[name] is None


@pytest.mark.parametrize(
    ("fields", "strength"),
    [
        ({}, 1),
        ({"history_hosts": 4}, 0),  # a product's schedule
        ({"history_evidence": -1.0}, 0),
        ({"history_polls": 600}, 0),  # 30 a day: one day tells
        ({"history_evidence": None}, None),
    ],
)
def test_a_slow_timer_is_slow_certain_and_rare(fields: dict[str, object], strength: object) -> None:
    assert strengths(**fields)["slow timer over days"] == strength


@pytest.mark.parametrize(
    ("known", "share"), [(None, 1.0), (-1.0, 1.0), (1.5, 0.5), (3.0, 0.0), (6.0, 0.0)]
)
def test_a_visit_or_few_contacts_are_polls_of_a_slow_timer_where_days_show_one(
    known: float | None, share: float
) -> None:
    seen = {
        "polls": 4, "parents": ["explorer.exe"], "first_seen": START, "last_seen": START,
        "host_first": START, "host_last": START + timedelta(hours=20),
    }  # fmt: skip
    names = ["person's visit", "few contacts"]
    row = channel(**{**ESTABLISHED, **seen, "history_evidence": known})
    alone = evidence.strengths(observed(channel(**seen))).select(names).row(0)
    found = evidence.strengths(observed(row)).select(names).row(0)
    assert min(alone) > 0
    assert found == pytest.approx([share * strength for strength in alone])


def test_the_days_before_fire_in_a_run_and_the_parts_still_sum_to_the_score(tmp_path) -> None:
    settings = Settings(history=HistorySettings(folder=tmp_path / "h"))
    for day in range(5):
        found = pipeline.score(export(day), settings).channels
    slow = found.filter(host="six-hours").row(0, named=True)
    fired = {e["name"] for e in slow["evidence"] if e["state"] == "fired"}
    assert {"seen for days"} <= fired
    total = sum(e["weight"] for e in slow["evidence"]) + evidence.logit(settings.rank.base_rate)
    assert slow["score"] == pytest.approx(1 / (1 + pl.select((-pl.lit(total)).exp()).item()))


def test_a_short_look_at_a_host_counts_against_nobody() -> None:
    def of(hours: float) -> dict[str, dict[str, object]]:
        seen = {"polls": 20, "timing_evidence": 5.0, "status": "scored",
                "host_first": START, "host_last": START + timedelta(hours=hours)}  # fmt: skip
        return ledger(observed(channel(**seen)))

    for name in ("few contacts", "hundreds of polls"):
        assert of(0.2)[name]["state"] == "not observable"
        assert of(8.0)[name]["state"] == "not fired"


def test_what_capped_telemetry_hides_is_not_observable() -> None:
    seen = {
        "polls": 9, "timing_evidence": -1.0, "status": "scored",
        "host_first": START, "host_last": START + timedelta(hours=20),
    }  # fmt: skip
    names = {"no timer", "few contacts", "hundreds of polls"}
    whole = ledger(observed(channel(**seen)))
    assert "not observable" not in {whole[name]["state"] for name in names}
    capped = ledger(observed(channel(**seen, is_capped=True)))
    assert {capped[name]["state"] for name in names} == {"not observable"}
    many = ledger(observed(channel(**{**seen, "polls": 900}, is_capped=True)))
    assert many["hundreds of polls"]["state"] == "fired"  # a lower bound is enough
