"""Any source as one Spark frame with canonical names; times as whole numbers since 1970.

Spark keeps microseconds and shows them in the zone of the session. As nanoseconds (Timestamp) and
microseconds (start of a process) in whole numbers they are the same in every zone, and a Parquet
file that has nanoseconds keeps them.
"""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from beacon import read
from beacon.errors import InputError
from beacon.inspection import open_export
from beacon.read.columns import locate, require
from beacon.read.part import FAULTS, Part
from beacon.schema import EVENTS
from beacon.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_NANOS_AS_LONG = "spark.sql.legacy.parquet.nanosAsLong"
TIMES = {name: dtype for name, dtype in EVENTS.items() if isinstance(dtype, pl.Datetime)}
UNIT = {"Timestamp": 1_000}  # nanoseconds; other times are microseconds


class Table(NamedTuple):
    """A source.

    Attributes:
        rows: canonical names of the columns that it has; times are bigint.
        export: its parts, whose events are not to be read here.
    """

    rows: "DataFrame"
    export: read.Export

    @property
    def columns(self) -> frozenset[str]:
        """The canonical columns that it has."""
        return frozenset(self.rows.columns)

    def part_rows(self, total: int) -> tuple[int, ...]:
        """Rows of each part: of files, what their footers say."""
        if len(self.export.parts) == 1:
            return (total,)
        return tuple(pl.concat([part.rows for part in self.export.parts]).collect()["rows"])


def open_table(source: Any, spark: "SparkSession", settings: Settings) -> Table:
    """Open a DataFrame, the name of a table, or Parquet files that all executors can read.

    Raises:
        InputError: there is no such table, a file is not Parquet, or a column is missing.
        TypeError: a frame of another library.
    """
    if hasattr(source, "mapInArrow"):
        return _of_frame("frame", source)
    if hasattr(source, "columns"):
        raise TypeError(
            f"a frame of {type(source).__module__.split('.')[0]}: pass "
            "spark.createDataFrame(frame), or a frame of polars to beacon.score"
        )
    names = [str(source)] if isinstance(source, str | Path) else [str(one) for one in source]
    if len(names) == 1 and _is_table(names[0]):
        from pyspark.errors import AnalysisException

        try:
            return _of_frame(names[0], spark.table(names[0]))
        except AnalysisException:
            raise InputError(names[0], "neither a file nor a table that Spark knows") from None
    if all("://" in name for name in names):
        return _of_frame(", ".join(names), spark.read.parquet(*names))
    return _of_files(names, spark, settings)


def _is_table(name: str) -> bool:
    plain = name.replace("`", "").replace(".", "").replace("_", "").isalnum()
    return plain and not Path(name).exists() and not name.endswith(".parquet")


def _of_files(names: Sequence[str], spark: "SparkSession", settings: Settings) -> Table:
    export = open_export(names, settings)
    other = [part for part in export.parts if part.shape != "parquet"]
    if other:
        raise InputError(
            other[0].name,
            f"Spark reads Parquet, not {other[0].shape}: `beacon convert` writes Parquet",
        )
    frames = []
    before = spark.conf.get(_NANOS_AS_LONG, "false")
    spark.conf.set(_NANOS_AS_LONG, "true")
    try:
        groups: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for part in export.parts:
            schema = pl.read_parquet_schema(part.name)
            groups.setdefault(tuple((k, str(v)) for k, v in schema.items()), []).append(part.name)
        for kinds, paths in groups.items():
            nanos = {name for name, kind in kinds if kind.startswith("Datetime(time_unit='ns'")}
            whole = [Path(path).resolve().as_uri() for path in paths]
            frames.append(_canonical(paths[0], spark.read.parquet(*whole), nanos))
    finally:
        spark.conf.set(_NANOS_AS_LONG, before)
    rows = functools.reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), frames)
    return Table(rows, export)


def _of_frame(name: str, frame: "DataFrame") -> Table:
    rows = _canonical(name, frame, frozenset())
    part = Part(
        name,
        "spark table",
        pl.LazyFrame(schema=EVENTS),
        pl.LazyFrame(schema=FAULTS),
        pl.LazyFrame({"rows": [0]}, schema={"rows": pl.Int64}),
        frozenset(rows.columns),
    )
    return Table(rows, read.Export((part,)))


def _canonical(name: str, frame: "DataFrame", nanos: set[str] | frozenset[str]) -> "DataFrame":
    located = locate(frame.columns)
    require(name, located, frame.columns)
    kinds = {field.name: field.dataType.typeName() for field in frame.schema.fields}
    return frame.selectExpr(*_columns(name, located, kinds, nanos))


def _columns(
    part: str,
    located: Mapping[str, str],
    kinds: Mapping[str, str],
    nanos: set[str] | frozenset[str],
) -> list[str]:
    made = []
    for name, column in located.items():
        quoted, kind = f"`{column.replace('`', '``')}`", kinds[column]
        if name in TIMES:
            quoted = _time(part, name, column, kind, column in nanos)
        elif kind in ("struct", "map", "array", "variant"):
            quoted = f"to_json({quoted})"
        made.append(f"{quoted} AS `{name}`")
    return made


def _time(part: str, name: str, column: str, kind: str, is_nanos: bool) -> str:
    quoted, factor = f"`{column.replace('`', '``')}`", UNIT.get(name, 1)
    if is_nanos:
        return quoted if factor == 1_000 else f"({quoted} div 1000)"
    if kind == "timestamp_ntz":
        quoted = f"CAST(concat(CAST({quoted} AS string), 'Z') AS timestamp)"
    elif kind != "timestamp":
        raise InputError(part, f"column {column} is of type {kind}; cast it to timestamp")
    micros = f"unix_micros({quoted})"
    within = (2**63 - 1) // factor
    return micros if factor == 1 else f"IF(abs({micros}) <= {within}, {micros} * {factor}, NULL)"
