"""The small day in every shape of export, and what each shape can carry of it."""

import io
import json
from collections.abc import Callable
from typing import NamedTuple

import polars as pl
from exports import DAY, TIMELINE, TIMES, csv_text, empty_for_null, frame, lines, local, to

from beacon.schema import EVENTS
from beacon.settings import ReadSettings


class Case(NamedTuple):
    """A file, what it must be taken for, what must be passed, and what it leaves of the day."""

    shape: str
    content: bytes
    keeps: Callable[[pl.DataFrame], pl.DataFrame] = pl.DataFrame.clone
    settings: ReadSettings = ReadSettings()


UTC = ReadSettings(timezone="UTC")
US = ReadSettings(timezone="UTC", day_order="month-first")


def parquet(day: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    day.write_parquet(buffer)
    return buffer.getvalue()


def envelope(row: dict, table: str = "DeviceNetworkEvents") -> dict:
    """A record of the streaming API, received two weeks late."""
    return {
        "time": "2026-05-20T00:00:00Z",
        "tenantId": "t",
        "category": f"AdvancedHunting-{table}",
        "properties": row,
    }


def portal(pattern: str, headers: dict | None = None, milliseconds: bool = True) -> bytes:
    return csv_text(DAY, headers, **dict.fromkeys(TIMES, local(pattern, milliseconds)))


def suffixed(zone: str) -> dict[str, str]:
    """Log Analytics' headers."""
    return {name: f"{name} [{zone}]" if name in TIMES else name for name in EVENTS}


def milliseconds(day: pl.DataFrame) -> pl.DataFrame:
    """The portals' CSV has no nulls and three digits."""
    return to("1ms")(empty_for_null(day))


def seconds(day: pl.DataFrame) -> pl.DataFrame:
    """Some locales show whole seconds."""
    return to("1s")(empty_for_null(day))


def frames(names: str, rows: str) -> list[dict]:
    """A Kusto answer's tables: the result and one that is not."""
    result = {names: [{"ColumnName": name} for name in EVENTS], rows: ROWS}
    other = {names: [{"ColumnName": "Ordinal"}], rows: [[1]]}
    return [
        {"TableKind": "QueryProperties", **other},
        {"TableKind": "PrimaryResult", **result},
    ]


TEXT = dict.fromkeys(EVENTS, pl.String)
ROWS = [list(row.values()) for row in DAY]
FIELDS = [json.loads(row["AdditionalFields"] or "null") for row in DAY]
OBJECTS = [row | {"AdditionalFields": fields} for row, fields in zip(DAY, FIELDS, strict=True)]
AZ = [{"TableName": "PrimaryResult"} | {n: str(v) for n, v in row.items()} for row in DAY]
UPPER = [{name.upper(): value for name, value in row.items()} for row in DAY]
SPARSE = [{name: value for name, value in row.items() if value is not None} for row in DAY]
STORED = [row | {"TimeGenerated": "2026-05-20T00:00:00Z", "Type": "T"} for row in DAY]
HEADER, FIRST = csv_text(DAY[:1]).split(b"\r\n")[:2]
SLASHES = "{m}/{d}/{0:%Y}, {h}:{0:%M}:{s} {0:%p}"
AUSTRALIAN = "{0:%d}/{0:%m}/{0:%Y}, {h}:{0:%M}:{s} {0:%p}"

SHAPES: dict[str, Case] = {
    "typed": Case("parquet", parquet(frame())),
    "us, no zone": Case(
        "parquet",
        parquet(frame().cast({pl.Datetime: pl.Datetime("us")})),
        to("1us"),
    ),
    "other zone": Case(
        "parquet",
        parquet(frame().with_columns(pl.col("Timestamp").dt.convert_time_zone("Asia/Tokyo"))),
    ),
    "all text": Case("parquet", parquet(pl.DataFrame(DAY, schema=TEXT, strict=False))),
    "other types": Case(
        "parquet",
        parquet(frame().cast({"DeviceName": pl.Categorical, "RemotePort": pl.Int64})),
    ),
    "objects": Case(
        "parquet", parquet(frame().with_columns(pl.Series("AdditionalFields", FIELDS)))
    ),
    "ISO": Case("portal csv", csv_text(DAY), empty_for_null),
    "US": Case("portal csv", portal(SLASHES), milliseconds, US),
    "Australian": Case("portal csv", portal(AUSTRALIAN, milliseconds=False), seconds, UTC),
    "month names": Case(
        "portal csv",
        portal("{0:%b} {d}, {0:%Y} {h}:{0:%M}:{s}\u202f{0:%p}"),
        milliseconds,
        UTC,
    ),
    "German": Case("portal csv", portal("{d}.{m}.{0:%Y}, {0:%H}:{0:%M}:{s}"), milliseconds, UTC),
    "semicolons": Case(
        "portal csv",
        HEADER.replace(b",", b";") + b"\n" + FIRST.replace(b",", b";"),
        lambda day: empty_for_null(day.head(1)),
    ),
    "timeline": Case(
        "device timeline csv",
        csv_text(DAY, TIMELINE, "\ufeff", **dict.fromkeys(TIMES, lambda text: text[:-1])),
        empty_for_null,
    ),
    "LA UTC": Case("log analytics csv", portal(SLASHES, suffixed("UTC")), milliseconds),
    "LA local": Case(
        "log analytics csv", portal(SLASHES, suffixed("Local Time")), milliseconds, UTC
    ),
    "legacy API": Case(
        "advanced hunting json",
        json.dumps({"Stats": {}, "Schema": [{"Name": "x"}], "Results": DAY}).encode(),
    ),
    "Graph": Case(
        "advanced hunting json", json.dumps({"schema": [], "results": OBJECTS}, indent=2).encode()
    ),
    "LA API": Case(
        "log analytics api json",
        json.dumps(
            {"tables": [{"name": "T", "columns": [{"name": n} for n in EVENTS], "rows": ROWS}]}
        ).encode(),
    ),
    "Kusto 1": Case("kusto json", json.dumps({"Tables": frames("Columns", "Rows")}).encode()),
    "Kusto 2": Case(
        "kusto json",
        json.dumps(
            [
                {"FrameType": "DataSetHeader"},
                *({"FrameType": "DataTable"} | table for table in frames("Columns", "Rows")),
                {"FrameType": "DataSetCompletion", "HasErrors": False},
            ]
        ).encode(),
    ),
    "az": Case("az json", json.dumps(AZ, indent=1).encode(), empty_for_null),
    "array": Case("json array", json.dumps(DAY).encode()),
    "envelopes": Case("streaming json lines", lines([envelope(row) for row in DAY], "\r\n")),
    "message": Case(
        "event hub records", json.dumps({"records": [envelope(row) for row in DAY]}).encode()
    ),
    "messages": Case("event hub records", lines([{"records": DAY[:5]}, {"records": DAY[5:]}])),
    "storage": Case("export json lines", lines(STORED, "\r\n")),
    "objects inside": Case("export json lines", lines(OBJECTS)),
    "other case": Case("export json lines", lines(UPPER)),
    "omitted keys": Case("export json lines", lines(SPARSE)),
    "byte order mark": Case("export json lines", b"\xef\xbb\xbf" + lines(DAY) + b"\n\n"),
    "UTF-16": Case("export json lines", lines(DAY).decode().encode("utf-16")),
}
