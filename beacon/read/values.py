"""What the columns of a text table hold, counted in one pass over its rows."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl

from beacon.read.columns import converted
from beacon.read.part import EXAMPLE_CHARACTERS
from beacon.read.plain import plain_column
from beacon.read.times import Clock
from beacon.schema import EVENTS


def value_checks(
    located: Mapping[str, str],
    guessed: Iterable[str],
    schema: pl.Schema,
    clock: Clock,
    plainly: Collection[str],
) -> list[pl.Expr]:
    """Count what is neither empty nor a number or time where one belongs; such a row is kept.

    Args:
        located: canonical name -> column.
        guessed: canonical names of which it is asked whether any row has a value.
        schema: the columns' types.
        clock: reads the times.
        plainly: canonical names of which only the texts are left that are not plain.

    Returns:
        Aggregates, whose values the other functions here take: `any:` each guessed name, `odd:`
        each of `plainly`, `lost:` and `example:` each integer and time that is stored as text.
    """
    asked, checks = frozenset(guessed), [pl.len()]
    for name, column in located.items():
        text = pl.col(column)
        if name in asked:
            told = text.is_not_null()
            told = told | pl.col(plain_column(name)).is_not_null() if name in plainly else told
            checks.append(told.any().alias(f"any:{name}"))
        if name == "Timestamp" or schema[column] != pl.String or EVENTS[name] == pl.String:
            continue
        odd = text.filter(text != "")
        value = converted(odd, pl.String(), EVENTS[name], clock)
        lost = odd.filter(value.is_null() & (odd.str.strip_chars() != ""))
        if name in plainly:
            checks.append(odd.len().alias(f"odd:{name}"))
        checks += [lost.len().alias(f"lost:{name}"), lost.first().alias(f"example:{name}")]
    return checks


def without_value(values: Mapping[str, Any], guessed: Iterable[str]) -> frozenset[str]:
    """The guessed names of which no row has a value."""
    return frozenset(name for name in guessed if not values[f"any:{name}"])


def all_plain(values: Mapping[str, Any]) -> frozenset[str]:
    """The names of which no text is left to be read."""
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
