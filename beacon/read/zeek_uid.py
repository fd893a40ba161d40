"""A connection that several Zeek logs tell of is one event, joined by its `uid`.

conn has the bytes and the duration, ssl the name of the server, http each request, dns each
lookup (Zeek manual, "Zeek Logs": `uid` is the same in all). So a row of conn takes the name from
ssl, and that row of ssl goes; where http or dns tell more exactly what happened, the row of conn
goes instead.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from beacon.read.part import Part

_UID = pl.col("AdditionalFields").str.extract(r'^\{"uid":"([^"\\]+)"')
_ID = pl.when(_UID.is_not_null()).then(_UID.hash(seed=0)).alias("id")
"""64 bits for each connection; `uid` is the first detail that the reader writes."""


def join(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts, with the rows of Zeek's logs joined where conn and another log are among them."""
    logs = {log: [p for p in parts if _log(p) == log] for log in ("conn", "ssl", "http", "dns")}
    others = [*logs["ssl"], *logs["http"], *logs["dns"]]
    if not logs["conn"] or not others:
        return tuple(parts)
    names = (
        _rows(logs["ssl"])
        .group_by("id")
        .agg(pl.col("RemoteUrl").filter(pl.col("RemoteUrl") != "").min())
        .collect()
    )
    exact = _rows([*logs["http"], *logs["dns"]]).select("id").unique().collect()
    connected = _rows(logs["conn"]).select("id").unique().collect()
    told = exact.join(names, on="id", how="anti")
    return tuple(
        _named(part, names, told)
        if _log(part) == "conn"
        else _beside(part, connected)
        if _log(part) == "ssl"
        else part
        for part in parts
    )


def _log(part: Part) -> str | None:
    words = part.shape.split()
    return words[1] if words[0] == "zeek" else None


def _rows(parts: Sequence[Part]) -> pl.LazyFrame:
    """`id` and name of each row that has a `uid`."""
    schema = {"id": pl.UInt64, "RemoteUrl": pl.String}
    frames = [part.events.select(_ID, "RemoteUrl") for part in parts]
    rows = pl.concat(frames) if frames else pl.LazyFrame(schema=schema)
    return rows.filter(pl.col("id").is_not_null())


def _named(part: Part, names: pl.DataFrame, told: pl.DataFrame) -> Part:
    """Rows of conn with the names of ssl, without those that http or dns tell better."""
    order = part.events.collect_schema().names()
    events = (
        part.events.drop("RemoteUrl")
        .with_columns(_ID)
        .join(told.lazy(), on="id", how="anti", maintain_order="left")
        .join(names.lazy(), on="id", how="left", maintain_order="left")
        .select(order)
    )
    note = "named by the ssl log, and left to the http and dns logs, where uid is the same"
    return replace(
        part, events=events, columns=part.columns | {"RemoteUrl"}, notes=(*part.notes, note)
    )


def _beside(part: Part, connected: pl.DataFrame) -> Part:
    """Rows of ssl whose connection is in no conn log."""
    events = (
        part.events.with_columns(_ID)
        .join(connected.lazy(), on="id", how="anti", maintain_order="left")
        .drop("id")
    )
    note = "rows whose uid the conn log has are counted there, with its bytes"
    return replace(part, events=events, notes=(*part.notes, note))
