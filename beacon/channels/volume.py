"""Bytes each way, where a source counts them (Zeek, and Defender's inspected requests)."""

import polars as pl

from beacon.frames import Codes

_CLEARLY = 10
"""How many times more must come down than go up before a connection speaks for reading only.

A TLS handshake alone brings about seven times what it sends (recorded: 692 up, 4,861 down).
"""
_FIELDS = ("orig_bytes", "resp_bytes", "request_body_len", "response_body_len")
_MARK = f'"(?:{"|".join(_FIELDS)})"'


def volume(notes: pl.Series | None, owner: Codes, size: int) -> pl.DataFrame:
    """Content that went up and down in each channel.

    Bodies of requests (`request_body_len`) are content. A connection's bytes (`orig_bytes`,
    `resp_bytes`) hold handshake, request and headers as well, which go up even where one only
    reads: of them, only what goes up beyond what comes down counts as sent, and what comes down
    counts only if it is ten times what goes up. Connections that nobody answered count as nothing.

    Args:
        notes: AdditionalFields of the rows; None where the source has none.
        owner: the channel of each row, 0 to size - 1.
        size: how many channels there are.

    Returns:
        One row a channel: `sent_bytes` and `received_bytes`, null where no row counts any.
    """
    counted = None if notes is None else notes.str.contains(_MARK)
    if counted is None or not counted.any():
        return pl.DataFrame(
            {name: [None] * size for name in ("sent_bytes", "received_bytes")},
            schema_overrides={"sent_bytes": pl.Int64, "received_bytes": pl.Int64},
        )
    sums = (
        pl.DataFrame({"channel": owner, "notes": notes})
        .filter(counted)
        .group_by("channel")
        .agg(*(_sum(field) for field in _FIELDS))
    )
    up, down, asked, answered = map(pl.col, _FIELDS)
    beyond = pl.when(down > 0).then((up.fill_null(0) - down).clip(0))
    fetched = pl.when(down >= _CLEARLY * up.fill_null(0), down > 0).then(down)
    channels = pl.DataFrame({"channel": pl.arange(size, dtype=pl.Int64, eager=True)})
    return channels.join(sums, on="channel", how="left", maintain_order="left").select(
        sent_bytes=pl.coalesce(asked + beyond, asked, beyond),
        received_bytes=pl.coalesce(answered + fetched, answered, fetched),
    )


def _sum(field: str) -> pl.Expr:
    """The field's sum over rows; null where none has it."""
    value = pl.col("notes").str.extract(rf'"{field}"\s*:\s*"?(\d{{1,18}})').cast(pl.Int64)
    return pl.when(value.count() > 0).then(value.sum()).alias(field)
