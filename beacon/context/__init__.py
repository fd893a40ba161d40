"""What stands beside connections: requests, DNS answers, process starts, tasks, scripts.

`gather` reads of it what the rule's rows may need; `attach` and `lineage` join it to them. A join
never adds or removes a row, and never overwrites what a connection says itself.
"""

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from beacon.context import inspected, lookups, scripts
from beacon.context.fields import is_unnamed, plain_address
from beacon.context.lineage import lineage, with_parents

__all__ = ["Context", "attach", "gather", "lineage", "may_be_named", "with_parents"]


class Context(NamedTuple):
    """What may say more of the rows that a rule keeps.

    Attributes:
        requests: inspected requests, see `inspected.gather`.
        answers: DNS answers, see `lookups.gather`.
        starts: process starts, as `schema.CONTEXT`; None where the export has none.
        tasks: scheduled tasks, likewise.
        scripts: the text that processes ran, likewise.
    """

    requests: pl.DataFrame | None = None
    answers: pl.DataFrame | None = None
    starts: pl.LazyFrame | None = None
    tasks: pl.DataFrame | None = None
    scripts: pl.DataFrame | None = None


def gather(
    events: pl.LazyFrame,
    beside: Callable[[str], pl.LazyFrame | None],
    is_wanted: pl.Expr,
    *,
    has_inspected: bool,
) -> Context:
    """Read what may say more of the rows that a rule keeps.

    Args:
        events: the export.
        beside: what the export says of a kind of `schema.CONTEXT`.
        is_wanted: the rule's test of RemoteUrl; names that do not pass it are of no use.
        has_inspected: whether the export has inspected rows at all.
    """
    tasks, texts, answers = beside("tasks"), beside("scripts"), [beside("lookups")]
    if has_inspected:
        answers.append(lookups.on_the_wire(events))
    given = [frame for frame in answers if frame is not None]
    return Context(
        requests=inspected.gather(events, is_wanted) if has_inspected else None,
        answers=lookups.gather(pl.concat(given), is_wanted) if given else None,
        starts=beside("starts"),
        tasks=None if tasks is None else tasks.collect(),
        scripts=None if texts is None else texts.unique(["host", "pid"], keep="first").collect(),
    )


def may_be_named(context: Context) -> pl.Expr | None:
    """Whether a row has no name, and an address that something may name; None: nothing may."""
    found = [frame for frame in (context.requests, context.answers) if frame is not None]
    if not any(frame.height for frame in found):
        return None
    known = pl.concat([frame.select(plain_address(pl.col("address"))) for frame in found])
    addresses = known["address"].unique().implode()
    return is_unnamed() & plain_address(pl.col("RemoteIP")).is_in(addresses)


def attach(rows: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, int]:
    """Give connections the names, lengths and script text that stand beside them.

    Returns:
        The same rows in the same order, and how many of them were named.
    """
    if context.requests is None and context.answers is None and context.scripts is None:
        return rows, 0
    joined, unnamed = rows.lazy(), _unnamed(rows)
    if context.requests is not None:
        joined = inspected.attach(joined, inspected.useful(context.requests, unnamed > 0))
    if context.answers is not None and unnamed:
        joined = lookups.attach(joined, context.answers)
    if context.scripts is not None:
        joined = scripts.attach(joined, context.scripts)
    found = joined.collect()
    return found, unnamed - _unnamed(found)


def _unnamed(rows: pl.DataFrame) -> int:
    return int(rows.select(is_unnamed().sum()).item())
