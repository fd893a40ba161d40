"""Laws of a simulated export: its shape, its determinism, and the truth about its channels."""

import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from cli import run
from polars.testing import assert_frame_equal

from beacon import simulate
from beacon.errors import OutputError
from beacon.schema import EVENTS
from beacon.simulate import assemble
from beacon.simulate.kinds import load

KEY = ["host", "process", "domain"]


@pytest.fixture(scope="module")
def small():
    return simulate.day(seed=7, hosts=40)


def channel(events: pl.DataFrame) -> pl.DataFrame:
    return events.filter(pl.col("RemoteUrl") != "").select(
        pl.col("DeviceName").str.to_lowercase().alias("host"),
        pl.col("InitiatingProcessFileName").str.to_lowercase().alias("process"),
        pl.col("RemoteUrl").str.replace("^https://", "").str.strip_chars("/").alias("domain"),
        "Timestamp",
        "InitiatingProcessId",
    )


def test_events_have_exactly_the_schema_in_time_order(small) -> None:
    assert dict(small.events.schema) == EVENTS
    assert small.events["Timestamp"].is_sorted()
    day = small.events["Timestamp"].dt.date().unique().to_list()
    assert day == [date(2026, 5, 4)]


def test_same_seed_same_bytes_and_another_seed_another_company(small) -> None:
    again = simulate.day(seed=7, hosts=40)
    assert_frame_equal(small.events, again.events)
    assert_frame_equal(small.truth, again.truth)
    other = simulate.day(seed=8, hosts=40)
    assert not set(small.events["DeviceName"]) & set(other.events["DeviceName"])


def test_truth_has_one_row_a_channel_and_misses_none(small) -> None:
    assert dict(small.truth.schema) == assemble.TRUTH
    assert small.truth.select(KEY).is_duplicated().sum() == 0
    seen = channel(small.events).select(KEY).unique()
    assert_frame_equal(seen.sort(KEY), small.truth.select(KEY).sort(KEY))


def test_pollers_and_only_pollers_have_a_campaign_and_a_known_kind(small) -> None:
    poller = small.truth["label"] == "poller"
    assert (small.truth["campaign"].is_not_null() == poller).all()
    assert set(small.truth.filter(poller)["kind"]) <= set(simulate.IMPLANTS)
    assert set(small.truth.filter(~poller)["kind"]) <= set(simulate.BENIGN)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_emblem_is_a_poller_among_the_developers_own_traffic(seed: int) -> None:
    events, truth = simulate.day(seed, hosts=40)
    emblem = truth.filter(pl.col("kind") == "emblem")
    assert emblem.select("process", "domain").rows() == [
        ("python.exe", "raw.githubusercontent.com")
    ]
    # Cobalt-style jitter of 20 % shortens 30 s to a mean of 27 s; work adds up to 3 s.
    assert 27 <= emblem["period_seconds"].item() <= 33
    own = channel(events).filter(pl.col("host") == emblem["host"].item())
    programs = own.filter(pl.col("domain").str.contains("git|discord|googleapis"))["process"]
    assert {"python.exe", "node.exe"} <= set(programs) or {"python3.exe"} <= set(programs)


def test_storage_exports_repeat_rows(small) -> None:
    key = ["DeviceName", "Timestamp", "ReportId"]
    repeats = small.events.height - small.events.unique(key).height
    assert 0.001 < repeats / small.events.height < 0.01
    assert small.events.unique().height == small.events.unique(key).height


def test_a_kind_left_out_leaves_the_other_channels_alone() -> None:
    whole = simulate.day(7, hosts=40).truth
    without = simulate.day(7, hosts=40, leave_out={"browsing", "emblem"}).truth
    assert not {"browsing", "emblem"} & set(without["kind"])
    columns = [*KEY, "kind", "period_seconds"]
    benign = pl.col("label") == "benign"
    rest = whole.filter(benign & (pl.col("kind") != "browsing")).select(columns)
    gone = rest.join(without.select(columns), on=columns, how="anti", nulls_equal=True)
    # Only the company of the emblem may go with it.
    assert set(gone["kind"]) <= {"python_scripts", "node_tools"}


