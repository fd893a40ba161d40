"""Who started the program that connects, two generations up, and the task that runs it."""

import polars as pl

from beacon.context.fields import host
from beacon.context.tasks import declared
from beacon.schema import KEY

_BORN = "1s"
"""Exports write the start of a process with 7 digits, with 3, or with none."""
_MOST_GRANDPARENTS = 20
LINEAGE: dict[str, pl.DataType] = {
    **dict.fromkeys(KEY, pl.String()),
    "parent_command_line": pl.String(),
    "grandparents": pl.List(pl.String()),
    "task": pl.String(),
    "task_period_seconds": pl.Float64(),
}
"""One row a channel: what `lineage` says of it."""


def nobody() -> pl.DataFrame:
    """No channel of which anything is known."""
    return pl.DataFrame(schema=LINEAGE)


def with_parents(rows: pl.DataFrame, starts: pl.LazyFrame | None) -> pl.DataFrame:
    """Fill the parent's command line from process starts, and add `grandparent`.

    Joined by device, process id and the second in which the parent started.

    Args:
        rows: connections; columns may be absent.
        starts: columns of `schema.CONTEXT["starts"]`.
    """
    line = "InitiatingProcessParentCommandLine"
    absent = pl.lit(None, pl.String)
    if line not in rows.columns:
        rows = rows.with_columns(absent.alias(line))
    parent = ("InitiatingProcessParentId", "InitiatingProcessParentCreationTime")
    if starts is None or not set(parent) <= set(rows.columns):
        return rows.with_columns(absent.alias("grandparent"))
    keys = ("host", "pid", "born")
    rows = rows.with_columns(
        host().alias("beacon:host"),
        pl.col(parent[0]).alias("beacon:pid"),
        pl.col(parent[1]).dt.truncate(_BORN).alias("beacon:born"),
    )
    own = [f"beacon:{key}" for key in keys]
    asked = rows.lazy().select(own).drop_nulls().unique()
    found = (
        starts.with_columns(pl.col("born").dt.truncate(_BORN))
        .join(asked, left_on=keys, right_on=own, how="semi")
        .group_by(keys)
        .agg(
            pl.col("line").filter(pl.col("line") != "").sort().first(),
            pl.col("parent").filter(pl.col("parent") != "").sort().first().alias("grandparent"),
        )
        .collect(engine="streaming")
    )
    joined = rows.join(found, left_on=own, right_on=keys, how="left", maintain_order="left")
    known = pl.when(pl.col(line).fill_null("") != "").then(line)
    return joined.with_columns(pl.coalesce(known, "line", line).alias(line)).drop(*own, "line")


def lineage(
    rows: pl.DataFrame, starts: pl.LazyFrame | None, tasks: pl.DataFrame | None
) -> pl.DataFrame:
    """What is known of each channel's parents and of its task, as `LINEAGE`.

    Args:
        rows: connections with `schema.KEY`; text may be Categorical.
        starts: as for `with_parents`.
        tasks: columns of `schema.CONTEXT["tasks"]`.
    """
    if (
        starts is None
        and tasks is None
        and "InitiatingProcessParentCommandLine" not in rows.columns
    ):
        return nobody()
    if "InitiatingProcessCommandLine" not in rows.columns:
        rows = rows.with_columns(InitiatingProcessCommandLine=pl.lit(None, pl.String))
    ways = (
        with_parents(rows, starts)
        .group_by(
            *KEY,
            line=pl.col("InitiatingProcessCommandLine").cast(pl.String),
            parent_command_line="InitiatingProcessParentCommandLine",
            grandparent=pl.col("grandparent").str.to_lowercase(),
        )
        .agg(rows=pl.len())
    )
    parents = (
        ways.filter(pl.col("parent_command_line") != "")
        .group_by(*KEY, "parent_command_line")
        .agg(pl.col("rows").sum())
        .sort("rows", "parent_command_line", descending=[True, False])
        .unique(KEY, keep="first", maintain_order=True)
        .drop("rows")
    )
    known = pl.col("grandparent").filter(pl.col("grandparent") != "").unique().sort()
    whole = ways.group_by(KEY).agg(grandparents=known.head(_MOST_GRANDPARENTS))
    found = whole.join(parents, on=KEY, how="left").join(declared(ways, tasks), on=KEY, how="left")
    return found.select(pl.col(name).cast(dtype) for name, dtype in LINEAGE.items())
