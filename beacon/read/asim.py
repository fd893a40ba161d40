"""Sentinel's normalised network sessions (ASIM NetworkSession), from any product behind them.

A row that stands for several sessions (`EventCount`) is an aggregate, never one connection. Of an
inbound session the device is the destination. Parsers put a name's first label into `DstHostname`
and the rest into `DstDomain`; `DstFQDN` is the whole, and not always there.
Source: Microsoft Learn, "ASIM Network Session schema".
"""

import re
from collections.abc import Iterable

import polars as pl

from beacon.errors import InputError
from beacon.frames import DAMAGE
from beacon.read import csv_text, json_text
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import PARQUET, Source
from beacon.read.table import LINE, Rows, Table, to_part
from beacon.schema import AGGREGATED
from beacon.settings import ReadSettings

FIELDS = (
    "EventStartTime", "EventCount", "EventResult", "EventOriginalUid", "NetworkDirection",
    "NetworkProtocol", "DvcId", "DvcFQDN", "DvcHostname", "SrcFQDN", "SrcHostname", "SrcIpAddr",
    "SrcPortNumber", "SrcBytes", "SrcUsername", "SrcProcessName", "SrcProcessId", "SrcProcessGuid",
    "SrcProcessCommandLine", "DstIpAddr", "DstPortNumber", "DstFQDN", "DstHostname", "DstDomain",
    "DstBytes",
)  # fmt: skip
_MARKS = {"EventStartTime", "EventCount", "SrcIpAddr", "DstIpAddr"}
"""Mandatory or always there, and in no other shape."""
_SUFFIX = re.compile(r"\s*\[[^\]]+\]\s*$")
_CERTAIN = {"Timestamp", "DeviceName", "ActionType", "RemoteUrl", "InitiatingProcessFileName"}


def _plain(columns: Iterable[str]) -> dict[str, str]:
    """Field -> the column that holds it, without what a portal adds (`EventStartTime [UTC]`)."""
    return {_SUFFIX.sub("", column): column for column in columns}


def _in_json(source: Source) -> bool:
    return any(record.keys() >= _MARKS for record in source.records)


def _scan_json(source: Source, settings: ReadSettings) -> Part:
    rows = json_text.rows(source, json_text.texts(FIELDS))
    return _part(source.name, "asim json lines", rows, settings)


def _in_csv(source: Source) -> bool:
    is_json = source.opening.startswith(("{", "["))
    return not is_json and _plain(csv_text.header(source)[0]).keys() >= _MARKS


def _scan_csv(source: Source, settings: ReadSettings) -> Part:
    columns, separator = csv_text.header(source)
    if len(set(columns)) < len(columns):
        raise InputError(source.name, "line 1: two columns have the same name; remove one")
    rows = csv_text.rows(source, columns, separator)
    return _part(source.name, "asim csv", rows, settings)


def _in_parquet(source: Source) -> bool:
    if not source.head.startswith(PARQUET):
        return False
    try:
        return _plain(_parquet(source).collect_schema().names()).keys() >= _MARKS
    except (*DAMAGE, OSError):
        return False


def _scan_parquet(source: Source, settings: ReadSettings) -> Part:
    return _part(source.name, "asim parquet", Rows(_parquet(source)), settings)


def _parquet(source: Source) -> pl.LazyFrame:
    return pl.scan_parquet(source.content, hive_partitioning=False, glob=False)


def _part(name: str, shape: str, rows: Rows, settings: ReadSettings) -> Part:
    schema = rows.frame.collect_schema()
    places = _plain(schema.names())
    text = {
        field: _text(places[field], schema) if field in places else pl.lit(None, pl.String)
        for field in FIELDS
    }
    columns = _columns(text)
    line = [LINE] if LINE in schema else []
    table = Table(
        rows.frame.select(*line, **columns),
        {column: column for column in columns},
        guessed=frozenset(columns) - _CERTAIN,
        bad=rows.bad,
        zoneless_is_utc="[Local Time]" not in places["EventStartTime"],
        notes=rows.notes,
    )
    return to_part(name, shape, table, settings)


