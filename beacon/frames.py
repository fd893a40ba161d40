"""What several stages do with frames: work on distinct values, packed keys, mixed evidence."""

import functools
import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

_BITS = 63
_LARGEST = 2**_BITS - 1
_FEW = 1_000
WIDEST_TABLE = 8
"""Places for each value up to which a table spares a sort."""

Codes = NDArray[np.int64]

DAMAGE: tuple[type[BaseException], type[BaseException]] = (
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)
"""What polars raises where a file's bytes are broken; a failed assertion of its native code is a
panic, which Python does not count among the exceptions."""


def on_distinct(frame: pl.DataFrame, column: str, *made: pl.Expr) -> pl.DataFrame:
    """Add expressions of one text column, each evaluated once a distinct value.

    Args:
        frame: any rows.
        column: String or Categorical; the expressions see it as String.
        made: named expressions that look at nothing else.
    """
    if not made:
        return frame
    values = distinct(frame[column])
    table = pl.DataFrame(values.cast(pl.String)).select(made)
    if len(values) == 1:
        return frame.with_columns(value.new_from_index(0, frame.height) for value in table)
    if not _is_coded(frame[column]):
        told = table.insert_column(0, values)
        return frame.join(told, on=column, how="left", nulls_equal=True, maintain_order="left")
    codes, known = (some.to_physical().to_numpy() for some in (frame[column], values))
    place = np.zeros(int(known.max(initial=0)) + 1, np.uint32)
    place[known] = np.arange(known.size)
    at = pl.Series(place[codes])
    return frame.with_columns(value.gather(at) for value in table)


def in_values(frame: pl.DataFrame, column: str, *tests: pl.Expr) -> list[pl.Expr]:
    """Tests of one text column, each evaluated once a distinct value, as look-ups."""
    values = distinct(frame[column])
    answers = pl.DataFrame(values.cast(pl.String)).select(
        test.alias(str(at)) for at, test in enumerate(tests)
    )
    return [
        pl.col(column).is_in(values.filter(passed).implode(), nulls_equal=True)
        for passed in answers
    ]


def distinct(column: pl.Series) -> pl.Series:
    """The values of a text column, each once, in no order."""
    if not _is_coded(column):
        return column.unique()
    codes = column.to_physical().to_numpy()
    seen = np.zeros(int(codes.max(initial=0)) + 1, np.bool_)
    seen[codes] = True
    numbers = pl.Series(column.name, np.flatnonzero(seen), column.to_physical().dtype)
    return numbers.to_frame().select(pl.first().cat.to(column.dtype)).to_series()


def _is_coded(column: pl.Series) -> bool:
    """Whether each row has a number of its text: tables of them spare hashing."""
    return isinstance(column.dtype, pl.Categorical) and not column.has_nulls()


def even_mixture(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """log10((10^a + 10^b) / 2): the evidence of two witnesses who saw the same thing."""
    high, low = pl.max_horizontal(a, b), pl.min_horizontal(a, b)
    return high + ((pl.lit(10.0) ** (low - high)).log1p() - math.log(2)) / math.log(10)


def address() -> pl.Expr:
    """RemoteIP as it names a channel without a host name: hexadecimal digits have no case."""
    return pl.col("RemoteIP").cast(pl.String).str.to_lowercase()


def known_sum(value: pl.Expr) -> pl.Expr:
    """The sum over rows; null, not 0, where none has a value."""
    return pl.when(value.count() > 0).then(value.sum())


def codes(frame: pl.DataFrame, columns: Sequence[str]) -> Codes:
    """One number a row; two rows have the same exactly where they agree in every column.

    Columns are packed digit by digit into 63 bits; where they would not fit, what is there is
    first replaced by its dense rank.
    """
    key, size = np.zeros(frame.height, np.int64), 1
    for column in columns:
        digit, radix = _digits(frame[column])
        if size * radix > _LARGEST:
            key, first = rank(key)
            size = first.size
        if size * radix > _LARGEST:
            digit, first = rank(digit)
            radix = first.size
        key *= radix
        key += digit
        size *= radix
    return key


def rank(key: NDArray[np.integer]) -> tuple[Codes, Codes]:
    """The dense rank of each value, and for each rank a row that has it."""
    span = int(key.max(initial=-1)) + 1
    if key.min(initial=0) >= 0 and span <= WIDEST_TABLE * key.size:  # a table spares the sort
        row = np.full(span, -1, np.int32)
        row[key] = np.arange(key.size, dtype=np.int32)
        seen = row >= 0
        return (np.cumsum(seen, dtype=np.int32) - 1)[key].astype(np.int64), row[seen].astype(
            np.int64
        )
    order = np.argsort(key)
    ordered = key[order]
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])[: key.size]
    dense = np.empty(key.size, np.int64)
    dense[order] = np.cumsum(new) - 1
    return dense, order[new]


