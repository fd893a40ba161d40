"""Windows' own event logs: what is damaged is named, and the rest is read."""

import sys

import pytest
from evtx_writer import CHUNK, TOP
from sysmon_events import connection, lookup, native

from beacon.errors import InputError
from beacon.read import Part, read
from beacon.settings import ReadSettings

MANY = [connection(f"2026-05-04 12:{i // 60:02}:{i % 60:02}.000") for i in range(120)]


def part(tmp_path, content: bytes) -> Part:
    path = tmp_path / "Sysmon.evtx"
    path.write_bytes(content)
    [found] = read([path], ReadSettings()).parts
    return found


def test_a_log_of_several_chunks_is_read_whole(tmp_path) -> None:
    content = native([lookup("2026-05-04 12:00:00.000", "x.com", "1.2.3.4;"), *MANY])
    assert len(content) >= TOP + 3 * CHUNK
    found = part(tmp_path, content)
    assert (found.shape, found.rows.collect().item()) == ("windows evtx", 121)
    events = found.events.collect()
    assert set(events["RemoteUrl"]) == {"x.com"}
    assert events["Timestamp"].diff().drop_nulls().dt.total_seconds().unique().to_list() == [1]


def test_a_damaged_record_is_named_and_the_others_are_read(tmp_path) -> None:
    content = bytearray(native(MANY[:3]))
    second = content.index(b"**\0\0", content.index(b"**\0\0") + 4)
    content[second + 28] = 0x77  # no token of binary XML
    found = part(tmp_path, bytes(content))
    events, faults = found.events.collect(), found.faults.collect()
    assert events.height + faults.height == found.rows.collect().item() == 3
    assert faults.select("line", "reason").rows() == [(2, "damaged record")]


@pytest.mark.parametrize("upto", [9, 4_000, TOP, TOP + 600])
def test_a_cut_log_without_a_record_is_refused(upto: int, tmp_path) -> None:
    with pytest.raises(InputError, match="an event log without a readable record"):
        part(tmp_path, native(MANY[:3])[:upto])


def test_without_the_library_the_fix_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "evtx", None)
    with pytest.raises(InputError, match=r"needs the library evtx: pip install .*\[evtx\]"):
        part(tmp_path, native(MANY[:1]))
