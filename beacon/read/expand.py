"""From what the user typed to the single files and archive members behind it."""

import glob
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from beacon.errors import InputError
from beacon.files import NOT_TEXT, is_text
from beacon.read.source import EMPTY_ZIP, ZIP, Source

MEMBER_GIB = 4
"""Archive members are unpacked in memory; a larger one must be unpacked by hand."""

BESIDE_DATA = ("_SUCCESS", "_committed", "_started", "_metadata", "_common_metadata")


def expand(inputs: Iterable[str | Path], most_unpacked_gib: float) -> Iterator[Source | InputError]:
    """Every part of every input once, in the order given, a folder's or pattern's by name.

    An archive whose members unpack to more than the limit together is refused.
    """
    seen: set[Path] = set()
    for item in inputs:
        for found in _files(item):
            if isinstance(found, InputError):
                yield found
            elif found.resolve() not in seen:
                seen.add(found.resolve())
                yield from _members(found, most_unpacked_gib)


def _files(item: str | Path) -> Iterator[Path | InputError]:
    path = Path(item)
    if path.is_dir():
        yield from _folder(path)
    elif path.exists():
        yield path
    elif glob.has_magic(str(item)):
        # Path.glob takes no absolute pattern.
        matches = sorted(Path(m) for m in glob.glob(str(item), recursive=True))  # noqa: PTH207
        if not matches:
            yield InputError(str(item), "no file matches")
        for match in matches:
            yield from _folder(match) if match.is_dir() else [match]
    else:
        yield InputError(str(item), "no such file or folder")


def _folder(folder: Path) -> Iterator[Path | InputError]:
    """All files below a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    data = [file for file in files if _is_data(file.relative_to(folder).as_posix())]
    if not data:
        yield InputError(str(folder), "the folder holds no files")
    yield from data


def _is_data(path: str) -> bool:
    """Whether it is neither hidden nor what Spark, Delta, Parquet and macOS keep beside data."""
    *folders, file = path.split("/")
    beside = any(folder.startswith((".", "_")) for folder in folders)
    return not beside and not file.startswith((".", *BESIDE_DATA))


def _members(path: Path, most_gib: float) -> Iterator[Source | InputError]:
    try:
        source = Source(str(path), path if path.is_file() else path.read_bytes())  # a pipe
        if source.magic == EMPTY_ZIP:
            yield InputError(str(path), "the archive is empty")
            return
        if source.magic != ZIP:
            yield source if is_text(path) else InputError(str(path), NOT_TEXT)
            return
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "[Content_Types].xml" in names:
                yield InputError(str(path), "an Office workbook; save the sheet as CSV")
                return
            files = [m for m in archive.infolist() if not m.is_dir() and _is_data(m.filename)]
            if not files:
                yield InputError(str(path), "the archive holds no files")
            if sum(member.file_size for member in files) > most_gib * (1 << 30):
                yield InputError(
                    str(path),
                    f"unpacks to more than {most_gib:g} GiB: pass the files, or raise "
                    "[read] most_unpacked_gib",
                )
                return
            for member in files:
                yield _member(str(path), archive, member)
    except zipfile.BadZipFile:
        yield InputError(str(path), "cut or damaged zip: fetch it again")
    except OSError as error:
        yield InputError(str(path), f"cannot be read ({error.strerror})")


def _member(path: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Source | InputError:
    name = f"{path}!{member.filename}"
    if member.flag_bits & 1:
        return InputError(name, "encrypted; unpack the archive and pass the file")
    if member.file_size > MEMBER_GIB << 30:
        return InputError(
            name, f"unpacks to more than {MEMBER_GIB} GiB; unpack it and pass the file"
        )
    try:
        content = archive.read(member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error):
        return InputError(name, "cut or damaged zip: fetch it again")
    if content.startswith(ZIP):
        return InputError(name, "an archive inside an archive; unpack it and pass the file")
    return Source(name, content)
