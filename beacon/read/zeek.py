"""Zeek's conn, ssl, http and dns logs, as text or JSON lines: the network's view, no process.

`DeviceName` is the address that asked and `InitiatingProcessFileName` is empty. Bytes and methods
go to `AdditionalFields` under Zeek's names, those of Defender's `*ConnectionInspected` rows too.
A lookup (dns) is no connection: its `RemoteIP`, the resolver's, is left out. Source: Zeek manual,
"Zeek Logs".
"""

from collections.abc import Collection

import polars as pl

from beacon.errors import InputError
from beacon.read import json_text, zeek_tsv
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.read.table import LINE, Rows, Table, to_part
from beacon.schema import LONG_CONNECTION_SECONDS
from beacon.settings import ReadSettings

MARKS = {
    "conn": "conn_state",
    "ssl": "established",
    "http": "request_body_len",
    "dns": "trans_id",
}
"""Log -> a field that this log alone has."""
DETAILS = {
    "conn": ("uid", "service", "conn_state", "duration", "orig_bytes", "resp_bytes"),
    "ssl": ("uid", "version", "server_name"),
    "http": ("uid", "method", "status_code", "user_agent", "request_body_len", "response_body_len"),
    "dns": ("uid", "query", "qtype_name", "rcode_name"),
}
"""Log -> what `AdditionalFields` keeps of it, `uid` first: `zeek_uid` reads it."""
ENDS = ("ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p")
OTHERS = ("proto", "local_orig", "local_resp", "host", "uri")
FIELDS = tuple(dict.fromkeys((*ENDS, *OTHERS, *(f for fs in DETAILS.values() for f in fs))))
_FAILED = ("S0", "REJ", "RSTOS0", "SH")
_FEWEST_MILLISECONDS = 1e11  # as seconds this would be the year 5138


def _scan_tsv(source: Source, settings: ReadSettings) -> Part:
    top = zeek_tsv.header(source)
    log = _log(source, top.fields)
    return _part(source, f"zeek {log} tsv", log, zeek_tsv.rows(source, top, FIELDS), settings)


def _scan_json(source: Source, settings: ReadSettings) -> Part:
    log = _log(source, {key for record in source.records for key in record})
    rows = json_text.rows(source, json_text.texts(FIELDS))
    return _part(source, f"zeek {log} json", log, rows, settings)


def _is_json(source: Source) -> bool:
    return any(record.keys() >= {"ts", "id.orig_h"} for record in source.records)


def _log(source: Source, fields: Collection[str]) -> str:
    """Which of the four logs it is.

    Raises:
        InputError: none of them, or without the columns that name the two ends.
    """
    log = next((name for name, mark in MARKS.items() if mark in fields), None)
    missing = [field for field in ENDS if field not in fields]
    if log is None:
        raise InputError(
            source.name,
            f"a Zeek log, but none of {', '.join(MARKS)}: it has none of the fields "
            f"{', '.join(MARKS.values())}; pass one of these logs with its default fields",
        )
    if missing:
        raise InputError(
            source.name,
            f"a Zeek {log} log without {', '.join(missing)}; export the default fields",
        )
    return log


def _part(source: Source, shape: str, log: str, rows: Rows, settings: ReadSettings) -> Part:
    # A peer outside that connects to a local service is no device that polls.
    accepted = (_is_true("local_resp") & ~_is_true("local_orig")).fill_null(value=False)
    nameless = pl.col("query").fill_null("") == "" if log == "dns" else pl.lit(value=False)
    aside = accepted | nameless
    seconds = pl.col("duration").cast(pl.Float64, strict=False)
    facts = rows.frame.select(
        accepted=accepted.sum(),
        nameless=(nameless & ~accepted).sum(),
        long=(seconds >= LONG_CONNECTION_SECONDS).sum(),
        longest=seconds.max(),
    )
    seen = facts.collect(engine="streaming").row(0, named=True)
    columns = _columns(log)
    table = Table(
        rows.frame.filter(~aside).select(LINE, **columns),
        {name: name for name in columns},
        guessed=frozenset({"Protocol", "LocalPort", "RemotePort"}),
        bad=rows.bad,
        set_aside=seen["accepted"] + seen["nameless"],
        notes=(*rows.notes, *_notes(log, **seen)),
    )
    return to_part(source.name, shape, table, settings)


