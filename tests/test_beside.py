"""Process starts, DNS answers and tasks of Defender's other tables, in the run with connections."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from beside_rows import ADDRESS, ANSWERED, BORN, NAME, PLANNED, STARTED, iso, row
from events import START, event, frame
from export_shapes import envelope
from exports import lines
from shared import DEFENDER, needs

from beacon import pipeline
from beacon.errors import InputError
from beacon.read import read
from beacon.settings import RankSettings, ReadSettings, Settings

EVERY_CHANNEL = Settings(rank=RankSettings(low_score=1e-12))
"""Whatever the weights, what is found is on the list, with its rows."""


def connections(count: int = 12, step: float = 600.5, **fields: object) -> pl.DataFrame:
    own = {
        "RemoteIP": ADDRESS,
        "InitiatingProcessParentId": 4800,
        "InitiatingProcessParentCreationTime": BORN,
    }
    return frame([event(step * i, **{**own, **fields}) for i in range(count)])


def write(folder: Path, events: pl.DataFrame, *beside: dict, form: str = "jsonl") -> Path:
    events.write_parquet(folder / "DeviceNetworkEvents.parquet")
    if form == "jsonl":
        (folder / "beside.json").write_bytes(lines(list(beside)))
    elif form == "parquet":
        pl.DataFrame(list(beside), infer_schema_length=None).write_parquet(folder / "b.parquet")
    elif form == "csv":
        pl.DataFrame(list(beside), infer_schema_length=None).write_csv(folder / "b.csv")
    else:
        tables = {"ProcessCreated": "DeviceProcessEvents"}
        said = [envelope(r, tables.get(r["ActionType"], "DeviceEvents")) for r in beside]
        (folder / "b.json").write_bytes(lines(said))
    return folder


FORMS = ["jsonl", "parquet", "csv", "streaming"]


@pytest.mark.parametrize("form", FORMS)
def test_starts_give_parent_and_grandparent_in_every_container(form, tmp_path) -> None:
    folder = write(tmp_path, connections(), STARTED, form=form)
    result = pipeline.score(folder, EVERY_CHANNEL)
    channel = result.channels.row(0, named=True)
    assert channel["parent_command_line"] == "cmd.exe /c python.exe poll.py"
    assert channel["grandparents"] == ["services.exe"]
    filled = result.timeline["InitiatingProcessParentCommandLine"]
    assert set(filled) == {"cmd.exe /c python.exe poll.py"}
    assert (result.summary.rows, result.summary.kept) == (13, 12)
    kept = pipeline.keep(folder, result.summary.settings).rows
    assert set(kept["InitiatingProcessParentCommandLine"]) == {"cmd.exe /c python.exe poll.py"}
    assert kept.height == 12


@pytest.mark.parametrize(
    "changed",
    [
        {"ProcessId": 4801},
        {"ProcessCreationTime": iso(BORN + timedelta(seconds=1))},
        {"ProcessCreationTime": None},
        {"ProcessCreationTime": "soon"},
        {"DeviceName": "ws-015"},
        {"DeviceName": None},
        {"ActionType": "OpenProcess"},
    ],
)
def test_another_process_is_not_the_parent(changed, tmp_path) -> None:
    channels = pipeline.score(write(tmp_path, connections(), STARTED | changed)).channels
    assert channels["parent_command_line"].to_list() == [None]
    assert channels["events"].to_list() == [12]


def test_a_start_told_twice_multiplies_nothing(tmp_path) -> None:
    twice = STARTED | {"ProcessCommandLine": "other"}
    folder = write(tmp_path, connections(), STARTED, twice, STARTED)
    result = pipeline.score(folder, EVERY_CHANNEL)
    assert result.channels["events"].to_list() == [12]
    assert result.timeline.height == 12


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_names_its_process_s_connections(form, tmp_path) -> None:
    folder = write(tmp_path, connections(4, RemoteUrl=None), ANSWERED, form=form)
    result = pipeline.score(folder)
    assert result.channels["domain"].to_list() == [NAME]
    assert result.summary.named == 4
    assert pipeline.keep(folder, result.summary.settings).rows.is_empty()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, True),
        ({"InitiatingProcessId": 6201}, False),
        ({"Timestamp": iso(START + timedelta(seconds=5))}, True),
        ({"Timestamp": iso(START + timedelta(seconds=6))}, False),
        ({"Timestamp": iso(START - timedelta(hours=1, seconds=1))}, False),
        ({"AdditionalFields": '{"DnsQueryString": "raw.git'}, False),
        ({"AdditionalFields": None}, False),
    ],
)
def test_an_answer_counts_for_its_process_and_its_hour(changed, named, tmp_path) -> None:
    day = connections(1, RemoteUrl=None)
    other = row("DnsQueryResponse")  # nothing in it
    result = pipeline.score(write(tmp_path, day, ANSWERED | changed, other))
    assert (result.channels["domain"].to_list() == [NAME]) is named


@pytest.mark.parametrize("form", FORMS)
def test_a_task_as_it_was_created_declares_the_period(form, tmp_path) -> None:
    channel = pipeline.score(write(tmp_path, connections(), PLANNED, form=form)).channels.row(
        0, named=True
    )
    assert (channel["task"], channel["task_period_seconds"]) == ("\\Sync", 600.0)
    assert channel["period_seconds"] == pytest.approx(600.5, rel=0.01)


def test_a_file_without_connections_alone_is_refused_and_beside_others_is_told(tmp_path) -> None:
    path = tmp_path / "starts.json"
    path.write_bytes(lines([STARTED]))
    with pytest.raises(InputError, match="lacks RemoteUrl or RemoteIP"):
        read([path], ReadSettings())
    export = read([write(tmp_path, connections(1), STARTED)], ReadSettings())
    told = [note for part in export.parts for note in part.notes]
    assert told.count("left aside, read beside the connections: process starts (1)") == 2


def test_what_else_those_tables_hold_is_no_poll(tmp_path) -> None:
    clicked = row("BrowserLaunchedToOpenUrl", InitiatingProcessFileName="python.exe")
    clicked |= {"RemoteUrl": NAME, "RemoteIP": ADDRESS}
    export = read([write(tmp_path, connections(2), ANSWERED, clicked, clicked)], ReadSettings())
    assert export.events.collect().height == 2
    told = [note for part in export.parts for note in part.notes]
    assert "left aside, no connections: BrowserLaunchedToOpenUrl (2)" in told


def test_a_recorded_table_of_process_starts_is_read(tmp_path) -> None:
    path = DEFENDER / "msticpy_mde_proc_pub_DeviceProcessEvents.csv"
    needs(path)
    connections(1).write_parquet(tmp_path / "day.parquet")
    starts = read([path, tmp_path], ReadSettings()).context("starts")
    assert starts is not None
    table = pl.read_csv(path, infer_schema=False)
    created = table.filter(pl.col("ActionType") == "ProcessCreated")
    found = starts.collect()
    assert found.height == 2 * created.height
    assert found.null_count().row(0) == (0, 0, 0, 0, 0)
    first = created.row(0, named=True)
    own = found.filter(pl.col("pid") == int(first["ProcessId"]))
    assert first["ProcessCommandLine"] in own["line"].to_list()
