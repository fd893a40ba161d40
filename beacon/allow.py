"""What a team has decided not to look at, and until when: hidden from the list, never from the run.

An entry (`settings.AllowEntry`) acts when the short list is drawn. What it hides keeps its row and
score, is counted, and is shown all the same where an analyst found it malicious.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from beacon.settings import AllowEntry


def matches(channels: pl.DataFrame, entry: AllowEntry) -> pl.Series:
    """Whether each channel has every key of the entry; names ignore case, nothing is a pattern.

    Args:
        channels: rows of `schema.RESULT`.
        entry: keys to compare. Of parents and accounts, all that the channel has must agree: a
            channel with another parent beside the allowed one stays visible.
    """
    tests = [pl.lit(value=True)]
    for name in ("host", "process", "domain"):
        wanted = getattr(entry, name)
        if wanted is not None:
            tests.append(pl.col(name) == wanted.lower())
    for name, wanted in (("parents", entry.parent), ("accounts", entry.account)):
        if wanted is not None:
            lower = pl.element().str.to_lowercase() == wanted.lower()
            tests.append((pl.col(name).list.len() > 0) & pl.col(name).list.eval(lower).list.all())
    if entry.command_line is not None:
        tests.append(pl.col("command_line") == entry.command_line)
    return channels.select(pl.all_horizontal(tests).fill_null(value=False)).to_series()


def hidden(channels: pl.DataFrame, entries: Sequence[AllowEntry], today: date) -> pl.DataFrame:
    """What the entries in force hide: `alert_id`, and `entry`, the number of the first that does.

    Args:
        channels: rows of `schema.RESULT`.
        entries: allow entries; one that has expired hides nothing.
        today: the day of the export, not of the clock, so that a result can be drawn again.
    """
    number = pl.coalesce(
        *(
            pl.when(matches(channels, entry)).then(index)
            for index, entry in enumerate(entries)
            if entry.expires >= today
        ),
        pl.lit(None, pl.Int64),
    )
    return channels.select("alert_id", entry=number.cast(pl.Int64)).drop_nulls("entry")


def hides_malice(
    channels: pl.DataFrame, entries: Sequence[AllowEntry], malicious: Sequence[str]
) -> list[tuple[int, str]]:
    """(entry, alert_id) of every alert found malicious that an entry, in force or not, matches."""
    ids = channels["alert_id"]
    found = set(malicious)
    return [
        (index, alert)
        for index, entry in enumerate(entries)
        for alert in ids.filter(matches(channels, entry))
        if alert in found
    ]
