"""The drawn timeline counts each connection once, in its slice."""

import numpy as np
from events import START, event
from grouping import grouped
from hypothesis import given, settings
from hypothesis import strategies as st

from beacon import channels


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 86_400)), min_size=1, max_size=40),
)
def test_slices_hold_every_connection_once(seen: list[tuple[str, float]]) -> None:
    drawn = grouped([event(seconds, DeviceName=host) for host, seconds in seen])
    lists = channels.activity(drawn).to_list()
    for counts, size in zip(lists, np.diff(drawn.offsets), strict=True):
        if size < 3:
            assert counts is None
        else:
            assert sum(counts) == size
            assert len(counts) == 48
            assert counts[0] >= 1


def test_a_slice_is_a_forty_eighth_of_the_span() -> None:
    drawn = grouped([event(seconds) for seconds in (0, 10, 47.5, 48)])
    counts = channels.activity(drawn).item().to_list()
    assert [i for i, count in enumerate(counts) for _ in range(count)] == [0, 10, 47, 47]
    assert drawn.frame["first_seen"].item() == START
