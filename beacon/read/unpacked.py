"""How much a packed file unpacks to, told without keeping any of it: a bomb is refused first.

Formats: gzip, RFC 1952, with deflate's bound of 1032 to 1 (zlib, "Technical details"); zstd, RFC
8878, whose blocks, 128 KiB at most each, are counted by their headers without unpacking.
"""

import contextlib
from pathlib import Path

from beacon.errors import InputError
from beacon.read.source import GZIP, ZSTD, Source

DEFLATE_MOST = 1032
CHUNK_BYTES = 1 << 20
ZSTD_BLOCK_BYTES = 128 << 10
_SKIPPABLE = range(0x184D2A50, 0x184D2A60)


def check(source: Source, most_gib: float) -> None:
    """Refuse a gzip or zstd that unpacks to more than a limit.

    Args:
        source: packed or not; what it unpacks to counts where it lies on disk or in an archive.
        most_gib: the limit.

    Raises:
        InputError: it unpacks to more; says which setting to raise.
    """
    most = int(most_gib * (1 << 30))
    if source.magic == GZIP:
        size = _gzip_bytes(source, most)
    elif source.magic == ZSTD:
        size = _zstd_bytes(source, most)
    else:
        return
    if size > most:
        raise InputError(
            source.name,
            f"unpacks to more than {most_gib:g} GiB: unpack it, or raise [read] most_unpacked_gib",
        )


def _gzip_bytes(source: Source, most: int) -> int:
    """Its size, or something above the limit; a small file cannot exceed it and is not unpacked."""
    stored = source.stored
    packed = stored.stat().st_size if isinstance(stored, Path) else len(stored)
    if packed * DEFLATE_MOST <= most:
        return 0
    size = 0
    with contextlib.suppress(InputError), source.open() as stream:  # the reader names damage
        while size <= most and (chunk := stream.read(CHUNK_BYTES)):
            size += len(chunk)
    return size


def _zstd_bytes(source: Source, most: int) -> int:
    """128 KiB for each block; damage is for the reader to name."""
    blocks = 0
    with source.raw() as stream:
        while blocks * ZSTD_BLOCK_BYTES <= most and len(start := stream.read(4)) == 4:
            if int.from_bytes(start, "little") in _SKIPPABLE:
                stream.seek(int.from_bytes(stream.read(4), "little"), 1)
                continue
            described = stream.read(1)
            if start != ZSTD or not described:
                break
            flags = described[0]
            single = flags >> 5 & 1
            content = (single, 2, 4, 8)[flags >> 6]
            stream.seek((not single) + (0, 1, 2, 4)[flags & 3] + content, 1)
            last = False
            while not last and len(head := stream.read(3)) == 3:
                word = int.from_bytes(head, "little")
                last, kind, size = bool(word & 1), word >> 1 & 3, word >> 3
                stream.seek(1 if kind == 1 else size, 1)
                blocks += 1
                if blocks * ZSTD_BLOCK_BYTES > most:
                    break
            stream.seek(4 * (flags >> 2 & 1), 1)
    return blocks * ZSTD_BLOCK_BYTES
