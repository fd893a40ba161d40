"""What is cut out of envelopes by their bytes is what a JSON parser finds inside them."""

import gzip
import json
import random

import polars as pl
import pytest
from export_shapes import envelope
from exports import DAY, lines
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from beacon import spill
from beacon.read import enveloped, json_lines, read
from beacon.read.source import Source
from beacon.settings import ReadSettings

FIELDS = {name: pl.String() for name in ("a", "b", "properties", "category")}
NESTED = {"category": pl.String(), "properties": pl.Struct({"a": pl.String(), "b": pl.String()})}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
    | st.sampled_from([',"properties":{', '"', "\\", "}}", "{", "\n"]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from([*FIELDS, 'x,"properties']), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
RECORDS = st.dictionaries(st.sampled_from(["category", "time", "a"]), VALUES, max_size=3)
ROWS = st.dictionaries(st.sampled_from([*FIELDS, "c"]), VALUES, max_size=4)


def written(records: list[tuple[dict, object]], spaces: bool = False) -> bytes:
    separators = (", ", ": ") if spaces else (",", ":")
    texts = [
        json.dumps({**around, "properties": row}, separators=separators, ensure_ascii=False)
        for around, row in records
    ]
    return "\n".join(texts).encode("utf-8", "replace")


def same_as_nested(content: bytes) -> bool:
    """Whether the lines could be cut; what comes out is then what polars finds without a cut."""
    fields = {name: FIELDS[name] for name in ("a", "b")}
    try:
        found = pl.concat(enveloped.frames(Source("day.jsonl", content), fields, "line"))
    except (enveloped.NoEnvelopeError, pl.exceptions.PolarsError):
        return False
    for line in content.removesuffix(b"\n").split(b"\n"):
        assert isinstance(json.loads(line)["properties"], dict)
    usual = pl.scan_ndjson(content, schema=NESTED, row_index_name="line", row_index_offset=1)
    assert_frame_equal(
        found.select("line", "category", "a", "b"), usual.collect().unnest("properties")
    )
    return True


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(RECORDS, ROWS | VALUES), min_size=1, max_size=4), st.booleans())
def test_what_is_cut_out_is_what_was_inside(records, spaces):
    same_as_nested(written(records, spaces))


@settings(deadline=None, max_examples=600)
@given(st.lists(st.tuples(RECORDS, ROWS), min_size=1, max_size=3), st.integers(0, 2**32))
@example([({"a": 'foo,"properties":{ '}, {"a": "1"})], 0)
def test_no_spoilt_line_is_taken_for_a_sound_one(records, seed):
    chance, content = random.Random(seed), bytearray(written(records))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        put = chance.choice([b"", b'"', b"\\", b"{", b"}", b",", b":", b"\n", b',"properties":{'])
        content[at : at + chance.randint(0, 2)] = put
    same_as_nested(bytes(content))


PLAIN = b'{"category":"c","properties":{"a":1}}\n'
LINES = {
    "plain": (PLAIN, True),
    "no line end": (PLAIN[:-1], True),
    "nothing inside": (b'{"category":"c","properties":{}}\n', True),
    "another one inside": (b'{"category":"c","properties":{"a":{"x":1,"properties":{}}}}\n', True),
    "text that looks like one": (
        b'{"category":",\\"properties\\":{","properties":{"a":"}}"}}\n',
        True,
    ),
    "first in the record": (b'{"properties":{"a":1},"category":"c"}\n', False),
    "not last in the record": (b'{"category":"c","properties":{"a":1},"x":{}}\n', False),
    "deeper": (b'{"category":"c","x":{"y":1,"properties":{"a":1}}}\n', False),
    "twice": (b'{"properties":{"a":1},"properties":{"a":2}}\n', False),
    "inside an open text": (b'{"category":"c,"properties":{ "},"a":"x"}}\n', False),
    "one brace too many": (b'{"category":"c","properties":{"a":1}}}\n', False),
    "nothing around": (b'{,"properties":{"a":1}}\n', False),
    "blank": (b"\n", False),
    "not UTF-8": (PLAIN.replace(b"1", b'"\xff"'), False),
}


@pytest.mark.parametrize("case", LINES)
def test_a_line_in_another_form_is_left_to_the_usual_way(case):
    line, is_cut = LINES[case]
    assert same_as_nested(line) == is_cut
    assert same_as_nested(PLAIN + line) == is_cut


@pytest.mark.parametrize(
    "line",
    [PLAIN[:-1] + b"\r\n", b'{"category": "c", "properties": {"a": 1}}\n'],
    ids=["carriage return", "spaces"],
)
def test_all_lines_are_spaced_and_ended_as_the_first(line):
    assert same_as_nested(line * 3)
    assert not same_as_nested(line + PLAIN)
    assert not same_as_nested(PLAIN + line)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("last", [b"", b"never\n"], ids=["sound", "spoilt"])
def test_many_parts_read_as_one(monkeypatch, tmp_path, pack, last):
    monkeypatch.setattr(enveloped, "PARSED_BYTES", 1)
    monkeypatch.setattr(enveloped, "TOGETHER_ROWS", 500)
    content = lines([envelope(row) for row in DAY * 400]) + b"\n" + last
    path = tmp_path / "day.jsonl"
    path.write_bytes(pack(content))
    usual = read([path], ReadSettings())
    unused = [] if last else ["rows"]
    for name in unused:
        monkeypatch.delattr(json_lines, name)
    with spill.scratch():
        cut = read([path], ReadSettings())
        assert cut.events.collect().equals(usual.events.collect())
        assert cut.faults.collect().equals(usual.faults.collect())
        assert cut.parts[0].notes == usual.parts[0].notes
