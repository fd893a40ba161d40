"""A converted export is the export: the same rows, the same result, nothing invented."""

from pathlib import Path

import polars as pl
import pytest
from cli import run
from events import event
from events import frame as events
from export_shapes import SHAPES
from exports import lines
from polars.testing import assert_frame_equal
from results import HOSTILE_EVENTS
from rows import HOSTILE

import beacon
from beacon import conversion, read
from beacon.errors import InputError, OutputError, SettingsError
from beacon.settings import ReadSettings, Settings


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_scores_the_same_converted(name: str, tmp_path: Path) -> None:
    case = SHAPES[name]
    path, folder = tmp_path / "export", tmp_path / "lake"
    path.write_bytes(case.content)
    settings = Settings(read=case.settings)
    done = beacon.convert(path, folder, settings)
    rows = read.read([path], case.settings).events.collect()
    assert done.part_rows == (rows.height,)
    assert_frame_equal(read.read([folder], ReadSettings()).events.collect(), rows)
    assert_frame_equal(beacon.score(folder).channels, beacon.score(path, settings).channels)


def test_what_the_source_lacks_stays_unobservable(tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    events([event(30.0 * i) for i in range(12)]).drop("AdditionalFields", "LocalIP").write_parquet(
        path
    )
    (file,) = beacon.convert(path, tmp_path / "lake").files
    assert {"AdditionalFields", "LocalIP"}.isdisjoint(pl.read_parquet_schema(file))
    converted, original = beacon.score(file), beacon.score(path)
    assert converted.summary.coverage.missing == original.summary.coverage.missing
    assert_frame_equal(converted.channels, original.channels)


def test_hostile_values_arrive_as_they_were(tmp_path: Path) -> None:
    rows = [event(i, InitiatingProcessCommandLine=text) for i, text in enumerate(HOSTILE)]
    day = events([*rows, event(99, **HOSTILE_EVENTS)])
    day.write_parquet(tmp_path / "day.parquet")
    (file,) = beacon.convert(tmp_path / "day.parquet", tmp_path / "lake").files
    assert_frame_equal(pl.read_parquet(file), day)


def test_hostile_file_names_stay_in_the_folder_apart_and_the_same_each_time(
    tmp_path: Path,
) -> None:
    source, folder = tmp_path / "in", tmp_path / "lake"
    names = ["a/day.csv", "b/day.csv", "=cmd|' /C calc'!A0", "\x1b[2J", "day[1]*.json", "é漢"]
    names += ["-rf", "_x", "x" * 200]
    for number, name in enumerate(names):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(lines([{"Timestamp": "2026-05-04T00:00:00Z", "DeviceName": "h",
            "InitiatingProcessFileName": "p", "RemoteUrl": f"{number}.example"}]))  # fmt: skip
    done = beacon.convert(source, folder)
    files = sorted(folder.rglob("*"))
    assert files == sorted(done.files)
    assert len(files) == len(names)
    assert all(file.name.isascii() and file.name[0].isalnum() for file in files)
    first = {file: file.read_bytes() for file in files}
    assert set(beacon.convert(source, folder).files) == set(files)
    assert {file: file.read_bytes() for file in folder.iterdir()} == first
    assert read.read([folder], ReadSettings()).events.collect().height == len(names)


def test_damaged_parts_and_unreadable_rows_are_named_and_the_rest_converted(
    tmp_path: Path,
) -> None:
    source, folder = tmp_path / "in", tmp_path / "lake"
    source.mkdir()
    events([event(30.0 * i) for i in range(200)]).write_parquet(source / "torn.parquet")
    content = bytearray((source / "torn.parquet").read_bytes())
    content[4:400] = b"\xff" * 396
    (source / "torn.parquet").write_bytes(content)
    (source / "bad.json").write_bytes(b"\x00\x01 not an export")
    good = {"DeviceName": "h", "InitiatingProcessFileName": "p", "RemoteUrl": "github.com"}
    times = ["2026-05-04T00:00:00Z", "2026-05-04T00:01:00Z", "noon"]
    (source / "day.jsonl").write_bytes(lines([good | {"Timestamp": time} for time in times]))
    done = run("convert", source, "--output", folder)
    assert (done.code, done.out) == (1, b"")
    assert "torn.parquet: damaged: " in done.err
    assert "bad.json" in done.err
    assert "2 rows to " in done.err
    assert "Dropped 1 row in " in done.err
    assert ": noon" in done.err
    (file,) = folder.iterdir()
    assert pl.read_parquet(file).height == 2
    assert run("convert", source / "day.jsonl", "--output", folder, "-q").err == ""
    with pytest.raises(InputError, match=r"torn\.parquet: damaged"):
        beacon.convert(source / "torn.parquet", folder)
    assert list(folder.iterdir()) == [file]


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "day.parquet"
    events([event()]).write_parquet(path)
    with pytest.raises(SettingsError, match="holds the input"):
        beacon.convert(path, tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        beacon.convert(path, path / "lake")
    (taken,) = conversion.convert(path, tmp_path / "lake").files
    taken.unlink()
    taken.mkdir()
    with pytest.raises(OutputError, match="Is a directory"):
        beacon.convert(path, tmp_path / "lake")
    assert list(taken.parent.iterdir()) == [taken]


def test_flags_of_reading_are_those_of_score(tmp_path: Path) -> None:
    case = SHAPES["US"]
    (tmp_path / "day.csv").write_bytes(case.content)
    flags = ["--tz", "UTC", "--day-order", "month-first"]
    done = run("convert", tmp_path / "day.csv", "-o", tmp_path / "lake", *flags)
    assert done.code == 0
    (file,) = (tmp_path / "lake").iterdir()
    kept = read.read([tmp_path / "day.csv"], case.settings).events.collect()
    assert_frame_equal(pl.read_parquet(file), kept)
