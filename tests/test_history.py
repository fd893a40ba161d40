"""The ledger: whole files, the same whatever the order of runs, and what it adds to a day."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cli import run
from days import DAY, MIDNIGHT, export
from events import START, event, frame
from polars.testing import assert_frame_equal

from beacon import pipeline
from beacon.errors import InputError, OutputError
from beacon.history import CHANNELS, HOSTS, Ledger, fixed_clock
from beacon.result import Result
from beacon.settings import HistorySettings, Settings


def score(source: pl.DataFrame, folder: Path) -> Result:
    return pipeline.score(source, Settings(history=HistorySettings(folder=folder)))


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def on_day(result: Result, host: str) -> dict[str, object]:
    return result.channels.filter(pl.col("host") == host).row(0, named=True)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    folder = tmp_path_factory.mktemp("history") / "ledger"
    return folder, [score(export(day), folder) for day in range(7)]


def test_any_parquet_tool_reads_it(week: tuple[Path, list[Result]]) -> None:
    folder, _ = week
    days = [date(2026, 5, 4) + timedelta(days=i) for i in range(7)]
    assert Ledger(folder).days() == days
    for table, schema in (("channels", CHANNELS), ("hosts", HOSTS)):
        read = pl.read_parquet(folder / table / "**" / "*.parquet", hive_partitioning=True)
        assert set(read.columns) == set(schema)
        assert sorted(read["day"].unique()) == days
    assert not list(folder.glob(".new-*"))


def test_slow_channels_keep_every_time_and_fast_ones_their_count(
    week: tuple[Path, list[Result]],
) -> None:
    kept = Ledger(week[0]).read("channels").collect()
    fast = kept.filter(host="fast")
    assert fast["counts"].list.sum().to_list() == [300] * 7
    assert fast["times"].list.len().max() == 5
    slow = kept.filter(host="six-hours")
    assert set(slow["counts"].explode()) == {1}
    day = slow["day"].cast(pl.Datetime("ms", "UTC"))
    at = slow.with_columns(day=day).explode("times").select(pl.col("day").dt.epoch("ms"), "times")
    assert at.sum_horizontal().is_sorted()
    heard = Ledger(week[0]).read("hosts").filter(pl.col("host") == "six-hours").collect()
    assert heard["hours"].to_list() == [list(range(24))] * 7


def test_scoring_a_day_again_changes_no_byte_and_no_result(
    week: tuple[Path, list[Result]],
) -> None:
    folder, results = week
    before = fingerprint(folder)
    again = score(export(3), folder)
    assert fingerprint(folder) == before
    assert_frame_equal(again.channels, results[3].channels)


def test_a_first_row_between_two_milliseconds_is_not_earlier_than_itself(tmp_path: Path) -> None:
    odd = pl.concat([export(0), export(1)]).with_columns(
        pl.col("Timestamp") + pl.duration(microseconds=972)
    )
    once, again = (score(odd, tmp_path / "h") for _ in range(2))
    assert_frame_equal(again.channels, once.channels)


def test_the_order_of_days_and_their_cut_do_not_matter(
    week: tuple[Path, list[Result]], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    three = pl.concat([export(day) for day in range(3)])
    noon = MIDNIGHT + timedelta(hours=12)
    odd = pl.col("DeviceName").str.len_bytes() % 2 == 1
    for part in (
        export(6), export(4), export(5).filter(odd), export(5).filter(~odd), export(3), three,
        three.filter(pl.col("Timestamp") < noon), three.filter(pl.col("Timestamp") >= noon),
    ):  # fmt: skip
        score(part, other)
    assert fingerprint(other) == fingerprint(week[0])


def test_a_corrected_day_replaces_what_was_there(tmp_path: Path) -> None:
    score(export(0), tmp_path / "a")
    corrected = export(0).filter(pl.col("DeviceName") != "fast")
    twice = pl.concat([corrected, export(0).filter(DeviceName="fast")[:7]])
    score(twice, tmp_path / "a")
    kept = Ledger(tmp_path / "a").read("channels").filter(pl.col("host") == "fast").collect()
    assert kept["counts"].list.sum().to_list() == [7]


def test_first_seen_ever_is_the_first_ever(week: tuple[Path, list[Result]]) -> None:
    _, results = week
    first = on_day(results[0], "scheduled")
    last = on_day(results[6], "scheduled")
    assert first["first_seen_ever"] == first["first_seen"]
    gap = first["first_seen_ever"] - last["first_seen_ever"]
    assert abs(gap) < timedelta(milliseconds=2)
    without = pipeline.score(export(6)).channels
    assert without["first_seen_ever"].null_count() == without.height


def test_a_slow_beacon_is_found_by_day_4_and_a_schedule_by_day_5(
    week: tuple[Path, list[Result]],
) -> None:
    _, results = week
    slow, daily = on_day(results[3], "six-hours"), on_day(results[4], "scheduled")
    for found, period in ((slow, 6 * 3600), (daily, DAY)):
        assert found["timing_evidence"] > 3
        assert found["period_seconds"] == pytest.approx(period, rel=0.05)
        assert found["status"] == "scored"
    rotating = results[4].channels.filter(host="rotating")
    assert (rotating["timing_evidence"] > 2).all()


def test_a_service_with_a_timer_of_its_own_lends_it_to_no_other(tmp_path: Path) -> None:
    chance = np.random.default_rng(4)
    for day in range(6):
        visits = sorted(chance.uniform(7 * 3600, 20 * 3600, 1))
        fixed = [3600.0 * hour + chance.normal(0, 5) for hour in (0.5, 6.5, 12.5, 18.5)]
        rows = [
            event((MIDNIGHT - START).total_seconds() + day * DAY + second, DeviceName="h",
                  RemoteUrl=name, ReportId=1_000 * day + number)
            for name, times in (("pastebin.com", fixed), ("t.me", visits))
            for number, second in enumerate(times)
        ]  # fmt: skip
        found = score(pl.concat([frame(rows), export(day)]), tmp_path / "h")
    both = found.channels.filter(host="h").sort("domain")
    assert both["domain"].to_list() == ["pastebin.com", "t.me"]
    assert both["timing_evidence"][0] > 3
    assert both["timing_evidence"][1] < 0.5


def test_a_person_and_a_jittered_daily_timer_are_called_what_they_are(
    week: tuple[Path, list[Result]],
) -> None:
    _, results = week
    for host in ("person", "jittered"):
        found = next(r for r in reversed(results) if host in set(r.channels["host"]))
        row = on_day(found, host)
        assert row["timing_evidence"] <= 0.5
        assert any("so do people" in note for note in row["quality"])


def test_only_what_lies_before_counts(week: tuple[Path, list[Result]], tmp_path: Path) -> None:
    alone = score(export(0), tmp_path / "new")
    after = score(export(0), week[0])
    assert_frame_equal(after.channels, alone.channels)


def test_a_second_run_is_kept_out(tmp_path: Path) -> None:
    with Ledger(tmp_path / "h").locked(), pytest.raises(OutputError, match="another run"):
        score(export(0), tmp_path / "h")
    score(export(0), tmp_path / "h")


def test_another_version_or_another_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="not a history"):
        Ledger(tmp_path)
    (tmp_path / "beacon-history.json").write_text('{"version": 99}')
    with pytest.raises(InputError, match="version 99"):
        Ledger(tmp_path)


def test_a_file_is_no_history(tmp_path: Path) -> None:
    file = tmp_path / "day.parquet"
    export(0).write_parquet(file)
    for arguments in (("history", "show", file), ("score", file, "--history", file)):
        done = run(*arguments)
        assert done.code == 1
        assert done.err == f"beacon: {file}: is a file; a history is a folder\n"


def test_show_and_prune(tmp_path: Path) -> None:
    for day in range(4):
        score(export(day), tmp_path / "h")
    shown = run("history", "show", tmp_path / "h").text
    assert [line[:10] for line in shown.splitlines()[1:]] == [f"2026-05-0{4 + i}" for i in range(4)]
    pruned = run("history", "prune", tmp_path / "h", "--keep-days", 1)
    assert "Forgot 3 of 4 days" in pruned.err
    assert Ledger(tmp_path / "h").days() == [date(2026, 5, 7)]
    assert run("history", "prune", tmp_path / "none", "--keep-days", 1).code == 2


def test_score_takes_a_history_and_fails_on_a_severity(tmp_path: Path) -> None:
    export(0).write_parquet(tmp_path / "day.parquet")
    assert run("score", tmp_path / "day.parquet", "--history", tmp_path / "h").code == 0
    assert Ledger(tmp_path / "h").days() == [date(2026, 5, 4)]
    rows = [
        json.loads(x)
        for x in run("score", tmp_path / "day.parquet", "-f", "jsonl").text.splitlines()
    ]
    reached = any(row["severity"] in ("critical", "high", "medium", "low") for row in rows)
    code = run("score", tmp_path / "day.parquet", "--fail-on", "low").code
    assert code == (3 if reached else 0)


@pytest.mark.parametrize("shift", [0.0, 5 * 3600.0, 21 * 3600.0])
def test_a_clock_has_no_edge_at_midnight(shift: float) -> None:
    chance = np.random.default_rng(2)
    times = 3 * 3600 + DAY * np.arange(6) + chance.normal(0, 30, 6) + shift
    found = fixed_clock(times, np.array([0, 6]))
    assert found.evidence[0] > 3
    assert found.spread_seconds[0] < 60


def test_habits_are_no_schedule() -> None:
    chance = np.random.default_rng(3)
    for spread in (1200.0, 3600.0, 4 * 3600.0):
        times = 12 * 3600 + DAY * np.arange(5) + chance.normal(0, spread, (2_000, 5))
        found = fixed_clock(times.ravel(), np.arange(2_001) * 5)
        assert (found.evidence > 2).mean() < 0.002
        assert np.median(found.evidence) < 0
    assert fixed_clock(np.array([0.0, DAY]), np.array([0, 2])).evidence.tolist() == [0.0]


def test_a_run_killed_at_any_moment_and_run_again_leaves_the_same_bytes(tmp_path: Path) -> None:
    days = tmp_path / "days"
    days.mkdir()
    for day in range(3):
        export(day, hosts=3).write_parquet(days / f"{day}.parquet")
    command = [sys.executable, "-m", "beacon", "score", str(days), "--all", "-q", "-f", "jsonl"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}

    def start(name: str) -> subprocess.Popen[bytes]:
        files = ["--history", str(tmp_path / name / "h"), "-o", str(tmp_path / name / "out.jsonl")]
        (tmp_path / name).mkdir(exist_ok=True)
        return subprocess.Popen([*command, *files], env=environment, stderr=subprocess.DEVNULL)

    began = time.monotonic()
    assert start("whole").wait() == 0
    took = time.monotonic() - began
    for share in (0.5, 0.8, 0.95):
        running = start("killed")
        time.sleep(share * took)
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert start("killed").wait() == 0
    whole, killed = (fingerprint(tmp_path / name) for name in ("whole", "killed"))
    # The folder of the output may keep a hidden unfinished file; the history cleans up its own.
    assert {k: v for k, v in killed.items() if not k.startswith(".out")} == whole
