"""How many hosts do the same: prevalence over the export, and the service behind a domain."""

from collections.abc import Mapping

import polars as pl


def name_service(channels: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:
    """Add `service` (the shortest matching term) and `service_kind` (of the longest, the closest).

    Args:
        channels: one row a channel, with `matched_domains`.
        kinds: service term -> kind.
    """
    by_length = pl.col("matched_domains").list.eval(
        pl.element().sort_by(pl.element().str.len_bytes(), pl.element())
    )
    return channels.with_columns(matched_domains=by_length).with_columns(
        service=pl.col("matched_domains").list.first().fill_null(""),
        service_kind=pl.col("matched_domains")
        .list.last()
        .replace_strict(dict(kinds), default="", return_dtype=pl.String)
        .fill_null(""),
    )


def count_prevalence(channels: pl.DataFrame, fleet_hosts: int) -> pl.DataFrame:
    """Add `prevalence_hosts`: hosts with the same (process, parent, service), and `fleet_hosts`.

    A channel with several parents gets its rarest one: an implant under a common program must not
    borrow its prevalence. A domain that is no listed service stands for itself.
    """
    named = channels.with_columns(
        parent=pl.when(pl.col("parents").list.len() > 0)
        .then(pl.col("parents"))
        .otherwise(pl.lit([""])),
        place=pl.when(pl.col("service") != "").then("service").otherwise("domain"),
    ).explode("parent")
    same = ["process", "parent", "place"]
    hosts = named.group_by(same).agg(prevalence_hosts=pl.col("host").n_unique().cast(pl.Int64))
    key = ["host", "process", "domain"]
    rarest = named.join(hosts, on=same).group_by(key).agg(pl.col("prevalence_hosts").min())
    return channels.join(rarest, on=key, how="left", maintain_order="left").with_columns(
        fleet_hosts=pl.lit(fleet_hosts, dtype=pl.Int64)
    )
