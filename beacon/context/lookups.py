"""Names for connections that have an address alone, from the DNS answers that gave it.

DeviceEvents' DnsQueryResponse rows know the process that asked. Network inspection
(DnsConnectionInspected) sees the query on the wire and no process: its answers count only for
connections of the device right after them.
"""

import polars as pl

from beacon.context.fields import host, is_unnamed, plain_address, text
from beacon.schema import CONTEXT

BEFORE, AFTER = "1h", "5s"
"""An answer names connections of its process this long, and may be logged so much after one."""
ON_THE_WIRE = "10s"
"""An answer without a process names connections this long."""
_ADDRESS = r"[0-9A-Fa-f]*[:.][0-9A-Fa-f:.]+"


def on_the_wire(events: pl.LazyFrame) -> pl.LazyFrame:
    """What DnsConnectionInspected rows answered, as `schema.CONTEXT["lookups"]` without a pid."""
    answers = pl.col("AdditionalFields").str.extract(r'"answers"\s*:\s*"?\[([^\]]*)\]')
    nobody = pl.col("InitiatingProcessFileName").fill_null("") == ""
    return (
        events.filter(pl.col("ActionType") == "DnsConnectionInspected", nobody)
        .select(
            host=host(),
            pid=pl.lit(None, pl.Int64),
            at="Timestamp",
            name=text("query"),
            address=answers.str.extract_all(_ADDRESS),
        )
        .explode("address")
        .drop_nulls(["name", "address"])
    )


def gather(answers: pl.LazyFrame, is_wanted: pl.Expr) -> pl.DataFrame:
    """Every answer with an address that a wanted name was given as well, by time.

    Args:
        answers: columns of `schema.CONTEXT["lookups"]`.
        is_wanted: a test of RemoteUrl, here of the name asked for.
    """
    plain = answers.select(list(CONTEXT["lookups"])).with_columns(plain_address(pl.col("address")))
    wanted = plain.select("address", RemoteUrl="name").filter(is_wanted).select("address").unique()
    found = plain.join(wanted, on="address", how="semi").drop_nulls(["host", "at"])
    return found.sort("at").collect(engine="streaming")


def attach(rows: pl.LazyFrame, answers: pl.DataFrame) -> pl.LazyFrame:
    """Name the connections that have no name by the last answer before them.

    Args:
        rows: connections; text may be Categorical, and columns may be absent.
        answers: what `gather` gives.
    """
    schema = rows.collect_schema()
    if answers.is_empty() or not {"DeviceName", "RemoteIP"} <= schema.keys():
        return rows
    row = "beacon:row"
    numbered = rows.with_row_index(row)
    pid = pl.col("InitiatingProcessId") if "InitiatingProcessId" in schema else pl.lit(None)
    unnamed = numbered.filter(is_unnamed()).select(
        row,
        host=host(),
        pid=pid.cast(pl.Int64),
        connected="Timestamp",
        address=plain_address(pl.col("RemoteIP")),
    )
    by_process = answers.lazy().filter(pl.col("pid").is_not_null())
    on_wire = answers.lazy().filter(pl.col("pid").is_null()).drop("pid")
    later = by_process.with_columns(pl.col("at").dt.offset_by(f"-{AFTER}"))
    named = _last(unnamed, later, ["host", "pid", "address"], BEFORE).rename({"name": "own"})
    named = _last(named, on_wire, ["host", "address"], ON_THE_WIRE)
    names = named.select(row, name=pl.coalesce("own", "name").cast(schema["RemoteUrl"]))
    joined = numbered.join(names, on=row, how="left", maintain_order="left")
    name = pl.when(is_unnamed() & pl.col("name").is_not_null()).then("name").otherwise("RemoteUrl")
    return joined.with_columns(RemoteUrl=name).select(schema.names())


def _last(rows: pl.LazyFrame, answers: pl.LazyFrame, by: list[str], within: str) -> pl.LazyFrame:
    return (
        rows.sort("connected")
        .join_asof(
            answers.select(*by, "at", "name"),
            left_on="connected",
            right_on="at",
            by=by,
            tolerance=within,
            coalesce=False,
            check_sortedness=False,
        )
        .drop("at")
    )
