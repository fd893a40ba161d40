"""What cannot be read is named: the whole input with the fix, or the row with its reason."""

import gzip
import json
import zipfile

import polars as pl
import pytest
from export_shapes import SHAPES, envelope, suffixed
from exports import DAY, csv_text, frame, lines, local, zstd

from beacon.errors import InputError
from beacon.read import Export, read
from beacon.schema import EVENTS
from beacon.settings import ReadSettings

NO_FLAG = ReadSettings()
STORED = lines(DAY)
CSV = csv_text(DAY)
GZIP = gzip.compress(STORED * 20)
PARQUET = SHAPES["typed"].content
PARTIAL = {"code": "PartialError", "message": "There were some errors."}
FETCH = "fetch it again"
WITHOUT = {name: name for name in EVENTS if name not in ("DeviceName", "RemoteUrl", "RemoteIP")}

USELESS = {
    "empty": (b"", "the file is empty"),
    "binary": (
        b"\x7fELF\0\1\xff\r\n\0",
        "binary data of no known kind; export Parquet, CSV or JSON",
    ),
    "prose": (
        b"# Notes\n",
        "neither Parquet nor CSV or JSON with Defender, ASIM, Sysmon or Zeek fields; "
        "it starts '# Notes'",
    ),
    "other JSON": (
        b'{\n "name": "x"\n}',
        "neither Parquet nor CSV or JSON with Defender, ASIM, Sysmon or Zeek fields; it starts '{'",
    ),
    "cut gzip": (GZIP[:-20], f"cut or damaged gzip: {FETCH}"),
    "cut gzip, early": (GZIP[:100], f"cut or damaged gzip: {FETCH}"),
    "cut gzip CSV": (gzip.compress(CSV * 20)[:-20], f"cut or damaged gzip: {FETCH}"),
    "cut Parquet": (PARQUET[:-9], f"Parquet without a readable footer, cut or damaged: {FETCH}"),
    "cut zip": (b"PK\3\4cut", f"cut or damaged zip: {FETCH}"),
    "empty zip": (b"PK\5\6" + bytes(18), "the archive is empty"),
    "zstd Parquet": (
        zstd(PARQUET),
        "zstd around something that is not text: unpack it first",
    ),
    "cut zstd": (zstd(STORED)[:-9], f"cut or damaged zstd: {FETCH}"),
    "cut array": (
        b'[{"Timestamp": "2026"}, {"Time',
        "line 1, column 26: not valid JSON, probably cut: export it again",
    ),
    "cut answer": (
        b'{"results": [\n  {"Timestamp": "2026',
        "line 2, column 17: not valid JSON, probably cut: export it again",
    ),
    "deep": (b"[" * 100_000, "JSON nested too deeply"),
    "partial answer": (
        json.dumps({"tables": [], "error": PARTIAL}).encode(),
        "the answer is incomplete (PartialError: There were some errors.); "
        "ask for less at a time and export again",
    ),
    "failed frames": (
        json.dumps([{"FrameType": "DataSetCompletion", "HasErrors": True}]).encode(),
        "the answer is incomplete (HasErrors); ask for less at a time and export again",
    ),
    "no device, no address": (
        csv_text(DAY, WITHOUT),
        f"lacks DeviceName, RemoteUrl or RemoteIP; columns found: {', '.join(WITHOUT)}",
    ),
    "no process": (
        lines([{"Timestamp": "2026-05-04T18:40:00Z", "DeviceName": "d", "RemoteIP": "::1"}]),
        "lacks InitiatingProcessFileName; columns found: Timestamp, DeviceName, RemoteIP",
    ),
    "two columns": (
        b"Timestamp,Timestamp,DeviceName\n",
        "line 1: two columns are named 'Timestamp'; remove one",
    ),
    "unreadable times": (
        csv_text([row | {"Timestamp": "yesterday"} for row in DAY]),
        "no Timestamp can be read, e.g. 'yesterday'; allowed: ISO 8601 such as "
        "2026-05-04T18:41:25.3214567Z or the portal's May 4, 2026 6:41:25 PM",
    ),
    "no zone": (
        csv_text(DAY, Timestamp=local("{0:%b} {d}, {0:%Y} {h}:{0:%M}:{s} {0:%p}")),
        "times such as 'May 4, 2026 6:40:00.100 PM' carry no time zone; "
        "pass --tz with the portal's zone, e.g. --tz Europe/Berlin",
    ),
    "no day order": (
        csv_text(DAY[:5], suffixed("UTC"), Timestamp=local("{d}/{m}/{0:%Y}, {0:%H}:{0:%M}:{s}")),
        "dates such as '4/5/2026, 18:40:00.100' could be day/month or month/day; "
        "pass --day-order day-first or --day-order month-first",
    ),
    "two zones": (
        lines([DAY[0], DAY[1] | {"Timestamp": "2026-05-04T18:41:25"}]),
        "some times carry a zone ('2026-05-04T18:40:00.1000000Z') and some do not "
        "('2026-05-04T18:41:25'); one file must have one form: split it by its source",
    ),
}


