"""A timer spread over several services, or hidden among runs of one program, is still one timer."""

import math

import polars as pl
from events import event, frame

from beacon import pipeline
from beacon.settings import Settings

SERVICES = ("raw.githubusercontent.com", "pastebin.com", "gist.github.com")


def scored(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pipeline.score(frame(rows), Settings()).channels


def test_a_rotation_over_dead_drops_is_timed_as_one_and_says_so() -> None:
    order = [math.floor(3 * math.modf(k * 0.618)[0]) for k in range(60)]
    rows = [
        event(60 * k + 2 * math.sin(k), RemoteUrl=SERVICES[which]) for k, which in enumerate(order)
    ]
    channels = scored(rows)
    assert set(channels["domain"]) == set(SERVICES)
    assert ((channels["period_seconds"] - 60).abs() < 3).all()
    assert (channels["timing_evidence"] > 1).all()
    assert all("timed together" in " ".join(notes) for notes in channels["quality"])


def test_services_of_another_program_are_not_pooled() -> None:
    rows = [event(120 * k) for k in range(30)]
    rows += [
        event(120 * k + 60, RemoteUrl="pastebin.com", InitiatingProcessFileName="node.exe")
        for k in range(30)
    ]
    assert ((scored(rows)["period_seconds"] - 120).abs() < 1).all()


def test_three_interleaved_runs_are_told_apart() -> None:
    rows = [
        event(60 * k + 17 * run + 1.5 * math.sin(7 * k + run), InitiatingProcessId=run)
        for k in range(40)
        for run in (1, 2, 3)
    ]
    channel = scored(sorted(rows, key=lambda row: str(row["Timestamp"]))).row(0, named=True)
    assert abs(channel["period_seconds"] - 60) < 3
    assert any("several interleave" in note for note in channel["quality"])
