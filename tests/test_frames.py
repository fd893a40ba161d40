"""One number a row: equal exactly where the columns are, in order, and never past 63 bits."""

import numpy as np
import polars as pl
import pytest

from beacon import frames

FAR = 2**62
COLUMNS = {
    "near": [1, 2, 1, None, 2, None, 1, 2],
    "far": [-FAR, FAR, -FAR, 0, FAR, 0, None, FAR],
    "farther": [FAR, 0, FAR, -FAR, 0, -FAR, FAR, 1],
    "said": [True, None, True, False, None, False, True, None],
    "at": [10**18, 5, 10**18, 7, 5, 7, 10**18, 5],
}


@pytest.mark.parametrize("columns", [["near"], ["far", "near"], list(COLUMNS), ["farther", "far"]])
def test_codes_are_equal_where_every_column_is(columns: list[str]) -> None:
    frame = pl.DataFrame(COLUMNS)
    codes = frames.codes(frame, columns)
    rows = frame.select(columns).rows()
    for a, one in zip(codes, rows, strict=True):
        for b, other in zip(codes, rows, strict=True):
            assert (a == b) == (one == other)


@pytest.mark.parametrize("scale", [1, 10**7, 2**40, 2**55])
def test_rows_are_sorted_by_owner_then_time(scale: int) -> None:
    random = np.random.default_rng(7)
    owner = random.integers(0, 2**20, 500)
    time = random.integers(-60, 60, 500) * scale + random.integers(0, 3, 500)
    rows = sorted(zip(owner, time, strict=True))
    place = np.arange(500)
    times, places, same = frames.arrange(owner, time, place, np.full(500, 7))
    assert list(zip(owner[places], times, strict=True)) == rows
    assert (time[places] == times).all()
    assert set(same) == {7}
    alone, same = frames.arrange(owner, time, np.full(500, 7))  # nothing has to follow the times
    assert alone.tolist() == times.tolist()
    assert set(same) == {7}


def test_a_rank_has_no_holes_and_keeps_the_order() -> None:
    key = np.array([FAR, 3, FAR, -FAR, 3])
    dense, first = frames.rank(key)
    assert dense.tolist() == [2, 1, 2, 0, 1]
    assert key[first].tolist() == [-FAR, 3, FAR]
