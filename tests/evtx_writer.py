"""Writes Windows event logs, so that the native reader has real ones to read.

Binary XML without templates (Metz, "Windows XML Event Log (EVTX) format"): every name stands where
it is first needed, every value is text.
"""

import struct
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

CHUNK, HEADER, TOP = 65_536, 512, 4_096
_OPEN, _WITH_ATTRIBUTES, _CONTENT, _END, _VALUE, _ATTRIBUTE = 1, 0x41, 2, 4, 5, 6
_TEXT, _MORE = 1, 0x40
_SINCE = datetime(1601, 1, 1, tzinfo=UTC)
Element = tuple[str, "str | list[Element]", Mapping[str, str]]


def evtx(events: Iterable[tuple[list[Element], Mapping[str, object]]]) -> bytes:
    """A log.

    Args:
        events: elements of `System`, and the values of `EventData` by name.
    """
    chunks: list[bytes] = []
    records, first, number, last = b"", 1, 0, 0
    for number, (system, data) in enumerate(events, start=1):
        record = _record(number, HEADER + len(records), system, data)
        if HEADER + len(records) + len(record) > CHUNK:
            chunks.append(_chunk(records, first, number - 1, last))
            records, first = b"", number
            record = _record(number, HEADER, system, data)
        last = HEADER + len(records)
        records += record
    chunks.append(_chunk(records, first, number, last))
    numbers = (0, len(chunks) - 1, number + 1, 128, 1, 3, TOP, len(chunks))
    top = struct.pack("<8sQQQIHHHH", b"ElfFile\0", *numbers).ljust(120, b"\0")
    return (top + struct.pack("<II", 0, zlib.crc32(top))).ljust(TOP, b"\0") + b"".join(chunks)


def _chunk(records: bytes, first: int, end: int, last: int) -> bytes:
    numbers = (first, end, first, end, 128, last, HEADER + len(records), zlib.crc32(records))
    head = struct.pack("<8sQQQQIIII", b"ElfChnk\0", *numbers).ljust(120, b"\0")
    tables = b"\0" * (HEADER - 128)
    checked = struct.pack("<II", 0, zlib.crc32(tables, zlib.crc32(head)))
    return (head + checked + tables + records).ljust(CHUNK, b"\0")


def _record(number: int, at: int, system: list[Element], data: Mapping[str, object]) -> bytes:
    values: list[Element] = [("Data", str(value), {"Name": name}) for name, value in data.items()]
    body: list[Element] = [("System", system, {}), ("EventData", values, {})]
    fragment = b"\x0f\x01\x01\0"
    xml = fragment + _element(("Event", body, {}), at + 24 + len(fragment)) + b"\0"
    xml += b"\0" * (-len(xml) % 8)
    size = 24 + len(xml) + 4
    ticks = int((datetime(2026, 5, 4, tzinfo=UTC) - _SINCE).total_seconds() * 10**7)
    return struct.pack("<4sIQQ", b"**\0\0", size, number, ticks) + xml + struct.pack("<I", size)


def _element(element: Element, at: int) -> bytes:
    name, content, attributes = element
    head = 1 + 4
    out = _name(name, at + head)
    if attributes:
        start, listed = at + head + len(out) + 4, b""
        for left, (key, value) in zip(
            range(len(attributes))[::-1], attributes.items(), strict=True
        ):
            token = bytes([_ATTRIBUTE | (_MORE if left else 0)])
            listed += token + _name(key, start + len(listed) + 1) + _value(value)
        out += struct.pack("<I", len(listed)) + listed
    out += bytes([_CONTENT])
    if isinstance(content, str):
        out += _value(content) if content else b""
    else:
        for child in content:
            out += _element(child, at + head + len(out))
    out += bytes([_END])
    return struct.pack("<BI", _WITH_ATTRIBUTES if attributes else _OPEN, len(out)) + out


def _name(text: str, at: int) -> bytes:
    """Where the name stands, which is right here, and the name."""
    written = struct.pack("<IHH", 0, 0, len(text)) + text.encode("utf-16-le") + b"\0\0"
    return struct.pack("<I", at + 4) + written


def _value(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<BBH", _VALUE, _TEXT, len(raw) // 2) + raw
