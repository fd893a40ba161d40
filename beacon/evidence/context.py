"""What else happens on the host: the same act is ordinary on one machine and odd on another."""

import polars as pl

from beacon.evidence.benign import EDITORS, JOBS, WORKSHOP
from beacon.evidence.command import ROUTINE
from beacon.evidence.term import Term, any_in, ramp
from beacon.schema import KEY

_WORK = (
    any_in("parents", (*EDITORS, *JOBS))
    | pl.col("text").str.contains(WORKSHOP)
    | pl.col("text").str.contains(ROUTINE)
).fill_null(value=False)


def count_development(channels: pl.DataFrame) -> pl.DataFrame:
    """Add `development_here`: other channels of the host that look like a developer's or a build's.

    Args:
        channels: one row a channel, with `parents` and `text`; a channel's strands are one.
    """
    whole = channels.select(*KEY, work=_WORK).group_by(KEY).agg(pl.col("work").any())
    here = whole.group_by("host").agg(pl.col("work").sum().cast(pl.Int64).alias("of_host"))
    both = whole.join(here, on="host").select(
        *KEY, development_here=pl.col("of_host") - pl.col("work").cast(pl.Int64)
    )
    channels = channels.drop("development_here", strict=False)
    return channels.join(both, on=KEY, how="left", maintain_order="left")


TERMS = (
    Term(
        "no developer's machine",
        "Does a person work here, and nobody develop or build?",
        strength=pl.when(pl.col("host_attended").is_not_null()).then(
            ramp(-pl.col("development_here"), -3.0, 0.0) * pl.col("host_attended")
        ),
        value=pl.format("{} other channels of this host look like development", "development_here"),
        sign=1,
        bound=2.0,
    ),
)
