"""What the joins read of a row: fields of its JSON text, its address, whether it has a name.

The text is not parsed: one that is no JSON says nothing. Inside valid JSON a quote is escaped, so
that no value can pass for a key.
"""

import polars as pl

_SAID = pl.col("AdditionalFields")
_MOST_BYTES = 10**15


def text(key: str) -> pl.Expr:
    """A plain text value of `AdditionalFields`; null where there is none."""
    return _SAID.str.extract(rf'"{key}"\s*:\s*"([^"\\]{{1,255}})"')


def length(key: str) -> pl.Expr:
    """A number of bytes in `AdditionalFields`, quoted or not; null where there is none."""
    digits = _SAID.str.extract(rf'"{key}"\s*:\s*"?(\d{{1,18}})["\s,}}]')
    return digits.cast(pl.Int64, strict=False).clip(upper_bound=_MOST_BYTES)


def plain_address(address: pl.Expr) -> pl.Expr:
    """An address as two sources agree on it: lower case, IPv4 without its IPv6 wrapping."""
    return address.cast(pl.String).str.to_lowercase().str.strip_prefix("::ffff:")


def is_unnamed() -> pl.Expr:
    """Whether a connection has no RemoteUrl."""
    return pl.col("RemoteUrl").cast(pl.String).fill_null("") == ""


def host() -> pl.Expr:
    """The device, in lower case."""
    return pl.col("DeviceName").cast(pl.String).str.to_lowercase()
