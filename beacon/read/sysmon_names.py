"""The domain of a Sysmon connection (event 3), from the DNS lookups of its process (event 22)."""

from ipaddress import IPv6Address, ip_address
from typing import Literal

import polars as pl

AFTER_LOOKUP = "1h"
"""A connection may use a name this long after its lookup: a cached answer's life, generously."""
BEFORE_LOOKUP = "5s"
"""A lookup may be logged this long after the connection."""

NO_PROCESS = "00000000-0000-0000-0000-000000000000"
"""The ProcessGuid of an unknown process, which joins nothing."""


def with_domain(connection: pl.DataFrame, lookup: pl.DataFrame) -> pl.DataFrame:
    """Give each connection the name whose lookup, in the same process, is nearest in time.

    Args:
        connection: events 3 with `guid`, `at` and `DestinationIp`.
        lookup: events 22 with `guid`, `at`, `QueryName` and `QueryResults`, which lists addresses
            and the aliases on the way (`type:  5 github.map.fastly.net;::ffff:151.101.208.133;`).

    Returns:
        The connections by time with a column `domain`, empty where no lookup fits.
    """
    answers = (
        lookup.filter(pl.col("guid") != NO_PROCESS)
        .select(
            "guid", name="QueryName", address=pl.col("QueryResults").str.split(";"), looked_up="at"
        )
        .explode("address")
        .with_columns(_normal_address("address"))
        .filter(pl.col("address") != "", pl.col("looked_up").is_not_null())
        .sort("looked_up")
    )
    named = connection.with_columns(address=_normal_address("DestinationIp")).sort("at")

    def nearest(strategy: Literal["backward", "forward"], tolerance: str) -> pl.DataFrame:
        return named.join_asof(
            answers,
            left_on="at",
            right_on="looked_up",
            by=["guid", "address"],
            strategy=strategy,
            tolerance=tolerance,
            coalesce=False,
            check_sortedness=False,
        ).select("name", gap=(pl.col("at") - pl.col("looked_up")).abs())

    before, after = nearest("backward", AFTER_LOOKUP), nearest("forward", BEFORE_LOOKUP)
    is_after = (after["gap"] < before["gap"]).fill_null(before["gap"].is_null())
    domain = after["name"].zip_with(is_after, before["name"])
    return named.with_columns(domain.fill_null("").alias("domain"))


def _normal_address(column: str) -> pl.Expr:
    """Addresses as Python spells them, so that both events agree; '' for anything else."""
    return pl.col(column).map_batches(_normal_addresses, return_dtype=pl.String).alias("address")


def _normal_addresses(texts: pl.Series) -> pl.Series:
    known = {text: _address(text) for text in texts.unique().drop_nulls()}
    return texts.replace_strict(known, default="", return_dtype=pl.String)


def _address(text: str) -> str:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return ""  # a CNAME ('type:  5 github.map.fastly.net') or a failed lookup ('-')
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
