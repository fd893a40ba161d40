"""One file or archive member: its bytes, unpacked where packed, and a look at its start."""

import glob
import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

import polars as pl

from beacon.errors import InputError
from beacon.read.part import BadRow

HEAD_BYTES = 1 << 20
"""How much of a file decides what it is."""
BLOCK_BYTES = 1 << 17
"""How much of a file is looked at together: what a core's cache holds."""

GZIP, ZSTD, PARQUET, ZIP, EMPTY_ZIP = (
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"PAR1",
    b"PK\x03\x04",
    b"PK\x05\x06",
)
SIGNATURES = (GZIP, ZSTD, PARQUET, ZIP, EMPTY_ZIP)
UTF16 = (b"\xff\xfe", b"\xfe\xff")
ANSWER_KEYS = {"tables", "results", "records", "schema", "error"}
"""Top-level keys (lower case) of an API answer or message; a record of telemetry has none."""


class Document(NamedTuple):
    """JSON values that hold records: one, or one a line where messages were collected."""

    values: tuple[Any, ...]
    bad: tuple[BadRow, ...] = ()


@dataclass(frozen=True)
class Source:
    """Bytes with a name.

    Attributes:
        name: as the user would name it.
        stored: the file, or the bytes of an archive member or of rewritten records.
    """

    name: str
    stored: Path | bytes

    @cached_property
    def content(self) -> Path | bytes:
        """What polars can scan: it unpacks gzip and zstd itself, but reads UTF-8 only."""
        is_utf16 = self.head.startswith(UTF16)  # as PowerShell's `>` writes
        if is_utf16 or (self.head.startswith(PARQUET) and self.magic != PARQUET):
            with self.open() as stream:
                unpacked = stream.read()
            return unpacked.decode("utf-16", "replace").encode() if is_utf16 else unpacked
        if isinstance(self.stored, Path) and glob.has_magic(str(self.stored)):
            return self.stored.read_bytes()  # polars would take `day[1].csv` for a pattern
        return self.stored

    @cached_property
    def magic(self) -> bytes:
        """Which of the known signatures the stored bytes start with, or nothing."""
        if isinstance(self.stored, bytes):
            start = self.stored[:4]
        else:
            with self.stored.open("rb") as stream:
                start = stream.read(4)
        return next((m for m in SIGNATURES if start.startswith(m)), b"")

    @cached_property
    def head(self) -> bytes:
        """The first unpacked bytes."""
        with self.open() as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def text(self) -> str:
        """The head as text, without byte order mark."""
        head = self.head
        if head.startswith(UTF16):
            head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
        return head.decode("utf-8", "replace").removeprefix("\ufeff")

    @cached_property
    def opening(self) -> str:
        """The head as text, without leading space."""
        return self.text.lstrip()

    @cached_property
    def records(self) -> tuple[dict[str, Any], ...]:
        """The JSON objects at the start of a JSON lines file; empty for anything else."""
        if not any(isinstance(value, dict) for value in self._first_two) or self.document:
            return ()
        lines = self.opening.split("\n")
        if len(self.head) == HEAD_BYTES:
            lines.pop()  # cut by the head, not in the file
        return tuple(value for line in lines if isinstance(value := parse(line), dict))

    @cached_property
    def document(self) -> Document | None:
        """The whole file as JSON; None where it is no JSON, or JSON lines of records.

        Raises:
            InputError: it can only be a document, and is not valid JSON.
        """
        if not self.opening.startswith(("{", "[")):
            return None
        first, second = self._first_two
        if isinstance(first, dict) and not ANSWER_KEYS & {key.lower() for key in first}:
            return None
        lines = list(self.lines())
        try:
            return Document((json.loads(b"\n".join(lines).decode("utf-8", "replace")),))
        except RecursionError:
            raise InputError(self.name, "JSON nested too deeply") from None
        except json.JSONDecodeError as error:
            if isinstance(first, dict):
                return _messages(lines)
            if isinstance(second, dict):
                return None
            at = f"line {error.lineno}, column {error.colno}"
            raise InputError(
                self.name, f"{at}: not valid JSON, probably cut: export it again"
            ) from None

    @cached_property
    def _first_two(self) -> tuple[Any, Any]:
        """JSON values of the first two lines; the first may be damaged where a log was cut."""
        first, second, *_ = (*self.opening.split("\n", 2)[:2], "")
        return parse(first), parse(second)

    def lines(self, end: bytes = b"\r\n") -> Iterator[bytes]:
        """All lines, unpacked, without byte order mark and the bytes that end them."""
        with self._scanned.open() as stream:
            for number, line in enumerate(stream):
                yield (line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line).rstrip(end)

    def blocks(self) -> Iterator[bytes]:
        """All bytes that polars would scan, unpacked, some whole lines at a time."""
        with self._scanned.open() as stream:
            while block := stream.read(BLOCK_BYTES):
                yield block if block.endswith(b"\n") else block + stream.readline()

    @property
    def is_streamed(self) -> bool:
        """Whether `blocks` come one by one; zstd is unpacked whole for the first."""
        return self.magic != ZSTD

    @property
    def _scanned(self) -> "Source":
        return self if self.content is self.stored else Source(self.name, self.content)

    def with_records(self, records: Iterable[dict[str, Any]]) -> "Source":
        """The same source as JSON lines of these records."""
        return Source(self.name, to_json_lines(records))

    def raw(self) -> IO[bytes]:
        """The bytes as they are stored, packed where they are packed."""
        return self.stored.open("rb") if isinstance(self.stored, Path) else io.BytesIO(self.stored)

    @contextmanager
    def open(self) -> Iterator[IO[bytes] | gzip.GzipFile]:
        """The unpacked bytes.

        Raises:
            InputError: while they are read: the packing is damaged or the file unreadable.
        """
        try:
            with self.raw() as raw:
                if self.magic == GZIP:
                    yield gzip.GzipFile(fileobj=raw)
                elif self.magic == ZSTD:
                    # The standard library has no zstd before Python 3.14; polars has, for text.
                    lines = pl.scan_lines(self.stored).collect(engine="streaming")["line"]
                    yield io.BytesIO("\n".join(lines).encode())
                else:
                    yield raw
        except (EOFError, zlib.error, OSError, pl.exceptions.ComputeError) as error:
            raise self.unreadable(error) from None

    def unreadable(self, error: BaseException) -> InputError:
        """What to tell the user where bytes, not their meaning, are the trouble."""
        if isinstance(error, pl.exceptions.ComputeError) and self.magic == ZSTD:
            return InputError(self.name, "zstd around something that is not text: unpack it first")
        if self.magic in (GZIP, ZSTD):
            kind = "gzip" if self.magic == GZIP else "zstd"
            return InputError(self.name, f"cut or damaged {kind}: fetch it again")
        return InputError(self.name, f"cannot be read ({error})")


def parse(line: str | bytes) -> Any:
    """One line's JSON value; None where it is not JSON."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def to_json_lines(records: Iterable[dict[str, Any]]) -> bytes:
    """One object a line, in UTF-8 whatever the strings held."""
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode(
        "utf-8", "replace"
    )


def _messages(lines: list[bytes]) -> Document:
    numbered = [(number, line, parse(line)) for number, line in enumerate(lines, 1) if line.strip()]
    return Document(
        tuple(value for _, _, value in numbered if value is not None),
        tuple(
            BadRow(number, "not valid JSON", line.decode("utf-8", "replace"))
            for number, line, value in numbered
            if value is None
        ),
    )
