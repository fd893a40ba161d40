"""Stage 1: any export, in any container, to one lazy frame of canonical events.

inputs -> expand -> Source -> shapes -> Table -> Part
         (files)   (bytes)   (format)  (rows)   (events, faults)
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from beacon.errors import InputError, unusable
from beacon.frames import DAMAGE
from beacon.read import unpacked, zeek_uid
from beacon.read.columns import locate
from beacon.read.expand import expand
from beacon.read.part import Export, Part
from beacon.read.shapes import scan
from beacon.read.table import Table, to_part
from beacon.read.time_survey import check_zone
from beacon.settings import ReadSettings

__all__ = ["Export", "Part", "from_frame", "read", "set_damaged_aside"]


def read(inputs: Sequence[str | Path], settings: ReadSettings) -> Export:
    """Read files, folders, globs and archives as one export.

    Args:
        inputs: each a file (plain, gzip, zstd or zip), a folder or a glob.
        settings: the zone and day order of times that leave them open.

    Returns:
        The parts that can be used, lazily, and the problems of those that cannot.

    Raises:
        InputError: none can be used; its text lists every problem.
        SettingsError: the zone is not one.
    """
    check_zone(settings)
    parts: list[Part] = []
    problems: list[InputError] = []
    for source in expand(inputs, settings.most_unpacked_gib):
        if isinstance(source, InputError):
            problems.append(source)
            continue
        try:
            unpacked.check(source, settings.most_unpacked_gib)
            parts.append(scan(source, settings))
        except InputError as problem:
            problems.append(problem)
        except (*DAMAGE, OSError) as error:
            problems.append(source.unreadable(error))
    alone = [part.lacking for part in parts if part.lacking]
    if len(alone) == len(parts):
        raise unusable([*problems, *alone])
    return Export(zeek_uid.join(parts), tuple(problems))


def from_frame(frame: pl.DataFrame | pl.LazyFrame, settings: ReadSettings) -> Export:
    """A frame in hand as an export, under the same rules as a Parquet file.

    Raises:
        InputError: a required column is missing or the times cannot be understood.
    """
    check_zone(settings)
    lazy = frame.lazy()
    table = Table(lazy, locate(lazy.collect_schema().names()))
    return Export((to_part("frame", "frame", table, settings),))


def set_damaged_aside(export: Export) -> Export:
    """The export without the parts whose damage shows only when every value is read.

    A Parquet page can be broken behind a sound footer; a lazy scan finds out late.

    Raises:
        InputError: no part is sound.
    """
    parts: list[Part] = []
    problems = list(export.problems)
    for part in export.parts:
        try:
            part.events.select(pl.struct(pl.all()).hash().sum()).collect(engine="streaming")
            parts.append(part)
        except (*DAMAGE, OSError) as error:
            problems.append(InputError(part.name, f"damaged: {str(error).splitlines()[0]}"))
    if not parts:
        raise problems[-1]
    return Export(tuple(parts), tuple(problems))
