"""What is made of a text, made once however many batches of rows bring it, and found by its hash.

A cast to Categorical compares every text of every batch with those that it knows; a hash and a
place in a table take less than half of that.
"""

import secrets
from collections.abc import Callable
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

Made = tuple[NDArray[np.unsignedinteger], ...]

_SEED = secrets.randbits(63)
"""Nobody can choose two texts that count as one."""
_ROOM, _TIGHT = 8, 2  # places for each text, as many as a cache holds: nearly all lie in their own
_CACHED_PLACES = 1 << 16
_FEWEST_PLACES = 1 << 12
_TOGETHER = 1 << 14  # texts whose arrays stay in the cache


class Once:
    """A function of texts that looks at each distinct one once, whichever thread brings it.

    Args:
        make: gives arrays with one value a text, the same whenever it is asked; null is a text.
    """

    def __init__(self, make: Callable[[pl.Series], Made]) -> None:
        self._make, self._lock, self._known = make, Lock(), 0
        self._hashes = np.zeros(_FEWEST_PLACES, np.uint64)  # 0: nothing lies there
        self._values: Made = ()

    def __call__(self, texts: pl.Series) -> Made:
        """What `make` would give."""
        hashes = texts.hash(_SEED).to_numpy()
        parts = [self._some(texts, hashes, at) for at in range(0, max(len(texts), 1), _TOGETHER)]
        return tuple(np.concatenate(some) for some in zip(*parts, strict=True))

    def _some(self, texts: pl.Series, hashes: NDArray[np.uint64], start: int) -> Made:
        hashes = np.maximum(hashes[start : start + _TOGETHER], 1)
        with self._lock:
            place, found = self._find(hashes)
            if self._values and found.all():
                return tuple(value[place] for value in self._values)
        missing = np.flatnonzero(~found)
        new = missing[np.unique(hashes[missing], return_index=True)[1]]
        made = self._make(texts.gather(start + new))  # unlocked: polars may wait for its threads
        with self._lock:
            self._add(hashes[new], made)
            place, _ = self._find(hashes)
            return tuple(value[place] for value in self._values)

    def _find(self, hashes: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Where each hash lies, or would, and whether it does."""
        last = np.uint64(self._hashes.size - 1)
        place = (hashes & last).view(np.int64)
        there = self._hashes[place]
        found = there == hashes
        open_ = np.flatnonzero(~found)
        while (open_ := open_[self._hashes[place[open_]] != 0]).size:
            place[open_] = (place[open_] + 1) & np.int64(last)
            found[open_] = self._hashes[place[open_]] == hashes[open_]
            open_ = open_[~found[open_]]
        return place, found

    def _add(self, hashes: NDArray[np.uint64], made: Made) -> None:
        if not self._values:
            self._values = tuple(np.zeros(_FEWEST_PLACES, some.dtype) for some in made)
        self._known += hashes.size
        places = max(min(self._known * _ROOM, _CACHED_PLACES), self._known * _TIGHT)
        if places > self._hashes.size:
            self._grow(1 << (places - 1).bit_length())
        self._put(hashes, made)

    def _grow(self, size: int) -> None:
        full = self._hashes != 0
        hashes, made = self._hashes[full], tuple(value[full] for value in self._values)
        self._hashes = np.zeros(size, np.uint64)
        self._values = tuple(np.zeros(size, value.dtype) for value in made)
        self._put(hashes, made)

    def _put(self, hashes: NDArray[np.uint64], made: Made) -> None:
        """Lay values down, each in the first free place from its own on."""
        rows = np.arange(hashes.size)
        while rows.size:
            place, _ = self._find(hashes[rows])
            self._hashes[place] = hashes[rows]
            lies = self._hashes[place] == hashes[rows]  # of two that want a place, one has it
            for value, new in zip(self._values, made, strict=True):
                value[place[lies]] = new[rows[lies]]
            rows = rows[~lies]
