"""Builds small exports for tests: Defender rows with defaults, as a canonical frame."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from beacon.schema import EVENTS

START = datetime(2026, 5, 4, 18, 40, tzinfo=UTC)

_DEFAULTS: dict[str, object] = {
    "DeviceId": "d1",
    "DeviceName": "ws-014.corp.example",
    "ActionType": "ConnectionSuccess",
    "Protocol": "Tcp",
    "RemoteIP": "185.199.108.133",
    "RemotePort": 443,
    "RemoteIPType": "Public",
    "RemoteUrl": "raw.githubusercontent.com",
    "InitiatingProcessFileName": "python.exe",
    "InitiatingProcessId": 6200,
    "InitiatingProcessCreationTime": START,
    "InitiatingProcessCommandLine": "python.exe poll.py",
    "InitiatingProcessParentFileName": "cmd.exe",
    "InitiatingProcessAccountName": "jdoe",
}


def event(seconds: float = 0.0, **fields: object) -> dict[str, object]:
    """One row, `seconds` after the start of the test day."""
    return {**_DEFAULTS, "Timestamp": START + timedelta(seconds=seconds), **fields}


def frame(rows: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    """Rows as a canonical frame; ReportId counts up where it is not given."""
    numbered = [{"ReportId": 100 + i, **row} for i, row in enumerate(rows)]
    columns = {name: [row.get(name) for row in numbered] for name in EVENTS}
    return pl.DataFrame(columns, schema=EVENTS)
