"""Reads back what `score` wrote, so that one alert can be looked at again."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from beacon.errors import InputError
from beacon.files import NOT_TEXT, is_text
from beacon.frames import DAMAGE
from beacon.schema import RESULT

_MOST_NAMED = 5


def load(path: Path) -> pl.DataFrame:
    """A result in Parquet or JSON lines, with the columns and types of `schema.RESULT`.

    Raises:
        InputError: the file cannot be read, or is no result (CSV has no ledger).
    """
    if not is_text(path):
        raise InputError(str(path), NOT_TEXT)
    types = {field.name: field.dtype for field in RESULT}
    try:
        with path.open("rb") as file:
            binary = file.read(4) == b"PAR1"
        if binary:
            frame = pl.read_parquet(path)
        else:
            times = dict.fromkeys(
                (n for n, t in types.items() if isinstance(t, pl.Datetime)), pl.String()
            )
            frame = pl.read_ndjson(path, schema_overrides=times, infer_schema_length=None)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})") from None
    except (*DAMAGE, UnicodeDecodeError, json.JSONDecodeError):
        raise InputError(
            str(path), "is no result: Parquet or JSON lines of `beacon score`"
        ) from None
    needed = ("alert_id", "evidence", "score")
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise InputError(
            str(path), f"is no result of `beacon score`: it lacks {', '.join(missing)}"
        )
    try:
        return frame.select(_typed(frame, name, dtype) for name, dtype in types.items())
    except DAMAGE as error:
        fault = str(error).splitlines()[0]
        raise InputError(str(path), f"is no result of `beacon score`: {fault}") from None


def find(alert_id: str, path: Path) -> dict[str, Any]:
    """The row of an alert, by its id or the beginning of it.

    Raises:
        InputError: none or several alerts of the result begin so; some are named.
    """
    frame = load(path)
    wanted = alert_id.strip().lower()
    found = frame.filter(pl.col("alert_id").str.starts_with(wanted)) if wanted else frame.clear()
    if found.height == 1:
        return found.row(0, named=True)
    first = ", ".join((found if found.height else frame)["alert_id"].head(_MOST_NAMED))
    count = f"{found.height} alerts begin" if found.height else "no alert begins"
    said = f"{count} with {alert_id[:40]!r}" if wanted else "an alert_id, or its start, is needed"
    raise InputError(str(path), f"{said}; there is {first or 'none at all'}")


def _typed(frame: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Expr:
    if name not in frame.columns:
        return pl.lit(None, dtype).alias(name)
    if isinstance(dtype, pl.Datetime) and frame.schema[name] == pl.String:
        return pl.col(name).str.to_datetime("%+", time_unit="ns")
    return pl.col(name).cast(dtype)