def _text(column: str, schema: pl.Schema) -> pl.Expr:
    """A column as text; empty is null, and typed times are ISO 8601."""
    value = pl.col(column)
    if isinstance(schema[column], pl.Datetime):
        utc = value.dt.cast_time_unit("ns")
        return utc.dt.strftime("%Y-%m-%dT%H:%M:%S%.9fZ")
    written = value.cast(pl.String, strict=False)
    return pl.when(written.str.strip_chars() != "").then(written)


def _columns(text: dict[str, pl.Expr]) -> dict[str, pl.Expr]:
    """Defender's columns, all text."""
    inbound = (text["NetworkDirection"].str.to_lowercase() == "inbound").fill_null(value=False)
    many = text["EventCount"].cast(pl.Float64, strict=False) > 1
    failed = text["EventResult"].str.to_lowercase() == "failure"
    outcome = (
        pl.when(failed).then(pl.lit("ConnectionFailed")).otherwise(pl.lit("ConnectionSuccess"))
    )
    own = ("SrcFQDN", "DvcFQDN", "SrcHostname", "DvcHostname", "SrcIpAddr")
    host = pl.coalesce(text[field] for field in own)
    parts = pl.concat_str(text["DstHostname"], text["DstDomain"], separator=".")
    program, user = text["SrcProcessName"], text["SrcUsername"]
    told = pl.struct(
        orig_bytes=_number(text["SrcBytes"]),
        resp_bytes=_number(text["DstBytes"]),
        uniqueEventsAggregated=pl.when(many).then(_number(text["EventCount"])),
    )
    said = pl.any_horizontal(text["SrcBytes"].is_not_null(), text["DstBytes"].is_not_null(), many)

    def end(usual: str, swapped: str) -> pl.Expr:
        return pl.when(inbound).then(text[swapped]).otherwise(text[usual])

    return {
        "Timestamp": text["EventStartTime"],
        "DeviceId": text["DvcId"],
        "DeviceName": pl.when(inbound)
        .then(pl.coalesce(text["DvcFQDN"], text["DvcHostname"], text["DstIpAddr"]))
        .otherwise(host),
        "ActionType": pl.when(many)
        .then(outcome + AGGREGATED)
        .when(inbound)
        .then(pl.lit("InboundConnectionAccepted"))
        .otherwise(outcome),
        "Protocol": text["NetworkProtocol"].str.to_titlecase(),
        "LocalIP": end("SrcIpAddr", "DstIpAddr"),
        "LocalPort": end("SrcPortNumber", "DstPortNumber"),
        "RemoteIP": end("DstIpAddr", "SrcIpAddr"),
        "RemotePort": end("DstPortNumber", "SrcPortNumber"),
        "RemoteUrl": pl.when(~inbound).then(pl.coalesce(text["DstFQDN"], parts, text["DstDomain"])),
        "InitiatingProcessFileName": program.str.extract(r"([^\\/]*)$").fill_null(""),
        "InitiatingProcessFolderPath": pl.when(program.str.contains(r"[\\/]")).then(program),
        "InitiatingProcessId": text["SrcProcessId"],
        "InitiatingProcessCommandLine": text["SrcProcessCommandLine"],
        "InitiatingProcessAccountDomain": user.str.extract(r"^([^\\]*)\\"),
        "InitiatingProcessAccountName": user.str.extract(r"([^\\]*)$"),
        "InitiatingProcessUniqueId": text["SrcProcessGuid"],
        "ReportId": text["EventOriginalUid"].str.extract(r"^(\d{1,18})$"),
        "AdditionalFields": pl.when(said).then(told.struct.json_encode()),
    }


def _number(text: pl.Expr) -> pl.Expr:
    return text.str.extract(r"^\s*(\d{1,18})(?:\.0*)?\s*$").cast(pl.Int64, strict=False)


SHAPES = (
    Shape("asim parquet", _in_parquet, _scan_parquet),
    Shape("asim json lines", _in_json, _scan_json),
    Shape("asim csv", _in_csv, _scan_csv),
)
