"""Exports read by the libraries of those who consume them."""

import json
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from mitreattack.navlayers import Layer
from results import result
from rows import PLAIN, hostile
from timesketch_import_client.importer import ImportStreamer

from beacon.report import render

rows = st.lists(hostile(), min_size=1, max_size=3)


def written(form: str, some: list[dict]) -> str:
    found = result(*some)
    return render(form, found, found.channels).decode("utf-8")


@given(some=rows)
@settings(max_examples=20)
def test_attack_navigators_library_reads_the_layer_back_whole(some: list[dict]) -> None:
    others = [{**PLAIN, "technique": "T1102.002"}, *some]
    text = written("navigator", others)
    layer = Layer(text, strict=True).to_dict()
    meant = json.loads(text)
    assert [(t["techniqueID"], t["score"], t["comment"]) for t in layer["techniques"]] == [
        (t["techniqueID"], t["score"], t["comment"]) for t in meant["techniques"]
    ]
    assert layer["versions"]["layer"] == meant["versions"]["layer"]
    assert layer["domain"] == "enterprise-attack"


class Unconnected(ImportStreamer):
    """Timesketch's importer with everything but the server: it prepares and keeps."""

    def _ready(self) -> None:
        """No sketch is needed to prepare events."""


@given(some=rows)
@settings(max_examples=20)
def test_timesketchs_importer_takes_every_line_and_adds_nothing(some: list[dict]) -> None:
    lines = written("timesketch", some).splitlines()
    streamer = Unconnected()
    for line in lines:
        streamer.add_json(line)
    assert len(streamer._data_lines) == len(lines)
    for line, event in zip(lines, streamer._data_lines, strict=True):
        meant = json.loads(line)
        assert event.keys() == meant.keys()
        times = [datetime.fromisoformat(found.pop("datetime")) for found in (event, meant)]
        assert abs((times[0] - times[1]).total_seconds()) < 1e-3
        assert event == meant
