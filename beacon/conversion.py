"""Any export as canonical Parquet, once: what is read every day need not be parsed every day."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from beacon.errors import InputError, OutputError, SettingsError, unusable
from beacon.files import NOT_TEXT, is_text, whole
from beacon.frames import DAMAGE
from beacon.inspection import Source, open_export
from beacon.progress import Progress, silent
from beacon.read import Export, Part, set_damaged_aside
from beacon.result import account
from beacon.schema import EVENTS, REQUIRED
from beacon.settings import Settings

_NAME_CHARACTERS = 80


@dataclass(frozen=True)
class Conversion:
    """What was written.

    Attributes:
        parts: the parts that could be read, in the order given.
        files: the file of each; None where a part has neither rows nor the columns of a channel.
        part_rows: rows in each file.
        dropped: reason, rows, part, line, example of the unreadable rows.
        problems: the inputs that could not be used, each with its reason.
    """

    parts: tuple[Part, ...]
    files: tuple[Path | None, ...]
    part_rows: tuple[int, ...]
    dropped: pl.DataFrame
    problems: tuple[InputError, ...]


def convert(
    source: Source,
    folder: str | Path,
    settings: Settings | None = None,
    progress: Progress = silent,
) -> Conversion:
    """Write each part as one Parquet file of the canonical columns that it provides.

    A column that the source lacks is left out, so that it stays 'not observable'. A part always
    gets the same file name, and its file appears whole or not at all. Rows stream; only what no
    reader can stream (JSON documents, members of archives, UTF-16) is in memory at once.

    Args:
        source: as `pipeline.score` takes it.
        folder: where the files go; made where it is missing.
        settings: of which `read` counts.
        progress: called after each part.

    Raises:
        InputError: nothing in the source can be used.
        OutputError: a file cannot be written.
        SettingsError: an input lies in the folder, and would be there twice.
    """
    folder = Path(folder)
    if not is_text(folder):
        raise OutputError(f"{folder}: {NOT_TEXT}")
    export = open_export(source, settings or Settings())
    for part in export.parts:
        if folder.resolve() in Path(part.name).resolve().parents:
            raise SettingsError(f"--output: {folder} holds the input {part.name}; choose another")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror})") from None
    done: list[tuple[Part, Path | None, int]] = []
    faults, problems = [], list(export.problems)
    for number, (part, name) in enumerate(zip(export.parts, _names(export.parts), strict=True)):
        progress("converting parts", number, len(export.parts))
        try:
            done.append((part, *_write(part, folder / name)))
            faults.append(part.faults.collect(engine="streaming"))
        except InputError as problem:
            problems.append(problem)
    if not done:
        raise unusable(problems)
    parts, files, rows = zip(*done, strict=True)
    return Conversion(parts, files, rows, account({}, pl.concat(faults)), tuple(problems))


def _write(part: Part, path: Path) -> tuple[Path | None, int]:
    if not (part.columns.issuperset(REQUIRED) and part.columns & {"RemoteUrl", "RemoteIP"}):
        return None, 0  # only a part without rows gets past its reader like this
    columns = [name for name in EVENTS if name in part.columns]
    try:
        with whole(path) as file:
            part.events.select(columns).sink_parquet(file, compression="zstd", engine="streaming")
        return path, pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    except (*DAMAGE, OSError) as error:
        set_damaged_aside(Export((part,)))  # the part's fault, or else the disk's
        raise OutputError(f"{path}: cannot be written ({str(error).splitlines()[0]})") from None


def _names(parts: tuple[Part, ...]) -> Iterator[str]:
    """A file name a part: plain characters of its own name, and a mark of where it lies."""
    seen: dict[str, int] = {}
    for part in parts:
        again = seen[part.name] = seen.get(part.name, -1) + 1  # an archive may repeat a name
        place = f"{os.path.abspath(part.name)}{'!' * again}"  # noqa: PTH100 (a link is a name too)
        mark = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:12]
        last = re.split(r"[/\\!]", part.name)[-1]
        plain = re.sub(r"[^A-Za-z0-9.-]+", "-", last).strip(".-")[:_NAME_CHARACTERS]
        yield f"{plain or 'part'}-{mark}.parquet"
