"""The same day through every shape and container gives the same canonical frame."""

import gzip
import itertools
import json
import os
import threading
import zipfile

import polars as pl
import pytest
from export_shapes import SHAPES, envelope
from exports import DAY, csv_text, empty_for_null, frame, lines, zstd
from polars.testing import assert_frame_equal

from beacon.read import from_frame, read
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

NO_FLAG = ReadSettings()


def as_json_text(day: pl.DataFrame) -> pl.DataFrame:
    """AdditionalFields keeps its content; the spelling of its JSON is the source's."""
    compact = [text and json.dumps(json.loads(text)) for text in day["AdditionalFields"]]
    return day.with_columns(pl.Series("AdditionalFields", compact, dtype=pl.String))


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_gives_the_same_events(name, tmp_path):
    case = SHAPES[name]
    path = tmp_path / "export.bin"  # the name says nothing
    path.write_bytes(case.content)
    export = read([path], case.settings)
    assert [part.shape for part in export.parts] == [case.shape]
    events = export.events.collect()
    assert events.schema == pl.Schema(EVENTS)
    assert_frame_equal(as_json_text(events), as_json_text(case.keeps(frame())))
    assert export.faults.collect().is_empty()
    assert export.parts[0].rows.collect().item() == events.height


PACKINGS = {"plain": bytes, "gzip": gzip.compress, "zstd": zstd}
PACKED = ["ISO", "Graph", "messages", "storage", "byte order mark", "US"]


@pytest.mark.parametrize(
    ("packing", "name"), [*itertools.product(PACKINGS, PACKED), ("gzip", "typed")]
)
def test_packing_is_known_by_content(packing, name, tmp_path):
    case = SHAPES[name]
    path = tmp_path / "export.csv"
    path.write_bytes(PACKINGS[packing](case.content))
    export = read([path], case.settings)
    assert export.parts[0].shape == case.shape
    assert_frame_equal(as_json_text(export.events.collect()), as_json_text(case.keeps(frame())))


@pytest.fixture
def folder(tmp_path):
    """Three thirds of the day in a folder: Parquet, gzip JSON lines, a zip of CSV and JSON."""
    (tmp_path / "y=2026" / "timestamp=2026-05-04T18").mkdir(parents=True)
    frame(DAY[:4]).write_parquet(tmp_path / "y=2026" / "timestamp=2026-05-04T18" / "part-0.parquet")
    (tmp_path / "b.json").write_bytes(gzip.compress(lines(DAY[4:8])))
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("in/a.csv", csv_text(DAY[8:10]))
        archive.writestr("in/b.json", json.dumps({"results": DAY[10:]}))
        archive.writestr("__MACOSX/in/._a.csv", b"\0")
    (tmp_path / "_SUCCESS").write_bytes(b"")
    (tmp_path / ".part-0.parquet.crc").write_bytes(b"crc")
    return tmp_path


@pytest.mark.parametrize("how", ["folder", "glob", "files", "twice"])
def test_several_parts_are_one_export(how, folder):
    top = [folder / "b.json", folder / "c.zip", folder / "y=2026"]
    inputs = {
        "folder": [folder],
        "glob": [f"{folder}/*.json", f"{folder}/**/*.parquet", str(folder / "c.zi?")],
        "files": top,
        "twice": [*top, folder],
    }[how]
    export = read(inputs, NO_FLAG)
    assert not export.problems
    assert sorted(part.name.removeprefix(f"{folder}/") for part in export.parts) == [
        "b.json",
        "c.zip!in/a.csv",
        "c.zip!in/b.json",
        "y=2026/timestamp=2026-05-04T18/part-0.parquet",
    ]
    expected = pl.concat([frame(DAY[:8]), empty_for_null(frame(DAY[8:10])), frame(DAY[10:])])
    assert_frame_equal(export.events.collect().sort("Timestamp"), expected.sort("Timestamp"))
    assert export.columns == set(EVENTS)


@pytest.mark.parametrize("form", [pl.DataFrame.lazy, pl.DataFrame.clone])
def test_a_frame_in_hand_is_read_like_a_file(form):
    export = from_frame(form(frame()), NO_FLAG)
    assert_frame_equal(export.events.collect(), frame())
    assert export.columns == set(EVENTS)