def arrange(owner: Codes, time: Codes, *beside: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Times and what stands beside them, sorted by owner, then time.

    Both are packed into one number, so that the numbers themselves can be sorted: several times
    faster than to sort their places and gather. Places are asked for only where what stands beside
    them differs from row to row.

    Args:
        owner: not negative.
        time: whole numbers of any unit.
        beside: further numbers, one a row; in rows that tie, in any order.
    """
    if not owner.size:
        return (time, *beside)
    first = time.min()
    since, unit = _ticks(time - first)
    bits = int(since.max()).bit_length()
    if int(owner.max()).bit_length() + bits > _BITS:
        at = np.lexsort((since, owner))
    else:
        packed = (owner << bits) | since
        if all(some.min() == some.max() for some in beside):
            # Polars sorts whole numbers in half of the time that numpy takes.
            ordered = pl.Series(packed).sort().to_numpy(writable=True)
            ordered &= (1 << bits) - 1
            ordered *= unit
            ordered += first
            return (ordered, *beside)
        at = np.argsort(packed)
    return (time[at], *(some[at] for some in beside))


def _ticks(since: Codes) -> tuple[Codes, int]:
    """Times in the largest unit in which all are whole: clocks tick in 100 ns, 1 ms or 1 s.

    A few tell it as a rule: to divide the others by it takes less than to look for it in them.
    """
    for some in (since[:_FEW], since):
        unit = int(np.gcd.reduce(some))
        ticks = since // max(unit, 1)
        if unit and (ticks * unit == since).all():
            return ticks, unit
    return since, 1


def is_repeat(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Whether an earlier row agrees in every column.

    Hashes find the few rows that may have a twin; only those are compared.
    """
    hashes = [pl.col(name).to_physical().hash(seed) for seed, name in enumerate(columns)]
    mark = frame.select(functools.reduce(operator.xor, hashes)).to_series()
    ordered = np.sort(mark.to_numpy())
    twins = pl.Series(ordered[1:][ordered[1:] == ordered[:-1]]).unique()
    at = mark.is_in(twins.implode()).arg_true()
    repeats = at.filter(
        ~frame.select(columns)[at].select(pl.struct(columns).is_first_distinct()).to_series()
    )
    return pl.Series(np.bincount(repeats.to_numpy(), minlength=frame.height) > 0)


def _digits(column: pl.Series) -> tuple[NDArray[np.integer], int]:
    """Numbers that tell the values apart, 0 for null, and how many there may be."""
    if column.dtype == pl.String:
        column = column.cast(pl.Enum(column.drop_nulls().unique().sort()))
    numbers = column.to_physical()
    low, high = numbers.to_frame().select(low=pl.first().min(), high=pl.first().max()).row(0)
    if low is None:
        return np.zeros(len(column), np.int64), 1
    if numbers.dtype == pl.UInt32 and not column.has_nulls():  # codes of texts, used as they are
        return numbers.to_numpy(), high + 1
    if high - low > _LARGEST - 2:
        return _digits(numbers.rank("dense"))
    numbers = numbers.cast(pl.Int64)
    return (numbers - low + 1).fill_null(0).to_numpy(), high - low + 2
