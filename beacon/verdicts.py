"""What analysts decided: a CSV of one line a verdict, to be appended to and kept in git.

The words are Defender's classification of alerts (Microsoft Learn, "Alert resource type"), so that
nobody has to translate. The last verdict on an alert holds.
"""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from beacon.errors import InputError, OutputError
from beacon.inert import FORMULA_START, visible

WORDS = {
    "tp": "TruePositive",
    "benign": "InformationalExpectedActivity",
    "fp": "FalsePositive",
    "unsure": "Unknown",
}
"""Short words of the command line and what they are called in Defender."""

_IS_POLLER = {
    "TruePositive": True,
    "InformationalExpectedActivity": False,
    "FalsePositive": False,
}
_NEEDED = ("alert_id", "verdict")
_LONGEST = 4_000  # characters of a field: readers of CSV give up on very long ones
_ID_LENGTH = 12


class Verdict(NamedTuple):
    """One line of the file; host, process and domain are for the reader, the id is the key."""

    alert_id: str
    host: str
    process: str
    domain: str
    verdict: str
    reason: str
    analyst: str
    labelled_at: str


def append(path: Path, verdict: Verdict) -> None:
    """Add a verdict at the end of the file, which is made where it does not exist.

    Raises:
        InputError: the id is not one, the word is unknown, or the file holds something else.
        OutputError: the file cannot be written.
    """
    _check(verdict.alert_id, verdict.verdict, str(path))
    names, stands = _standing(path)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not stands:
        writer.writerow(names)
    elif not stands.endswith(("\n", "\r")):
        text.write("\n")
    fields = verdict._asdict()
    writer.writerow([_inert(fields.get(name, "")) for name in names])
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(text.getvalue())
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from None


def read(path: Path) -> pl.DataFrame:
    """The verdicts in force: one row an alert, with `is_poller` (null: unsure).

    Raises:
        InputError: the file cannot be read, lacks a column, or a line has an unknown verdict.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names, lines = reader.fieldnames, list(reader)
    except OSError as error:
        raise InputError(str(path), f"cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), f"cannot be read as verdicts ({error})") from None
    if names is not None and (missing := [name for name in _NEEDED if name not in names]):
        raise InputError(f"{path}:1", f"no column {' and no column '.join(missing)}")
    for number, line in enumerate(lines, start=2):
        missing = [name for name in _NEEDED if not line.get(name)]
        if missing:
            raise InputError(f"{path}:{number}", f"no {' and no '.join(missing)}")
        _check(line["alert_id"], line["verdict"], f"{path}:{number}")
    rows = [{name: line.get(name) or "" for name in Verdict._fields} for line in lines]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(Verdict._fields, pl.String))
    return frame.unique("alert_id", keep="last", maintain_order=True).with_columns(
        is_poller=pl.col("verdict").replace_strict(
            _IS_POLLER, default=None, return_dtype=pl.Boolean
        )
    )


def _standing(path: Path) -> tuple[Sequence[str], str]:
    """The columns of a verdict file in its own order, and its text; ours where it holds nothing.

    People edit it: behind a line that an editor left open the next verdict would be lost.
    """
    text = ""
    if path.exists():
        read(path)
        text = path.read_text(encoding="utf-8-sig")
    return (next(csv.reader(io.StringIO(text))), text) if text else (Verdict._fields, text)


def now() -> str:
    """The time of a verdict: UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_id(text: str) -> bool:
    """Whether a text is an alert_id in full."""
    return len(text) == _ID_LENGTH and not set(text) - set("0123456789abcdef")


def _check(alert_id: str, verdict: str, where: str) -> None:
    if not is_id(alert_id):
        raise InputError(where, f"{alert_id[:40]!r} is no alert_id (12 hexadecimal digits)")
    if verdict not in WORDS.values():
        raise InputError(where, f"{verdict[:40]!r} is no verdict; {', '.join(WORDS.values())} are")


def _inert(field: str) -> str:
    """One visible line, and no formula in a spreadsheet (OWASP, "CSV Injection")."""
    flat = visible(" ".join(field.split()))
    if len(flat) > _LONGEST:
        flat = f"{flat[:_LONGEST]} ... (cut from {len(flat):,} characters)"
    return f"'{flat}" if re.match(FORMULA_START, flat) else flat
