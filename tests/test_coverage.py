"""What an export can and cannot show is said, and is right on telemetry whose faults are known."""

from datetime import timedelta

import polars as pl
import pytest
from cli import run
from events import START, event, frame
from polars.testing import assert_frame_equal

from beacon import coverage, pipeline, report, simulate
from beacon.coverage import count
from beacon.settings import Settings
from beacon.simulate import telemetry


@pytest.fixture(scope="module")
def day() -> pl.DataFrame:
    return simulate.day(5, hosts=40).events


def covered(rows: list[dict[str, object]]) -> coverage.Coverage:
    return coverage.Coverage(coverage.scan(frame(rows).lazy()), ())


def capped(events: pl.DataFrame) -> tuple[str, ...]:
    hosts = events["DeviceName"].str.to_lowercase()
    return coverage.capped(coverage.repetition(events.lazy()).collect(), hosts)


def test_hours_partition_the_rows_whatever_their_order(day: pl.DataFrame) -> None:
    hours = coverage.scan(day.lazy())
    assert hours["rows"].sum() == day.height
    assert hours.equals(coverage.scan(day.reverse().lazy()))
    assert hours["host"].n_unique() == day["DeviceName"].str.to_lowercase().n_unique()


@pytest.mark.parametrize("widest", [0, 8, 10**6])
def test_hours_are_those_that_grouping_by_name_gives(
    day: pl.DataFrame, widest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count, "WIDEST_TABLE", widest)
    monkeypatch.setattr(count, "_BATCH_ROWS", 4_000)
    monkeypatch.setattr(count, "_CACHED_ROWS", 700)
    every = pl.int_range(pl.len())
    rows = day.with_columns(
        DeviceName=pl.when(every % 3 == 0)
        .then(pl.col("DeviceName").str.to_uppercase())
        .when(every % 7 > 0)
        .then("DeviceName"),
        ActionType=pl.when(every % 5 == 0).then(pl.lit("DnsConnectionInspected")),
        Timestamp=pl.col("Timestamp") - pl.duration(days=365 * 70),
    )
    plain = rows.filter(pl.col("DeviceName").is_not_null()).group_by(
        host=pl.col("DeviceName").str.to_lowercase(), hour=pl.col("Timestamp").dt.truncate("1h")
    )
    expected = plain.agg(
        pl.len().alias("rows"),
        inspected=(pl.col("ActionType") == "DnsConnectionInspected").sum(),
        first=pl.col("Timestamp").min(),
        last=pl.col("Timestamp").max(),
    ).sort("host", "hour")
    hours = coverage.scan(rows.lazy()).drop("aggregated")
    assert_frame_equal(hours, expected, check_dtypes=False)


def test_a_time_that_is_null_after_all_is_in_no_hour() -> None:
    """A Parquet file may claim to have none, and a filter for them is then left out."""
    events = frame([event(0), event(60), event(9_000)])
    spoilt = events.with_columns(pl.col("Timestamp").replace(START + timedelta(minutes=1), None))
    assert spoilt["Timestamp"].null_count() == 1
    assert coverage.scan(spoilt.lazy()).equals(coverage.scan(spoilt.drop_nulls("Timestamp").lazy()))


def test_silent_hours_are_those_between_first_and_last_without_a_row() -> None:
    seen = covered([event(0), event(3600 * 5), event(3600 * 6), event(0, DeviceName="b")])
    found = seen.devices.select("host", "heard_hours", "silent_hours", "longest_gap_hours")
    assert found.rows() == [("b", 1, 0, 0.0), ("ws-014.corp.example", 3, 4, 4.0)]


def test_shares_count_aggregated_and_inspected_rows() -> None:
    seen = covered(
        [
            event(0),
            event(1, ActionType="HttpConnectionInspected"),
            event(2, ActionType="ConnectionSuccessAggregatedReport"),
            event(3, ActionType="ConnectionFailedAggregatedReport"),
        ]
    )
    assert seen.share("aggregated") == 0.5
    assert seen.share("inspected") == 0.25
    assert covered([]).share("inspected") == 0


def test_capped_devices_are_told_from_devices_that_report_every_connection(
    day: pl.DataFrame,
) -> None:
    hosts = day["DeviceName"].n_unique()
    assert capped(day) == ()
    assert len(capped(telemetry.cap(day))) == hosts


def test_one_capped_device_among_others_is_named(day: pl.DataFrame) -> None:
    once = telemetry.cap(day).group_by("DeviceName").len().sort("len", "DeviceName")
    chosen = once["DeviceName"][-1]  # the one with most to go by
    mixed = pl.concat(
        [
            telemetry.cap(day.filter(pl.col("DeviceName") == chosen)),
            day.filter(pl.col("DeviceName") != chosen),
        ]
    )
    assert capped(mixed) == (chosen.lower(),)


