"""Requests that network inspection saw, joined to the connections they were made on.

Defender's `*ConnectionInspected` rows name no process (recorded in elastic/integrations,
m365_defender): the rule never keeps them. They share the two ends of a connection, and say the
server's name, the method and, where nothing was encrypted, the lengths of the bodies.
"""

import polars as pl

from beacon.context.fields import host, is_unnamed, length, text
from beacon.frames import known_sum

ACTIONS = ("HttpConnectionInspected", "SslConnectionInspected")
ENDS = ("LocalIP", "LocalPort", "RemoteIP", "RemotePort")
TOLERANCE = "10s"
"""An inspected row lies this near to its connection."""
_ROW = "beacon:row"


def gather(events: pl.LazyFrame, is_wanted: pl.Expr) -> pl.DataFrame:
    """The inspected requests with a wanted name, from the device outwards, by time.

    Args:
        events: columns of `schema.EVENTS`.
        is_wanted: a test of RemoteUrl, here of the name that the request asked for.

    Returns:
        host, `ENDS`, at, RemoteUrl (the name), method, sent, received, address.
    """
    method = text("method").str.to_uppercase().str.extract(r"^([A-Z]{3,16})$")
    # A proxy is asked for a name with CONNECT; `host` may be the proxy's own then.
    asked = pl.when(method == "CONNECT").then(text("uri"))
    nobody = pl.col("InitiatingProcessFileName").fill_null("") == ""
    outwards = text("direction").str.to_lowercase().fill_null("out") != "in"
    return (
        events.filter(pl.col("ActionType").is_in(ACTIONS), nobody, outwards)
        .select(
            *ENDS,
            host=host(),
            at="Timestamp",
            RemoteUrl=pl.coalesce(text("server_name"), asked, text("host")),
            method=method,
            sent=length("request_body_len"),
            received=length("response_body_len"),
            address="RemoteIP",
        )
        .filter(is_wanted)
        .drop_nulls(["host", *ENDS, "at", "RemoteUrl"])
        .sort("at")
        .collect(engine="streaming")
    )


def useful(requests: pl.DataFrame, some_unnamed: bool) -> pl.DataFrame:
    """The requests that can add something: names where some are missing, and lengths."""
    has_lengths = pl.any_horizontal(pl.col("sent", "received").is_not_null())
    return requests if some_unnamed else requests.filter(has_lengths)


def attach(rows: pl.LazyFrame, requests: pl.DataFrame) -> pl.LazyFrame:
    """Give connections the name and body lengths of the requests made on them.

    A request belongs to the connection with its ends that is nearest in time, so that no row is
    multiplied; lengths of several requests on one connection are added up.

    Args:
        rows: connections; text may be Categorical, and columns may be absent.
        requests: what `gather` gives.
    """
    schema = rows.collect_schema()
    if requests.is_empty() or not {*ENDS, "DeviceName"} <= schema.keys():
        return rows
    numbered = rows.with_row_index(_ROW)
    ends = ["host", *ENDS]
    somebody = pl.col("InitiatingProcessFileName").cast(pl.String).fill_null("") != ""
    connections = (
        numbered.filter(somebody)
        .select(
            _ROW,
            host().alias("host"),
            *(pl.col(end).cast(requests.schema[end]) for end in ENDS),
            connected="Timestamp",
        )
        .join(requests.lazy().select(ends).unique(), on=ends, how="semi")
        .sort("connected")
    )
    nearest = requests.lazy().join_asof(
        connections,
        left_on="at",
        right_on="connected",
        by=ends,
        strategy="nearest",
        tolerance=TOLERANCE,
        coalesce=False,
        check_sortedness=False,
    )
    apart = (pl.col("at") - pl.col("connected")).abs()
    of_row = (
        nearest.filter(pl.col(_ROW).is_not_null())
        .group_by(_ROW)
        .agg(
            name=pl.col("RemoteUrl").sort_by(apart).first(),
            method=pl.col("method").sort_by(apart).drop_nulls().first(),
            request_body_len=known_sum(pl.col("sent")),
            response_body_len=known_sum(pl.col("received")),
        )
    )
    joined = numbered.join(of_row, on=_ROW, how="left", maintain_order="left")
    return joined.with_columns(_named(schema), *_said(schema)).select(schema.names())


def _named(schema: pl.Schema) -> pl.Expr:
    name = pl.col("name").cast(schema["RemoteUrl"])
    return (
        pl.when(is_unnamed() & name.is_not_null())
        .then(name)
        .otherwise("RemoteUrl")
        .alias("RemoteUrl")
    )


def _said(schema: pl.Schema) -> list[pl.Expr]:
    """Method and lengths in `AdditionalFields`, under Defender's own keys, where that is empty."""
    if "AdditionalFields" not in schema:
        return []
    told = ("method", "request_body_len", "response_body_len")
    empty = pl.col("AdditionalFields").fill_null("").str.strip_chars().is_in(["", "{}"])
    some = pl.any_horizontal(pl.col(told).is_not_null())
    text = pl.struct(told).struct.json_encode()
    return [
        pl.when(empty & some).then(text).otherwise("AdditionalFields").alias("AdditionalFields")
    ]
