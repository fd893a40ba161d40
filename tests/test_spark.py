"""On Spark the result is that of the local engine, whatever the source, rule and partitions."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from cli import run
from events import event, frame
from polars.testing import assert_frame_equal
from spark_here import local_session

import beacon
from beacon import rules, weighing
from beacon.errors import BeaconError
from beacon.result import Result
from beacon.rule_export import notebook
from beacon.settings import RuleSettings, Settings
from beacon.spark import lake

DAY = Path(__file__).parents[1] / "examples" / "day.parquet"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    yield from local_session()


def assert_same(here: Result, there: Result) -> None:
    for name in ("channels", "timeline"):
        assert_frame_equal(getattr(here, name), getattr(there, name), check_exact=True)
    of_reasons = [
        result.dropped.group_by("reason").agg(pl.col("rows").sum()) for result in (here, there)
    ]
    assert_frame_equal(*of_reasons, check_row_order=False)
    for name in ("rows", "kept", "faithful", "strict", "only_extended", "only_extended_hosts",
                 "hosts", "first", "last", "capped"):  # fmt: skip
        assert getattr(here.summary, name) == getattr(there.summary, name), name
    assert_frame_equal(here.summary.coverage.hours, there.summary.coverage.hours)


def small_day() -> pl.DataFrame:
    """Repeats, aggregates, other spellings, rows without a name, a device or a program."""
    rows = [event(60 * i, InitiatingProcessId=n) for n in range(3) for i in range(20)]
    rows += [event(90 * i, DeviceName="WS-014.corp.EXAMPLE", ReportId=7) for i in range(4)] * 2
    rows += [
        event(400 * i, DeviceName=f"h{i % 7}", RemoteUrl="https://GitHub.com/a") for i in range(90)
    ]
    rows += [event(300 * i, DeviceName=f"h{i % 5}", InitiatingProcessFileName="chrome.exe")
             for i in range(80)]  # fmt: skip
    rows += [
        event(3600 * i + 5, ActionType="ConnectionSuccessAggregatedReport", RemoteUrl=url,
              AdditionalFields='{"uniqueEventsAggregated": 60}')
        for i in range(12) for url in ("raw.githubusercontent.com", None)
    ]  # fmt: skip
    rows += [event(i, RemoteUrl="github.com.evil.org", DeviceName=None) for i in range(5)]
    rows += [event(i, InitiatingProcessFileName=None, RemoteUrl="") for i in range(5)]
    rows += [event(-200_000.5 - 30 * i, DeviceName="old") for i in range(9)]
    return frame(rows)


def test_the_example_day_scores_as_locally_on_three_partitions(spark: Any) -> None:
    assert_same(beacon.score(DAY), beacon.spark.score(DAY, partitions=3))


def test_the_notebook_s_query_reads_hostile_text_as_the_rule_does(spark: Any) -> None:
    rng, rule = random.Random(5), rules.load(RuleSettings())
    parts = ["raw.githubusercontent.com", "GITHUB.com", "Pastebin.com", "xgithub.com", "https://",
             "//", "a@", ":443", "/p", "?", "\\", ".", "[::1]", "\u3002", "\u212a", "\n", "\u0085",
             " ", "_", "\u00e9", "1", "t.me"]  # fmt: skip
    urls = ["".join(rng.choices(parts, k=rng.randint(0, 5))) for _ in range(3_000)]
    names = ["python.exe", "C:\\x\\PYTHON.EXE", "my-node.exe", "xpython.exe", "curl", "", "\n"]
    rows = frame([event(n, DeviceName=f"Ä{n}", RemoteUrl=url, RemoteIP="192.0.2.1",
                        InitiatingProcessFileName=rng.choice(names), ReportId=n)
                  for n, url in enumerate(urls)])  # fmt: skip
    kept = rows.filter(rules.keep(rule, "faithful"))
    expected = weighing.name_keys(kept).select("host", "process", "domain").sort("host")
    told = ["DeviceName", "RemoteUrl", "RemoteIP", "InitiatingProcessFileName", "Timestamp"]
    query = notebook.query(rule)
    found = lake.candidates(spark.createDataFrame(rows.select(told).rows(), told), query)
    keys = pl.DataFrame(found.select("host", "process", "domain").collect(), expected.schema,
                        orient="row")  # fmt: skip
    assert 100 < expected.height < rows.height - 100
    assert_frame_equal(keys.sort("host"), expected)


@pytest.mark.parametrize(
    ("rule", "few"),
    [
        (RuleSettings(), 5_000),
        (RuleSettings(match="strict", profile="extended", window_hours=24), 0),
        (RuleSettings(match="any"), 5_000),
    ],
)
def test_every_rule_gives_the_same(
    spark: Any, rule: RuleSettings, few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beacon.spark.values.FEW", few)  # 0: values are joined, not listed
    path, settings = tmp_path / "day.parquet", Settings(rule=rule)
    small_day().write_parquet(path)
    assert_same(beacon.score(path, settings), beacon.spark.score(path, settings, partitions=2))


def test_a_frame_and_a_table_score_as_the_file(spark: Any, tmp_path: Path) -> None:
    """In microseconds, with a column less, a time missing, and names of Log Analytics."""
    path = tmp_path / "day.parquet"
    made = small_day().drop("InitiatingProcessCommandLine", "InitiatingProcessUniqueId")
    made = made.with_columns(pl.col("Timestamp").cast(pl.Datetime("us", "UTC")))
    made = made.with_columns(
        Timestamp=pl.when(pl.int_range(pl.len()) != 3).then("Timestamp")
    ).rename({"Timestamp": "TimeGenerated", "DeviceName": "Computer"})
    made.write_parquet(path)
    local = beacon.score(path)
    rows = spark.read.parquet(str(path))
    assert_same(local, beacon.spark.score(rows))
    rows.createOrReplaceTempView("DeviceNetworkEvents")
    assert_same(local, beacon.spark.score("DeviceNetworkEvents"))


def test_no_row_kept_is_an_empty_result(spark: Any) -> None:
    rows = spark.createDataFrame(
        [("ws", "a.exe", "example.org", None)],
        "DeviceName string, InitiatingProcessFileName string, RemoteUrl string, "
        "Timestamp timestamp",
    )
    result = beacon.spark.score(rows)
    assert (result.channels.height, result.timeline.height, result.summary.rows) == (0, 0, 1)


def test_what_spark_cannot_use_is_named(spark: Any, tmp_path: Path) -> None:
    small_day().write_csv(tmp_path / "day.csv")
    with pytest.raises(BeaconError, match="Spark reads Parquet"):
        beacon.spark.score(tmp_path / "day.csv")
    with pytest.raises(BeaconError, match="neither a file nor a table"):
        beacon.spark.score("no_such_table")
    with pytest.raises(BeaconError, match="cast it to timestamp"):
        beacon.spark.score(
            spark.createDataFrame(
                [("a", "b", "c", "d")],
                ["DeviceName", "InitiatingProcessFileName", "RemoteUrl", "Timestamp"],
            )
        )


def test_a_frame_of_another_library_is_called_that(spark: Any) -> None:
    here = frame([event(0)])
    for library, other in (("polars", here), ("pandas", here.to_pandas())):
        with pytest.raises(TypeError, match=rf"a frame of {library}: pass spark\.createDataFrame"):
            beacon.spark.score(other)


def test_the_command_writes_the_same_bytes(spark: Any) -> None:
    words = ("score", DAY, "--format", "jsonl", "--quiet")
    assert run(*words, "--engine", "spark").out == run(*words).out
