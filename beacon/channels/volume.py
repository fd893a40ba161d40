"""Bytes each way, where a source counts them (Zeek, and Defender's inspected requests)."""

import polars as pl

from beacon.frames import Codes, known_sum
from beacon.schema import LONG_CONNECTION_SECONDS

_HEAD_BYTES = 4_096
"""What a connection may send up before it counts as content: handshake, request line, headers.

A resumed TLS session brings no certificate down, so a mere read may send more than it gets.
"""
_CLEARLY = 10
"""How many times more must come down than go up before a connection speaks for reading only.

A TLS handshake alone brings about seven times what it sends (recorded: 692 up, 4,861 down).
"""
_FIELDS = ("orig_bytes", "resp_bytes", "request_body_len", "response_body_len")
_MARK = f'"(?:{"|".join((*_FIELDS, "duration"))})"'
_COLUMNS = ("sent_bytes", "received_bytes", "long_connections")


def volume(notes: pl.Series | None, owner: Codes, size: int) -> pl.DataFrame:
    """Content that went up and down in each channel, and connections that outlast polls.

    Bodies of requests (`request_body_len`) are content. A connection's bytes (`orig_bytes`,
    `resp_bytes`) hold handshake, request and headers as well, which go up even where one only
    reads: of each, only what goes up beyond `_HEAD_BYTES` and what comes down counts as sent; what
    comes down in all counts only if it is ten times what goes up. Connections that nobody answered
    count as nothing.

    Args:
        notes: AdditionalFields of the rows; None where the source has none.
        owner: the channel of each row, 0 to size - 1.
        size: how many channels there are.

    Returns:
        One row a channel: `sent_bytes` and `received_bytes`, null where no row counts any, and
        `long_connections`, null where no row tells a duration.
    """
    counted = None if notes is None else notes.str.contains(_MARK)
    if counted is None or not counted.any():
        return pl.DataFrame({name: pl.Series([None] * size, dtype=pl.Int64) for name in _COLUMNS})
    up, down, asked, answered = (_number(field) for field in _FIELDS)
    met = pl.when(down > 0)
    sums = (
        pl.DataFrame({"channel": owner, "notes": notes})
        .filter(counted)
        .group_by("channel")
        .agg(
            up=known_sum(up),
            down=known_sum(down),
            beyond=known_sum(met.then((up.fill_null(0) - down - _HEAD_BYTES).clip(0))),
            asked=known_sum(asked),
            answered=known_sum(answered),
            long_connections=known_sum(
                (_number("duration") >= LONG_CONNECTION_SECONDS).cast(pl.Int64)
            ),
        )
    )
    up, down, beyond, asked, answered = map(pl.col, ("up", "down", "beyond", "asked", "answered"))
    fetched = pl.when(down >= _CLEARLY * up.fill_null(0), down > 0).then(down)
    channels = pl.DataFrame({"channel": pl.arange(size, dtype=pl.Int64, eager=True)})
    return channels.join(sums, on="channel", how="left", maintain_order="left").select(
        pl.coalesce(asked + beyond, asked, beyond).alias("sent_bytes"),
        pl.coalesce(answered + fetched, answered, fetched).alias("received_bytes"),
        "long_connections",
    )


def _number(field: str) -> pl.Expr:
    """Whole part of the field's value in a row's notes."""
    return (
        pl.col("notes").str.extract(rf'"{field}"\s*:\s*"?(\d{{1,18}})').cast(pl.Int64, strict=False)
    )