def _columns(log: str) -> dict[str, pl.Expr]:
    """Defender's columns, all text."""
    state = pl.col("conn_state").is_in(_FAILED).fill_null(value=False)
    inspected = {name: f"{name.title()}ConnectionInspected" for name in MARKS}
    host, uri = pl.col("host"), pl.col("uri").fill_null("")
    is_whole = uri.str.contains("^[A-Za-z]+://")  # as a proxy is asked
    url = {
        "ssl": pl.col("server_name"),
        "http": pl.when(is_whole | (pl.col("method") == "CONNECT"))
        .then(uri)
        .otherwise(pl.format("http://{}{}", host, uri)),
        "dns": pl.col("query"),
    }
    columns = {
        "Timestamp": _time(pl.col("ts")),
        "DeviceName": pl.col("id.orig_h"),
        "ActionType": pl.lit(inspected[log])
        if log != "conn"
        else pl.when(state).then(pl.lit("ConnectionFailed")).otherwise(pl.lit("ConnectionSuccess")),
        "Protocol": pl.col("proto")
        .fill_null("tcp" if log in ("ssl", "http") else "")
        .str.to_titlecase(),
        "LocalIP": pl.col("id.orig_h"),
        "LocalPort": pl.col("id.orig_p"),
        "RemoteIP": pl.col("id.resp_h"),
        "RemotePort": pl.col("id.resp_p"),
        "RemoteUrl": url.get(log, pl.lit(None, pl.String)),
        "InitiatingProcessFileName": pl.lit(""),
        "AdditionalFields": pl.struct(DETAILS[log]).struct.json_encode(),
    }
    absent = {"conn": ("RemoteUrl",), "dns": ("RemoteIP",)}.get(log, ())
    return {name: value for name, value in columns.items() if name not in absent}


def _time(text: pl.Expr) -> pl.Expr:
    """Zeek's seconds since 1970, or milliseconds, as ISO 8601 with all their digits."""
    is_number = text.str.contains(r"^\d+(?:\.\d+)?$")
    whole = text.str.extract(r"^(\d+)").cast(pl.Int64, strict=False)
    is_milli = whole >= int(_FEWEST_MILLISECONDS)
    seconds = pl.when(is_milli).then(whole // 1000).otherwise(whole)
    milli = (whole % 1000).cast(pl.String).str.zfill(3)
    fraction = pl.when(is_milli).then(milli).otherwise(text.str.extract(r"\.(\d{1,9})"))
    stamp = pl.from_epoch(pl.when(seconds < 9_000_000_000).then(seconds), time_unit="s")
    iso = pl.format("{}.{}Z", stamp.dt.strftime("%Y-%m-%dT%H:%M:%S"), fraction.fill_null("0"))
    return pl.when(is_number).then(pl.coalesce(iso, text)).otherwise(text)


def _is_true(field: str) -> pl.Expr:
    return pl.col(field).is_in(["T", "true"])


def _notes(
    log: str, *, accepted: int, nameless: int, long: int, longest: float | None
) -> list[str]:
    notes = ["Zeek knows no process: channels are a device and a domain or address (--match any)"]
    if log == "dns":
        notes.append("a lookup is no connection: polls that a cache answers are not visible")
    if nameless:
        notes.append(f"left aside, lookups without a name: {nameless:,}")
    if accepted:
        notes.append(f"left aside, accepted from outside (local_orig is false): {accepted:,}")
    if long:
        notes.append(
            f"connections of {LONG_CONNECTION_SECONDS:.0f} s or more: {long:,}, the longest "
            f"{longest or 0.0:,.0f} s; polls inside them are not visible"
        )
    return notes


SHAPES = (Shape("zeek tsv", zeek_tsv.is_tsv, _scan_tsv), Shape("zeek json", _is_json, _scan_json))
