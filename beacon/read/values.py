"""What the columns of a text table hold, counted in one pass over its rows."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from beacon.read.columns import canonical, number
from beacon.read.part import EXAMPLE_CHARACTERS
from beacon.read.times import Clock
from beacon.schema import EVENTS


def value_checks(
    located: Mapping[str, str], guessed: Iterable[str], schema: pl.Schema, clock: Clock
) -> list[pl.Expr]:
    """Count what is neither empty nor a number or time where one belongs; such a row is kept.

    Args:
        located: canonical name -> column.
        guessed: canonical names of which it is asked whether any row has a value.
        schema: the columns' types.
        clock: reads the times.

    Returns:
        Aggregates, whose values the other functions here take: `any:` each guessed name, `odd:`
        each integer, `lost:` and `example:` each integer and time that is stored as text.
    """
    asked, checks = frozenset(guessed), [pl.len()]
    for name, column in located.items():
        text = pl.col(column)
        if name in asked:
            checks.append(text.is_not_null().any().alias(f"any:{name}"))
        if name == "Timestamp" or schema[column] != pl.String or EVENTS[name] == pl.String:
            continue
        if EVENTS[name].is_integer():
            odd, lost = _odd_and_lost(name, text)
            checks.append(odd.len().alias(f"odd:{name}"))
        else:
            parsed = canonical(name, located, schema, clock)
            lost = text.filter(parsed.is_null() & (text.str.strip_chars() != ""))
        checks += [lost.len().alias(f"lost:{name}"), lost.first().alias(f"example:{name}")]
    return checks


def _odd_and_lost(name: str, text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The texts that are not plainly an integer, and those of them that are none on a closer look.

    The few that are odd are all that is looked at closer.
    """
    odd = text.filter(text.cast(EVENTS[name], strict=False).is_null() & (text != ""))
    read = number(odd, EVENTS[name])
    return odd, odd.filter(read.is_null() & (odd.str.strip_chars() != ""))


def without_value(values: Mapping[str, Any], guessed: Iterable[str]) -> frozenset[str]:
    """The guessed names of which no row has a value."""
    return frozenset(name for name in guessed if not values[f"any:{name}"])


def plain_integers(values: Mapping[str, Any]) -> frozenset[str]:
    """The names whose every text is plainly an integer, so that a cast alone reads it."""
    odd = {key: count for key, count in values.items() if key.startswith("odd:")}
    return frozenset(key.removeprefix("odd:") for key, count in odd.items() if count == 0)


def lost_notes(values: Mapping[str, Any]) -> list[str]:
    """What was counted as missing, a sentence for each name."""
    return [
        f"{key.removeprefix('lost:')}: {count:,} unreadable, counted as missing, "
        f"e.g. {str(values[key.replace('lost:', 'example:')])[:EXAMPLE_CHARACTERS]!r}"
        for key, count in values.items()
        if key.startswith("lost:") and count
    ]
