"""Parquet: workspace export jobs, data lake notebooks, Kusto `.export`, and our own.

Times without a zone are UTC. Directory names such as `timestamp=2026-05-04T18` are partitions of
the export, not data: hive partitioning stays off so that they do not shadow columns.
"""

import polars as pl

from beacon.errors import InputError
from beacon.frames import DAMAGE
from beacon.read.columns import locate
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import PARQUET, Source
from beacon.read.table import Table, to_part
from beacon.settings import ReadSettings

NAME = "parquet"


def recognise(source: Source) -> bool:
    """Whether it starts with Parquet's signature."""
    return source.head.startswith(PARQUET)


def scan(source: Source, settings: ReadSettings) -> Part:
    """Read the footer; rows only when the part is collected."""
    try:
        frame = pl.scan_parquet(source.content, hive_partitioning=False, glob=False)
        columns = frame.collect_schema().names()
    except (*DAMAGE, OSError):
        raise InputError(
            source.name, "Parquet without a readable footer, cut or damaged: fetch it again"
        ) from None
    return to_part(source.name, NAME, Table(frame, locate(columns)), settings)


SHAPE = Shape(NAME, recognise, scan)
