"""What the texts of a channel's rows say, worked out once a distinct combination of them."""

from collections.abc import Collection

import polars as pl

from beacon.schema import AGGREGATED

INBOUND = (
    "InboundConnectionAccepted",
    "InboundInternetScanInspected",
    "ListeningConnectionCreated",
)
_LONGEST_LIST = 20
_HAS_PATH = r"^(?:[A-Za-z]+://)?[^/]+/[^/]"
_NONE = pl.lit([], pl.List(pl.String))
_LINE = pl.col("InitiatingProcessCommandLine")


def is_aggregated() -> pl.Expr:
    """An hourly report that stands for many connections (Microsoft Learn, Aggregated reporting)."""
    return pl.col("ActionType").fill_null("").str.ends_with(AGGREGATED)


def on_timeline() -> pl.Expr:
    """An outbound connection at an exact time; unknown action types count as such."""
    inbound = pl.col("ActionType").fill_null("").is_in(INBOUND)
    return ~is_aggregated() & ~inbound


def describe(texts: pl.DataFrame, provided: Collection[str]) -> pl.DataFrame:
    """One row a channel, in order: its flags, its lists, and the line that speaks for it.

    Args:
        texts: distinct combinations, each with its `channel`, the rule's columns and the `rows`
            that have it.
        provided: columns that the source has; the others need no look.
    """
    lists = {expr.meta.output_name(): expr for expr in LISTS}
    told = [name for name, expr in lists.items() if set(expr.meta.root_names()) <= set(provided)]
    lines = (
        texts.filter(_LINE != "")
        .group_by("channel", command_line=_LINE)
        .agg(pl.col("rows").sum())
        .sort("rows", "command_line", descending=[True, False])
        .unique("channel", keep="first", maintain_order=True)
        .drop("rows")
    )
    domains = (
        texts.select("channel", "matched_domains")
        .explode("matched_domains")
        .drop_nulls()
        .unique()
        .group_by("channel")
        .agg(pl.col("matched_domains").sort())
    )
    return (
        texts.group_by("channel")
        .agg(
            pl.col("matched_process").first(),
            pl.col("IsEncodedCmd").any().alias("is_encoded_cmd"),
            pl.col("IsScheduledOrService").any().alias("is_scheduled_or_service"),
            pl.col("IsScriptingHost").any().alias("is_scripting_host"),
            pl.col("SuspiciousParent").any().alias("suspicious_parent"),
            *(lists[name] for name in told),
        )
        .join(lines, on="channel", how="left")
        .join(domains, on="channel", how="left")
        .with_columns(pl.col("matched_domains").fill_null(_NONE))
        .with_columns(
            pl.lit([], pl.List(pl.String)).alias(name) for name in lists if name not in told
        )
        .sort("channel")
        .drop("channel")
    )


def _distinct(column: pl.Expr) -> pl.Expr:
    return column.filter(column != "").unique().sort().head(_LONGEST_LIST)


LISTS = (
    _distinct(pl.col("InitiatingProcessAccountName")).alias("accounts"),
    _distinct(pl.col("InitiatingProcessParentFileName").str.to_lowercase()).alias("parents"),
    _distinct(pl.col("InitiatingProcessAccountDomain").str.to_lowercase()).alias("account_domains"),
    _distinct(pl.col("InitiatingProcessFolderPath").str.to_lowercase()).alias("paths"),
    _distinct(pl.col("InitiatingProcessIntegrityLevel").str.to_lowercase()).alias(
        "integrity_levels"
    ),
    _distinct(pl.col("InitiatingProcessVersionInfoOriginalFileName").str.to_lowercase()).alias(
        "original_names"
    ),
    _distinct(_LINE).alias("command_lines"),
    _distinct(pl.col("RemoteUrl").filter(pl.col("RemoteUrl").str.contains(_HAS_PATH))).alias(
        "urls"
    ),
)
"""The distinct values of a column, as a sorted list."""