def test_too_little_data_calls_nobody_capped() -> None:
    few = frame([event(i, RemoteIP=f"1.1.1.{i}") for i in range(4)])
    assert capped(few) == ()


def test_repeats_clocks_and_density_are_counted() -> None:
    early = START + timedelta(days=1)
    rows = [event(i, ReportId=i) for i in range(400)]
    rows += [rows[0], rows[0]]
    rows += [event(5, ReportId=900, InitiatingProcessCreationTime=early)]
    rows += [event(-90 * 86400, ReportId=901, RemoteUrl=None)]
    found = coverage.examine(frame(rows).lazy())
    assert found.rows == 404
    assert found.duplicates == 2
    assert found.stray == 1
    assert found.unnamed == 1
    assert found.channels == 2
    assert found.hourly_most == 402 + 1
    assert found.early == 2  # the stray row is older than its process, too


def test_a_row_without_report_id_repeats_nothing() -> None:
    found = coverage.examine(frame([event(0, ReportId=None)] * 3).lazy())
    assert found.duplicates == 0


def test_a_missing_column_is_said_with_its_cost() -> None:
    columns = ["Timestamp", "DeviceName", "RemoteUrl", "InitiatingProcessFileName"]
    seen = pipeline.inspect(frame([event(0)]).select(columns), Settings())
    text = report.inspected(seen)
    for column in set(coverage.COSTS) - set(columns):
        assert f"No {column}: {coverage.COSTS[column]}." in text
    whole = pipeline.inspect(frame([event(0)]), Settings())
    assert "No " not in report.inspected(whole)


def test_one_is_one_and_nothing_has_no_span() -> None:
    one = report.inspected(pipeline.inspect(frame([event(0)]), Settings()))
    assert "1 channel (host, process, name or address); rows of a channel in an hour: 1 at" in one
    unnamed = pipeline.inspect(frame([event(0, RemoteUrl="")]), Settings())
    assert "1 row has an address and no name" in report.inspected(unnamed)
    none = report.inspected(pipeline.inspect(frame([event(0)]).clear(), Settings()))
    assert none.startswith("0 rows of 1 part, 0 hosts.\n")


def test_a_round_number_of_typed_rows_is_suspected_of_truncation() -> None:
    rows = pl.concat([frame([event(0)])] * 30_000)
    assert "probably truncated" in report.inspected(pipeline.inspect(rows, Settings()))
    assert "truncated" not in report.inspected(pipeline.inspect(rows[1:], Settings()))


def test_the_picture_has_a_mark_for_each_hour_with_rows_and_no_other() -> None:
    rows = [event(3600 * h) for h in (0, 2, 3)] + [event(3600 * 5, DeviceName="b")] * 50
    drawn = report.inspected(pipeline.inspect(frame(rows), Settings())).splitlines()
    row = next(line for line in drawn if line.startswith("ws-014"))
    assert [mark != " " for mark in row.split("|")[1]] == [True, False, True, True, False, False]
    assert "█" in next(line for line in drawn if line.startswith("b "))


def test_every_result_carries_what_limits_it(day: pl.DataFrame) -> None:
    result = pipeline.score(telemetry.cap(day), Settings())
    told = "\n".join(report.summarise(result))
    assert "devices report each set of field values once a day" in told
    assert all(any("lower bound" in note for note in notes) for notes in result.channels["quality"])
    hidden = result.channels.filter(status="insufficient")
    assert hidden.height > 20
    assert "unknown" in set(hidden["severity"])
    assert "none" not in set(hidden["severity"])
    assert "unknown" not in set(result.alerts["severity"])
    assert f"{(hidden['severity'] == 'unknown').sum()} channels are 'unknown'" in told
    clean = pipeline.score(day, Settings())
    assert "unknown" not in set(clean.channels["severity"])
    assert "once a day" not in "\n".join(report.summarise(clean))


def test_inspect_prints_what_the_library_says(day: pl.DataFrame, tmp_path) -> None:
    day.write_parquet(tmp_path / "day.parquet")
    done = run("inspect", tmp_path)
    assert done.code == 0
    assert done.text == report.inspected(pipeline.inspect([tmp_path], Settings()))
    assert run("inspect", tmp_path / "absent").code == 1


def test_a_hostile_name_cannot_steer_the_terminal() -> None:
    seen = pipeline.inspect(frame([event(0, DeviceName="\x1b[2Jws\u202e")]), Settings())
    assert "\x1b" not in report.inspected(seen)
    assert "\u202e" not in report.inspected(seen)