@pytest.mark.parametrize("name", ["typed", "ISO", "storage", "Graph"])
def test_a_file_name_is_no_pattern(name, tmp_path):
    case = SHAPES[name]
    path = tmp_path / "day [1]*.csv"
    path.write_bytes(case.content)
    (tmp_path / "day 1.csv").write_bytes(b"another file")
    assert read([path], NO_FLAG).events.collect().height == len(DAY)


def test_a_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=[SHAPES["storage"].content])
    writer.start()
    export = read([path], NO_FLAG)
    writer.join()
    assert export.events.collect().height == len(DAY)


def test_what_a_source_lacks_is_null_and_not_provided(tmp_path):
    columns = ["Timestamp", "DeviceName", "InitiatingProcessFileName", "RemoteIP"]
    frame().select(columns).write_parquet(tmp_path / "day.parquet")
    export = read([tmp_path], NO_FLAG)
    assert export.columns == set(columns)
    events = export.events.collect()
    assert events.schema == pl.Schema(EVENTS)
    assert events.drop(columns).null_count().transpose().to_series().unique().to_list() == [
        len(DAY)
    ]


def test_predicates_and_projections_reach_the_parquet_file(tmp_path):
    frame().write_parquet(tmp_path / "day.parquet")
    query = (
        read([tmp_path], NO_FLAG)
        .events.filter(
            pl.col("RemoteUrl").str.contains("(?i)github"),
            pl.col("InitiatingProcessFileName") == "python.exe",
        )
        .select("Timestamp", "DeviceName")
    )
    plan = query.explain()
    assert plan.count("FILTER") == 0, plan
    assert "SELECTION" in plan, plan
    assert "PROJECT 4/29 COLUMNS" in plan, plan
    assert query.collect().height == 3


def test_the_streaming_api_mixes_tables_and_only_connections_are_read(tmp_path):
    other = envelope({"Timestamp": "2026-05-04T00:00:00Z", "FileName": "x"}, "DeviceProcessEvents")
    path = tmp_path / "PT1H.json"
    path.write_bytes(lines([other, *map(envelope, DAY), other]))
    export = read([path], NO_FLAG)
    assert_frame_equal(export.events.collect(), frame())
    assert export.parts[0].notes == (
        "left aside, other tables: AdvancedHunting-DeviceProcessEvents (2)",
    )
    assert export.parts[0].rows.collect().item() == len(DAY) + 2


def test_aliases_yield_to_the_plain_name(tmp_path):
    row = {
        "TimeGenerated": "2026-05-04T18:40:09Z",
        "Timestamp": "2026-05-04T18:40:00Z",
        "Computer": "ws",
        "InitiatingProcessFileName": "a.exe",
        "AccountName": "jdoe",
        "RemoteUrl": "x.com",
        "ReportId_long": 7,
    }
    path = tmp_path / "rows.json"
    path.write_bytes(lines([row]))
    event = read([path], NO_FLAG).events.collect().row(0, named=True)
    assert event["Timestamp"].isoformat() == "2026-05-04T18:40:00+00:00"
    assert (event["DeviceName"], event["InitiatingProcessAccountName"]) == ("ws", "jdoe")
    assert event["ReportId"] == 7


def test_whole_numbers_survive_a_spreadsheet(tmp_path):
    rows = [row | {"RemotePort": "443.0", "LocalPort": ""} for row in DAY[:2]]
    path = tmp_path / "day.csv"
    path.write_bytes(csv_text(rows))
    events = read([path], NO_FLAG).events.collect()
    assert events["RemotePort"].to_list() == [443, 443]
    assert events["LocalPort"].to_list() == [None, None]


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\rb", "\r\n", "a\r\n"])
def test_line_ends_inside_quotes_belong_to_the_text(text, tmp_path):
    path = tmp_path / "day.csv"
    path.write_bytes(csv_text([row | {"InitiatingProcessCommandLine": text} for row in DAY]))
    events = read([path], NO_FLAG).events.collect()
    assert events["InitiatingProcessCommandLine"].to_list() == [text] * len(DAY)
