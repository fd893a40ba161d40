"""The quick look at a file's bytes says what the slow look at each line says."""

import gzip

import pytest
from export_shapes import envelope
from exports import DAY, csv_text, lines
from hypothesis import given, settings
from hypothesis import strategies as st

from beacon import spill
from beacon.read import csv_text as text
from beacon.read import read
from beacon.read.source import Source
from beacon.settings import ReadSettings

ROWS = ["1,2,3", "1,2", "1,2,3,4", ",,", "", ",,,,", "\r", "é,x,y", '"a,b",c,d', '1,"2,3', "\0,,"]


@settings(max_examples=300, database=None, derandomize=True)
@given(
    st.lists(st.sampled_from(ROWS), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([b"", b"\n", b"\xff,,\n", b"\n\n"]),
    st.booleans(),
)
def test_bytes_tell_what_lines_tell(rows, end, last, packed):
    content = f"a,b,c{end}{end.join(rows)}".encode() + last
    source = Source("day.csv", gzip.compress(content) if packed else content)
    assert text._is_regular(source, 3, ",") == text._is_regular_quoted(source, 3, ",")


def test_rows_too_short_and_too_long_do_not_make_up_for_each_other():
    filler = b"1,2,3\n" * 100_000  # several blocks
    for content, is_regular in [
        (filler, True),
        (filler + b"1,2\n1,2,3,4\n" + filler, False),
        (filler + b"1,2,3\xc3\xa9\n" + filler, True),
        (filler + b"1,2,3\xc3\n" + filler, False),
    ]:
        assert text._is_regular(Source("day.csv", b"a,b,c\n" + content), 3, ",") == is_regular


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("filler", [0, 200_000], ids=["one block", "several blocks"])
def test_no_query_is_asked_of_text_that_would_end_it_in_an_error(monkeypatch, pack, filler):
    def refuse(*_, **__):
        pytest.fail("a query over text that is not UTF-8 may never end")

    monkeypatch.setattr(text.pl, "scan_lines", refuse)
    monkeypatch.setattr(text.pl, "scan_csv", refuse)
    head, row = b"a,b,c\n", b'1,"2",3\n'
    content = head + row * (filler + 1) + b"4,\xff,6\n"
    frame = text.rows(Source("day.csv", pack(content)), ["a", "b", "c"], ",").frame.collect()
    assert frame["b"].to_list() == ["2"] * (filler + 1) + ["\ufffd"]


@settings(max_examples=200, database=None, derandomize=True)
@given(
    st.lists(st.sampled_from(["a", "\n", "é", "€", "𝄞"]).map(str.encode) | st.binary(max_size=3))
)
def test_text_is_utf8_exactly_where_it_can_be_decoded(pieces):
    content = b"a" + b"".join(pieces)  # so that it is no packing
    try:
        content.decode()
    except UnicodeDecodeError:
        assert not text._is_utf8(Source("day.csv", content))
    else:
        assert text._is_utf8(Source("day.csv", content))


CREATED = {"InitiatingProcessCreationTime": "2026-05-04T18:00:00"}
SPOILT = [
    DAY[0] | {"RemotePort": "443.0"},
    DAY[1] | {"Timestamp": "2026-02-30T00:00:00Z", "RemotePort": "https"},
    DAY[2] | {"Timestamp": "2026-05-04T18:40:00.1234567+02:00", **CREATED},
    *DAY[3:],
]


@pytest.mark.parametrize("rows", [DAY, SPOILT], ids=["sound", "spoilt"])
@pytest.mark.parametrize("form", ["csv", "flat", "enveloped"])
def test_what_is_stored_on_disk_reads_as_what_is_not(form, rows, tmp_path):
    made = {"csv": csv_text, "flat": lines, "enveloped": lambda r: lines(map(envelope, r))}
    path = tmp_path / "day"
    path.write_bytes(made[form](rows))
    plain = read([path], ReadSettings())
    with spill.scratch():
        stored = read([path], ReadSettings())
        assert stored.events.collect().equals(plain.events.collect())
        assert stored.faults.collect().equals(plain.faults.collect())
        assert stored.columns == plain.columns
    assert stored.parts[0].notes == plain.parts[0].notes
