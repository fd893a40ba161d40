"""Kusto's string operators as polars expressions, exact row by row.

`has` is a case-insensitive literal substring search in which a side of the match must be a
boundary only if the needle's own edge on that side is alphanumeric; a boundary is the end of the
text or any non-alphanumeric Unicode character, `_` included.
Source: Microsoft Learn, "String operators" (Kusto); punctuation at an edge is undocumented and
follows recorded results of Microsoft's Kusto emulator.
"""

import functools
import operator
import re
from collections.abc import Iterable, Sequence

import polars as pl

_BEFORE = r"(?:^|[^\p{L}\p{N}])"
_AFTER = r"(?:[^\p{L}\p{N}]|$)"
_ALTERNATIVES = 32
"""Needles of one pattern: past about fifty the regular expression engine is many times slower."""


def has_pattern(needle: str) -> str:
    """The Rust regular expression that matches exactly where `text has needle` is true.

    It consumes the delimiters (Rust has no look-around), which a yes-or-no test does not notice.
    """
    before = _BEFORE if needle[:1].isalnum() else ""
    after = _AFTER if needle[-1:].isalnum() else ""
    return f"{before}{_literal(needle)}{after}"


def has_any(text: pl.Expr, needles: Iterable[str]) -> pl.Expr:
    """`text has_any (needles)`; a missing text has nothing, as Kusto's strings are never null."""
    patterns = [has_pattern(needle) for needle in needles]
    parts = [patterns[at : at + _ALTERNATIVES] for at in range(0, len(patterns), _ALTERNATIVES)]
    tests = [text.fill_null("").str.contains(_ignoring_case(part)) for part in parts or [[]]]
    return functools.reduce(operator.or_, tests)


def in_ci(text: pl.Expr, values: Iterable[str]) -> pl.Expr:
    """`text in~ (values)`: whole-value equality, ignoring case."""
    return text.fill_null("").str.contains(_ignoring_case(f"^{_literal(v)}$" for v in values))


def which(text: pl.Expr, needles: Sequence[str]) -> pl.Expr:
    """The needles for which `text has needle`, shortest first, as a list.

    Each needle is tested by itself: one alternation would consume the delimiter two needles share.
    """
    return _hits({needle: has_any(text, [needle]) for needle in shortest_first(needles)})


def which_equal(text: pl.Expr, values: Sequence[str]) -> pl.Expr:
    """The values that the text equals, ignoring case, as a list."""
    return _hits({value: in_ci(text, [value]) for value in shortest_first(values)})


def shortest_first(terms: Iterable[str]) -> list[str]:
    """Order in which a term is chosen to name a match: the shortest implies the longer ones."""
    return sorted(terms, key=lambda term: (len(term), term))


def _hits(tests: dict[str, pl.Expr]) -> pl.Expr:
    return pl.concat_list(
        [pl.when(test).then(pl.lit(name)) for name, test in tests.items()]
    ).list.drop_nulls()


def _ignoring_case(patterns: Iterable[str]) -> str:
    # `s` lets the delimiter class span lines; `$` without `m` is the end of the text alone.
    return f"(?is)(?:{'|'.join(patterns)})"


def _literal(text: str) -> str:
    return re.escape(text)
