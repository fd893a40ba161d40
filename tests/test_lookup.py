"""A text is looked at once, and found again whatever else shares its place or its moment."""

import threading
from collections import Counter

import numpy as np
import polars as pl
import pytest

from beacon import frames, lookup


def lengths(texts: pl.Series) -> lookup.Made:
    return (
        texts.str.len_bytes().fill_null(99).to_numpy(),
        texts.hash(3).to_numpy(),
    )


def batches(count: int) -> list[pl.Series]:
    random = np.random.default_rng(5)
    words = [None, "", *(f"{'x' * (i % 7)}{i}" for i in range(count))]
    return [pl.Series([words[i] for i in random.integers(0, len(words), 700)]) for _ in range(9)]


@pytest.mark.parametrize("count", [1, 40, 5_000])
def test_each_text_is_made_once_and_gives_what_making_it_again_gives(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "_FEWEST_PLACES", 4)
    monkeypatch.setattr(lookup, "_TOGETHER", 300)
    asked: Counter[str | None] = Counter()

    def make(texts: pl.Series) -> lookup.Made:
        asked.update(texts)
        return lengths(texts)

    once = lookup.Once(make)
    for texts in [pl.Series([], dtype=pl.String), *batches(count)]:
        for some, again in zip(once(texts), lengths(texts), strict=True):
            assert some.dtype == again.dtype
            assert some.tolist() == again.tolist()
    assert set(asked.values()) == {1}


def test_hashes_that_want_one_place_lie_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_ROOM", 1)  # a table is full, or nearly
    monkeypatch.setattr(lookup, "_TIGHT", 1)
    monkeypatch.setattr(lookup, "_FEWEST_PLACES", 4)
    once = lookup.Once(lengths)
    for texts in batches(61):
        assert [some.tolist() for some in once(texts)] == [x.tolist() for x in lengths(texts)]


def test_threads_agree() -> None:
    kind = pl.Categorical(pl.Categories.random())
    words = pl.Series(dtype=kind)  # they go, and codes with them, once no column is of theirs
    once = lookup.Once(
        lambda texts: (texts.cast(words.dtype).to_physical().fill_null(0).to_numpy(),)
    )
    found: dict[int, list[list[int]]] = {}

    def work(number: int) -> None:
        found[number] = [once(texts)[0].tolist() for texts in batches(5_000)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [
        texts.cast(words.dtype).to_physical().fill_null(0).to_list() for texts in batches(5_000)
    ]
    assert list(found.values()) == [expected] * 8


@pytest.mark.parametrize("texts", [["b", "a", "b", "c"], ["a", None, "b", "a"], ["a"] * 3, []])
def test_codes_and_texts_give_the_same_on_distinct_values(texts: list[str | None]) -> None:
    kind = pl.Categorical(pl.Categories.random())
    pl.Series(["z", "c", "y", "b"]).cast(kind)  # some codes are of texts elsewhere
    plain = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String), "row": range(len(texts))})
    coded = plain.cast({"text": kind})
    made = (pl.col("text").fill_null("-").alias("said"), pl.concat_list("text").alias("list"))
    tests = (pl.col("text") == "a", pl.col("text").is_null())
    for frame in (plain, coded):
        found = frames.on_distinct(frame, "text", *made)
        assert found.drop("text").equals(plain.with_columns(made).drop("text"))
        answers = frame.select(
            test.alias(str(at)) for at, test in enumerate(frames.in_values(frame, "text", *tests))
        )
        told = plain.select(test.fill_null(value=False) for test in tests[:1]).to_series()
        assert answers["0"].to_list() == told.to_list()
        assert answers["1"].to_list() == plain["text"].is_null().to_list()
        assert set(frames.distinct(frame["text"]).cast(pl.String)) == set(texts)
