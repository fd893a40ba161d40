"""Hostile bytes for every stage: what may come out is a result, or an error that names its fix.

Shared by the bounded test, the long run and the coverage-guided one (`benchmarks/fuzz`).
"""

import base64
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from naive_kql import has

from beacon import history, pipeline, timing, verdicts
from beacon.evidence.decode import LONGEST_TEXT, decode
from beacon.read import read, set_damaged_aside
from beacon.report.results import load
from beacon.rules.kql import has_any
from beacon.schema import EVENTS
from beacon.settings import ReadSettings, RuleSettings, Settings, resolve

ZONED = Settings(read=ReadSettings(timezone="Europe/Berlin"), rule=RuleSettings(match="any"))
"""A zone is given and no rule, so that refusals and filters hide nothing."""


def read_and_score(content: bytes) -> None:
    """Any bytes as an export, through every stage."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day"
        path.write_bytes(content)
        result = pipeline.score(path, ZONED)
    scored = result.channels["score"]
    assert scored.is_finite().all()
    assert scored.is_between(0, 1).all()
    kept = result.summary.kept + int(result.dropped["rows"].sum())
    assert kept == result.summary.rows, "a row is neither kept nor accounted for"


def read_events(content: bytes) -> None:
    """Any bytes as an export, to canonical events and faults: every row is one or the other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day"
        path.write_bytes(content)
        export = set_damaged_aside(read([path], ZONED.read))
        events, faults, *rows = pl.collect_all(
            [export.events, export.faults, *(part.rows for part in export.parts)]
        )
    assert events.schema == pl.Schema(EVENTS)
    told = ("left aside", "Sysmon")  # events that only say more of a connection are no rows
    aside = any(some in note for part in export.parts for note in part.notes for some in told)
    read_rows = sum(frame.item() for frame in rows)
    assert events.height + faults.height == read_rows or aside


def look(content: bytes) -> None:
    """Any bytes as an export to be inspected."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day"
        path.write_bytes(content)
        pipeline.inspect(path, ZONED)


def match(content: bytes) -> None:
    """A URL and a needle: Kusto's `has` as the slow twin says it."""
    url, _, needle = content.decode("utf-8", "replace").partition("\n")
    for term in (needle, "t.me", "-x-"):
        if term:
            assert pl.select(has_any(pl.lit(url), [term])).item() == has(url, term), (url, term)


def time(content: bytes) -> None:
    """Any numbers, sorted, as one series of times."""
    numbers = np.frombuffer(content[: len(content) // 8 * 8], dtype="<f8")
    times = np.sort(numbers[np.isfinite(numbers) & (np.abs(numbers) < 1e15)])
    found = timing.score(times, np.array([0, len(times)], dtype=np.int64)).row(0, named=True)
    assert np.isfinite(found["evidence"])
    assert 0 <= found["p_value"] <= 1
    assert found["period_seconds"] is None or found["period_seconds"] >= 0


def unwrap_command(content: bytes) -> None:
    """Any bytes as the argument of -EncodedCommand, as a literal, and as a command line."""
    for command in (
        f"powershell -enc {base64.b64encode(content).decode()}",
        f"[Convert]::FromBase64String('{base64.b64encode(content).decode()}')",
        content.decode("utf-8", "replace"),
    ):
        assert len(decode(command)) <= LONGEST_TEXT


def read_verdicts(content: bytes) -> None:
    """Any bytes as a verdict file."""
    _from_file(content, verdicts.read)


def read_result(content: bytes) -> None:
    """Any bytes as a result to explain."""
    _from_file(content, load)


def read_settings(content: bytes) -> None:
    """Any bytes as a configuration."""
    _from_file(content, resolve)


def read_ledger(content: bytes) -> None:
    """Any bytes as a day of the history."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "beacon-history.json").write_text('{"version": 1}')
        day = folder / "channels" / "day=2026-05-04"
        day.mkdir(parents=True)
        (day / "part.parquet").write_bytes(content)
        ledger = history.Ledger(folder)
        with ledger.sound():
            ledger.read("channels").collect()


def _from_file(content: bytes, reader: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        reader(path)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "read": read_events,
    "read and score": read_and_score,
    "inspect": look,
    "rule": match,
    "timing": time,
    "encoded command": unwrap_command,
    "verdicts": read_verdicts,
    "result": read_result,
    "settings": read_settings,
    "history": read_ledger,
}
