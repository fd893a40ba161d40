"""What could fill memory or time is refused with its limit, or costs no more than its size."""

import gzip
import io
import struct
import zipfile
from pathlib import Path

import polars as pl
import pytest
from events import event, frame
from exports import DAY, csv_text, zstd
from hypothesis import given
from hypothesis import strategies as st

from beacon import pipeline
from beacon.errors import InputError
from beacon.read import read, unpacked
from beacon.read.source import Source
from beacon.settings import ReadSettings, Settings

MIB = 1 << 20
SMALL = ReadSettings(most_unpacked_gib=8 / 1024, timezone="UTC")
LINE = csv_text(DAY).split(b"\r\n")[1] + b"\n"
BOMB = csv_text(DAY) + LINE * (16 * MIB // len(LINE))


def rle(blocks: int) -> bytes:
    """A zstd frame of so many blocks of 128 KiB that repeat one byte (RFC 8878, 3.1.1.2)."""
    block = struct.pack("<I", (128 << 10) << 3 | 1 << 1)[:3] + b"a"
    last = struct.pack("<I", 1 << 3 | 1 << 1 | 1)[:3] + b"a"
    return b"\x28\xb5\x2f\xfd" + b"\x00\x58" + block * blocks + last


def zipped(*contents: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.csv", content)
    return whole.getvalue()


PACKED = {
    "gzip": gzip.compress(BOMB),
    "two gzip members": gzip.compress(BOMB[: 6 * MIB]) + gzip.compress(BOMB[6 * MIB :]),
    "zstd": rle(16 * 8),
    "zip": zipped(BOMB),
    "zip of two": zipped(BOMB[: 6 * MIB], BOMB[: 6 * MIB]),
}


@pytest.mark.parametrize("kind", PACKED)
def test_what_unpacks_to_too_much_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "day"
    path.write_bytes(PACKED[kind])
    with pytest.raises(InputError, match=r"unpacks to more than 0\.0078125 GiB: .*most_unpacked"):
        read([path], SMALL)


@pytest.mark.parametrize("pack", [gzip.compress, zstd, zipped])
def test_what_keeps_to_the_limit_is_read(pack, tmp_path: Path) -> None:
    path = tmp_path / "day"
    path.write_bytes(pack(csv_text(DAY)))
    assert len(read([path], SMALL).parts) == 1


@given(sizes=st.lists(st.integers(1, 300_000), max_size=4), skipped=st.booleans())
def test_zstd_is_counted_from_above_and_by_its_blocks(sizes: list[int], skipped: bool) -> None:
    frames = [zstd(b"a" * size) for size in sizes]
    aside = b"\x50\x2a\x4d\x18" + struct.pack("<I", 5) + b"extra"
    content = zstd(b"a") + aside * skipped + b"".join(frames)
    counted = unpacked._zstd_bytes(Source("x", content), 1 << 40)
    assert 1 + sum(sizes) <= counted
    at_most = sum(size // 65_000 + 2 for size in [1, *sizes])
    assert counted <= at_most * (128 << 10)


def test_a_csv_of_a_million_columns_is_refused_by_its_count(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    names = [*DAY[0], *(f"c{n}" for n in range(1_000_000))]
    path.write_text(",".join(names) + "\n" + "," * (len(names) - 1) + "\n")
    with pytest.raises(InputError, match=r"line 1: \d+,\d+ columns: select those needed, or raise"):
        read([path], ReadSettings())


def test_a_record_of_forty_thousand_keys_is_a_record(tmp_path: Path) -> None:
    path = tmp_path / "wide.json"
    more = "".join(f', "c{n}": {n}' for n in range(40_000))
    row = '"Timestamp": "2026-05-04T00:00:00Z", "DeviceName": "h", "RemoteUrl": "t.me", '
    path.write_text(f'{{{row}"InitiatingProcessFileName": "curl.exe"{more}}}\n')
    assert pipeline.score(path).summary.rows == 1


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
@pytest.mark.parametrize("change", ["cut", "emptied", "removed"])
def test_a_file_that_changes_while_it_is_read_ends_in_words(
    kind: str, change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, sound = tmp_path / f"day.{kind}", tmp_path / "sound.parquet"
    rows = frame([event(30 * i) for i in range(4_000)])
    flat = rows.with_columns(pl.col("Timestamp").dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    {"parquet": rows.write_parquet, "csv": flat.write_csv, "jsonl": flat.write_ndjson}[kind](path)
    rows.head(40).write_parquet(sound)
    scan = pipeline.coverage.scan

    def interfere(events: pl.LazyFrame, provided: frozenset[str]) -> pl.DataFrame:
        content = path.read_bytes() if path.exists() else b""
        if change == "removed":
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(content[: len(content) // 2] if change == "cut" else b"")
        return scan(events, provided)

    monkeypatch.setattr(pipeline.coverage, "scan", interfere)
    try:
        result = pipeline.score([path, sound], Settings())
    except InputError as error:
        assert path.name in str(error)  # noqa: PT017 (it may also be scored: see else)
    else:
        accounted = result.summary.kept + int(result.dropped["rows"].sum())
        assert accounted == result.summary.rows