def test_malware_left_out_is_replaced_by_other_malware() -> None:
    left = sorted(simulate.IMPLANTS)[:20]
    truth = simulate.day(7, hosts=60, leave_out=left).truth
    kinds = set(truth.filter(pl.col("label") == "poller")["kind"])
    assert kinds
    assert not kinds & set(left)


def test_no_malware_leaves_a_clean_day() -> None:
    truth = simulate.day(7, hosts=20, leave_out=simulate.IMPLANTS).truth
    assert set(truth["label"]) == {"benign"}


def test_several_days_and_a_weekend() -> None:
    events = simulate.day(3, hosts=30, days=2, start=date(2026, 5, 8)).events
    days = events.filter(pl.col("InitiatingProcessFileName") == "msedge.exe")["Timestamp"].dt.date()
    count = dict(days.value_counts().rows())
    friday, saturday = count[date(2026, 5, 8)], count.get(date(2026, 5, 9), 0)
    assert friday > 3 * saturday


def test_rows_without_a_process_are_network_inspection(small) -> None:
    bare = small.events.filter(pl.col("InitiatingProcessFileName").is_null())
    assert bare.height
    assert set(bare["ActionType"]) == {"SslConnectionInspected"}
    assert bare["RemoteUrl"].null_count() == bare.height
    assert set(bare["InitiatingProcessId"]) == {0}


def test_a_program_starts_before_it_connects_and_after_its_parent(small) -> None:
    known = small.events.filter(pl.col("InitiatingProcessFileName").is_not_null())
    began, connected = known["InitiatingProcessCreationTime"], known["Timestamp"]
    assert (began < connected).all()
    assert (known["InitiatingProcessParentCreationTime"] < began).all()


def test_report_ids_rise_with_time_on_each_host(small) -> None:
    unique = small.events.filter(pl.col("InitiatingProcessFileName").is_not_null()).unique()
    rising = (
        unique.sort("Timestamp")
        .group_by("DeviceName")
        .agg(pl.col("ReportId").diff().drop_nulls().ge(0).mean())
    )
    assert (rising["ReportId"] > 0.999).all()


@pytest.mark.parametrize("flag", ["--seed=-1", "--hosts=0", "--days=0"])
def test_a_number_out_of_range_is_wrong_usage(tmp_path: Path, flag: str) -> None:
    assert run("simulate", tmp_path, flag).code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"seed": 1, "hosts": 0}, {"seed": 1, "days": 0}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="wanted, got"):
        simulate.day(**wrong)


def test_an_unknown_kind_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="no kind 'ci_watchr'; did you mean 'ci_watcher'"):
        simulate.day(1, leave_out={"ci_watchr"})


def test_written_files_are_the_frames_and_small(tmp_path, small) -> None:
    parquet, csv = simulate.write(tmp_path / "new" / "folder", seed=7, hosts=40)
    assert_frame_equal(pl.read_parquet(parquet), small.events)
    assert pl.read_csv(csv).height == small.truth.height
    assert parquet.stat().st_size + csv.stat().st_size < 1_000_000
    assert sorted(path.name for path in parquet.parent.iterdir()) == ["day.parquet", "truth.csv"]


def test_an_unwritable_target_is_an_output_error(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        simulate.write(tmp_path / "file", hosts=2)


def test_every_kind_is_documented() -> None:
    page = (Path(__file__).parents[1] / "docs" / "simulation.md").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", page))
    assert {*simulate.BENIGN, *simulate.IMPLANTS} - words == set()
    assert not set(simulate.BENIGN) & set(simulate.IMPLANTS)
    assert len(simulate.BENIGN) == sum(len(load(file)) for file in simulate.FILES)
