"""No input, however broken, ends in anything but a result or a named error.

`python -m benchmarks.fuzz` runs the same targets for as long as wanted.
"""

import contextlib
import random

import pytest
from fuzzing import TARGETS
from hypothesis import given, settings
from hypothesis import strategies as st
from mutants import mutate, seeds

from beacon.errors import BeaconError

CASES = {"read and score": 4, "inspect": 6, "read": 60, "history": 200}


@pytest.mark.parametrize("target", TARGETS)
def test_sound_input_is_taken(target: str) -> None:
    for content in seeds(target)[:3]:
        TARGETS[target](content)


@pytest.mark.parametrize("target", TARGETS)
def test_spoilt_input_gives_a_result_or_a_named_error(target: str) -> None:
    @settings(max_examples=CASES.get(target, 100), database=None, derandomize=True)
    @given(seed=st.integers(0, 2**32), edits=st.integers(1, 8))
    def spoil(seed: int, edits: int) -> None:
        source = random.Random(seed)
        some = seeds(target)
        content = mutate(source.choice(some), source, edits, source.choice(some))
        with contextlib.suppress(BeaconError):
            TARGETS[target](content)

    spoil()
