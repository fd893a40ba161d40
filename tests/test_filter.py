"""`beacon filter` gives what the query gives: its columns, its order, its window."""

import io
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from cli import run
from events import START, event, frame

from beacon import pipeline, rules
from beacon.schema import EVENTS
from beacon.settings import RuleSettings, Settings

QUERY_COLUMNS = (
    "Timestamp DeviceName AccountName InitiatingProcessFileName InitiatingProcessCommandLine "
    "InitiatingProcessParentFileName InitiatingProcessParentCommandLine RemoteUrl RemoteIP "
    "RemotePort RemoteIPType IsEncodedCmd IsScheduledOrService IsScriptingHost SuspiciousParent"
).split()


def keep(rows: list[dict[str, object]], **rule: object) -> pl.DataFrame:
    settings = Settings(rule=RuleSettings(**rule))
    return rules.project(pipeline.keep(frame(rows), settings).rows.lazy()).collect()


def test_the_projection_is_the_querys_newest_first() -> None:
    rows = keep([event(0), event(30), event(30, DeviceName="a"), event(30, DeviceName="b")])
    assert rows.columns == QUERY_COLUMNS
    assert rows["DeviceName"].to_list() == ["a", "b", "ws-014.corp.example", "ws-014.corp.example"]
    assert rows["Timestamp"].is_sorted(descending=True)


def test_ties_are_broken_by_device_then_report_id() -> None:
    rows = keep([event(0, ReportId=i, RemotePort=i) for i in (3, 1, 2)])
    assert rows["RemotePort"].to_list() == [1, 2, 3]


def test_account_name_and_parent_command_line_are_filled_and_never_null() -> None:
    row = keep([event(0, InitiatingProcessCommandLine=None)]).row(0, named=True)
    assert row["AccountName"] == "jdoe"
    assert row["InitiatingProcessParentCommandLine"] == ""
    assert row["InitiatingProcessCommandLine"] == ""
    assert row["IsEncodedCmd"] is False


def test_no_action_type_is_filtered() -> None:
    actions = ["ConnectionFailed", "InboundConnectionAccepted", "ConnectionSuccessAggregatedReport"]
    assert keep([event(i, ActionType=a) for i, a in enumerate(actions)]).height == 3


def test_the_window_is_strict_below_and_open_above() -> None:
    day = 24 * 3600
    rows = [event(0), event(1e-6), event(day), event(day + 99), event(-1), event(5)]
    kept = keep(rows, as_of=START + timedelta(days=1))
    assert kept.height == 4  # not the row exactly 24 h old, not the older one; the future passes


def test_the_window_alone_ends_at_the_newest_event() -> None:
    rows = [event(0), event(3600), event(7200)]
    assert keep(rows, window_hours=1.5).height == 2
    assert keep(rows).height == 3


def test_the_window_keeps_ticks_of_100_ns() -> None:
    early = frame([event(0)]).with_columns(pl.col("Timestamp").dt.offset_by("100ns"))
    settings = Settings(rule=RuleSettings(as_of=START, window_hours=1e-9))
    assert pipeline.keep(early, settings).rows.height == 1


def test_copies_of_an_event_are_removed_and_counted() -> None:
    kept = pipeline.keep(
        frame(
            [event(0, ReportId=1), event(0, ReportId=1), event(0, ReportId=2), event(1, ReportId=1)]
        ),
        Settings(),
    )
    assert kept.rows.height == 3
    reasons = dict(kept.dropped.select("reason", "rows").rows())
    assert reasons == {"duplicate (DeviceName, Timestamp, ReportId)": 1}


def test_rows_without_a_report_id_are_never_merged() -> None:
    twice = frame([event(0), event(0)]).with_columns(ReportId=pl.lit(None, pl.Int64))
    assert pipeline.keep(twice, Settings()).rows.height == 2


def test_every_row_is_kept_or_dropped_with_a_reason() -> None:
    rows = [event(0), event(1, RemoteUrl="example.org"), event(2, RemoteUrl="my-github.com")]
    for match in ("faithful", "strict", "any"):
        kept = pipeline.keep(frame(rows), Settings(rule=RuleSettings(match=match)))
        assert kept.rows.height + kept.dropped["rows"].sum() == kept.summary.rows == 3
        assert (kept.summary.faithful, kept.summary.strict) == (2, 1)


def test_lists_can_be_extended() -> None:
    rows = [event(0, RemoteUrl="paste.example", InitiatingProcessFileName="lua.exe")]
    assert keep(rows).height == 0
    assert keep(rows, extra_services=("paste.example",), extra_processes=("lua.exe",)).height == 1


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_the_command_writes_what_the_library_keeps(tmp_path: Path, form: str) -> None:
    path = tmp_path / "day.parquet"
    frame([event(0), event(30)]).write_parquet(path)
    done = run("filter", path, "--format", form)
    assert done.code == 0
    read = {"csv": pl.read_csv, "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}[form]
    table = read(io.BytesIO(done.out))
    assert table.columns == QUERY_COLUMNS
    assert table.height == 2
    first = table["Timestamp"][0]
    assert str(first).startswith("2026-05-04")
    if form != "parquet":
        assert first == "2026-05-04T18:40:30.0000000Z"
    assert "Rule: 2 rows match faithfully, 2 strictly" in done.err
    frame([event(0)]).write_parquet(tmp_path / "one.parquet")
    one = run("filter", tmp_path / "one.parquet").err
    assert "Rule: 1 row matches faithfully, 1 strictly" in one


def test_a_frame_in_hand_reads_like_a_file() -> None:
    assert list(EVENTS) == pipeline.keep(frame([event(0)]), Settings()).rows.columns[: len(EVENTS)]


def test_a_terminal_is_shown_what_it_would_obey(tmp_path: Path, monkeypatch) -> None:
    line = "x -enc \x1b]0;owned\x07 \u202e"
    frame([event(0, InitiatingProcessCommandLine=line)]).write_parquet(tmp_path / "day.parquet")
    assert line in run("filter", tmp_path / "day.parquet").text
    terminal = type("Terminal", (io.TextIOWrapper,), {"isatty": lambda _: True})
    monkeypatch.setattr(io, "TextIOWrapper", terminal)
    shown = run("filter", tmp_path / "day.parquet", "--quiet")
    assert r"x -enc \x1b]0;owned\x07 \u202e" in shown.text
    scored = run("score", tmp_path / "day.parquet", "--all", "--format", "csv", "--quiet")
    assert b"\x1b" not in scored.out
    assert rb"\x1b]0;owned" in scored.out