def one(tmp_path, content: bytes, settings: ReadSettings = NO_FLAG) -> Export:
    path = tmp_path / "day.csv"
    path.write_bytes(content)
    return read([path], settings)


@pytest.mark.parametrize("case", USELESS)
def test_a_useless_file_is_refused_with_the_fix(case, tmp_path):
    content, message = USELESS[case]
    with pytest.raises(InputError) as refusal:
        one(tmp_path, content)
    assert str(refusal.value) == f"{tmp_path / 'day.csv'}: {message}"


def spoilt(content: bytes, old: bytes, new: bytes) -> bytes:
    assert content.count(old) == 1
    return content.replace(old, new)


TIME_10 = b"2026-05-13T12:30:00.0000000Z"
TIME_OUT = "Timestamp outside the years 1678 to 2261"
NO_TIME = "Timestamp is not a time"
BAD_ROWS = {
    "cut JSON line": (STORED[:-40], 12, "not valid JSON"),
    "cut first line": (STORED[40:], 1, "not valid JSON"),
    "not UTF-8": (spoilt(STORED, b"Stra\xc3\x9fe", b"Stra\xdfe"), 10, "not valid JSON"),
    "not a record": (b"[1]\n" + STORED[: STORED.rindex(b"\n")], 1, "not a JSON object"),
    "no envelope": (
        lines([*map(envelope, DAY[1:]), {"category": "x", "properties": "text"}]),
        12,
        "'properties' is not a JSON object",
    ),
    "blank lines": (
        spoilt(STORED, TIME_10, b"never").replace(b"\n", b"\n\n"),
        19,
        NO_TIME,
    ),
    "cut message": (
        lines([{"records": DAY[:11]}]) + b'\n{"records": [{"Timestamp": ',
        2,
        "not valid JSON",
    ),
    "cut CSV row": (CSV[: CSV.index(b"140.82.121.6")], 13, "8 fields, the header has 29"),
    "stray comma": (
        spoilt(CSV, b",pastebin.com,", b",paste,bin.com,"),
        2,
        "30 fields, the header has 29",
    ),
    "open quote": (spoilt(CSV, b'"{""direction"', b'"{"direction"'), 6, "a quote is never closed"),
    "impossible date": (spoilt(CSV, TIME_10, b"2026-02-30T12:30:00Z"), 11, NO_TIME),
    "no time": (spoilt(CSV, TIME_10, b""), 11, "no Timestamp"),
    "FILETIME zero": (spoilt(CSV, TIME_10, b"1601-01-01T00:00:00Z"), 11, TIME_OUT),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_counted_with_its_line_and_the_rest_is_read(case, tmp_path):
    content, line, reason = BAD_ROWS[case]
    export = one(tmp_path, content)
    faults = export.faults.collect()
    assert faults.drop("example").rows() == [(str(tmp_path / "day.csv"), line, reason)]
    assert len(faults["example"][0]) <= 200
    assert export.events.collect().height == len(DAY) - 1
    assert export.parts[0].rows.collect().item() == len(DAY)


def test_clock_changes_make_faults_of_the_times_they_blur(tmp_path):
    times = ["2026-10-25T02:30:00", "2026-03-29T02:30:00", "2026-10-25T03:30:00"]
    rows = [DAY[0] | {"Timestamp": time} for time in times]
    export = one(tmp_path, csv_text(rows), ReadSettings(timezone="Europe/Berlin"))
    assert export.faults.collect()["reason"].to_list() == [
        "Timestamp is ambiguous: the clock in Europe/Berlin went back then",
        "Timestamp does not exist: the clock in Europe/Berlin went forward then",
    ]
    assert (
        export.events.collect()["Timestamp"].to_list()[0].isoformat().startswith("2026-10-25T02:30")
    )


def test_times_that_nanoseconds_cannot_hold_are_faults_in_parquet_too(tmp_path):
    far = frame().with_columns(pl.lit(10**17).cast(pl.Datetime("us", "UTC")).alias("Timestamp"))
    none = frame().with_columns(pl.lit(None, pl.Datetime("us")).alias("Timestamp"))
    for content, reason in [
        (far, "Timestamp outside the years 1678 to 2261"),
        (none, "no Timestamp"),
    ]:
        content.write_parquet(tmp_path / "day.parquet")
        export = read([tmp_path / "day.parquet"], NO_FLAG)
        assert export.events.collect().is_empty()
        assert export.faults.collect()["reason"].to_list() == [reason] * len(DAY)


def test_a_number_is_no_time(tmp_path):
    path = tmp_path / "day.parquet"
    frame().with_columns(pl.col("Timestamp").to_physical()).write_parquet(path)
    with pytest.raises(InputError) as refusal:
        read([path], NO_FLAG)
    assert refusal.value.reason == (
        "column Timestamp is of type Int64; write it as a datetime or ISO 8601 text"
    )


def test_an_unreadable_value_costs_the_value_not_the_row(tmp_path):
    spoilt = {"RemotePort": "https", "InitiatingProcessCreationTime": "never"}
    export = one(tmp_path, csv_text([DAY[0] | spoilt, DAY[1]]))
    assert export.parts[0].notes == (
        "RemotePort: 1 unreadable, counted as missing, e.g. 'https'",
        "InitiatingProcessCreationTime: 1 unreadable, counted as missing, e.g. 'never'",
    )
    assert export.events.collect()["RemotePort"].to_list() == [None, 443]


def test_lines_inside_quotes_are_one_row(tmp_path):
    content = CSV.replace(b"-WindowStyle Hidden", b"-WindowStyle\nHidden").replace(
        TIME_10, b"never"
    )
    export = one(tmp_path, content)
    assert export.events.collect()["InitiatingProcessCommandLine"].str.contains("\n").sum() == 2
    assert export.faults.collect()["line"].to_list() == [13]  # two rows before it span two lines


def test_bytes_that_are_not_utf8_are_replaced_and_told(tmp_path):
    export = one(tmp_path, spoilt(CSV, b"Stra\xc3\x9fe", b"Stra\xdfe"))
    assert export.parts[0].notes == ("lines with bytes that are not UTF-8, replaced: 1",)
    assert "Stra\ufffde.example" in export.events.collect()["RemoteUrl"].to_list()


@pytest.mark.parametrize("rows", [10_000, 30_000])
def test_an_export_limit_is_told(rows, tmp_path):
    export = one(tmp_path, csv_text([DAY[0]] * rows))
    assert export.parts[0].notes == (
        f"exactly {rows:,} rows: the portal cuts there, probably truncated",
    )


def test_one_bad_part_does_not_cost_the_others(tmp_path):
    (tmp_path / "a.json").write_bytes(STORED)
    (tmp_path / "b.json").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("day.csv", CSV)
        archive.writestr("readme.txt", "Exported by hand.")
    export = read([tmp_path, tmp_path / "none.csv", f"{tmp_path}/*.parquet"], NO_FLAG)
    assert [part.name for part in export.parts] == [
        f"{tmp_path}/a.json",
        f"{tmp_path}/c.zip!day.csv",
    ]
    assert export.events.collect().height == 2 * len(DAY)
    assert [str(problem) for problem in export.problems] == [
        f"{tmp_path}/b.json: the file is empty",
        f"{tmp_path}/c.zip!readme.txt: neither Parquet nor CSV or JSON with Defender, ASIM, "
        "Sysmon or Zeek fields; it starts 'Exported by hand.'",
        f"{tmp_path}/none.csv: no such file or folder",
        f"{tmp_path}/*.parquet: no file matches",
    ]


def test_when_nothing_is_left_every_problem_is_listed(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as refusal:
        read([tmp_path / "empty", "none.csv"], NO_FLAG)
    assert str(refusal.value) == (
        f"no input can be used: {tmp_path}/empty: the folder holds no files\n"
        "none.csv: no such file or folder"
    )
    with pytest.raises(
        InputError, match=r"^no input can be used: pass a file, a folder or a glob$"
    ):
        read([], NO_FLAG)


@pytest.mark.parametrize(
    "content",
    [CSV.split(b"\n")[0], b'{"schema": [], "results": []}', b'{"tables": []}', b"[]"],
)
def test_an_empty_result_is_no_error(content, tmp_path):
    export = one(tmp_path, content)
    assert export.events.collect().is_empty()
    assert export.parts[0].rows.collect().item() == 0
