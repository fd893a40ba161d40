"""What goes back into Sentinel: bodies for the Logs Ingestion API, and a watchlist.

Sources: Microsoft Learn, "Logs Ingestion API in Azure Monitor" (1 MB a call, 64 KB a field,
column names of at most 45 characters) and "Create watchlists in Microsoft Sentinel".
"""

import json
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import polars as pl

from beacon.inert import cells
from beacon.report import words
from beacon.report.words import Row

MOST_BYTES = 1_000_000
"""Longest body: below the 1 MB of the API whichever way it counts."""
MOST_FIELD_BYTES = 60_000
"""Longest text of one field, its JSON escapes included."""

_TAKEN = {
    "AlertId": "alert_id", "Score": "score", "Severity": "severity", "Status": "status",
    "Track": "track", "DeviceName": "host", "ProcessName": "process", "RemoteHost": "domain",
    "Service": "service", "CommandLine": "command_line", "Accounts": "accounts",
    "Parents": "parents", "Connections": "events", "Polls": "polls",
    "PeriodSeconds": "period_seconds", "JitterFraction": "jitter_fraction",
    "Coverage": "coverage", "TimingEvidence": "timing_evidence", "Direction": "direction",
    "PrevalenceHosts": "prevalence_hosts", "FleetHosts": "fleet_hosts",
    "BenignClass": "benign_class", "Evidence": "evidence", "Quality": "quality",
    "Technique": "technique", "FirstSeen": "first_seen", "LastSeen": "last_seen",
}  # fmt: skip
"""Column of the custom table -> column of the result."""


def sentinel(rows: pl.DataFrame) -> str:
    """Arrays for the Logs Ingestion API, a line each: every line is the body of one call.

    Args:
        rows: rows of `schema.RESULT`.
    """
    return "".join(f"[{','.join(body)}]\n" for body in _bodies(rows))


def watchlist(rows: pl.DataFrame) -> bytes:
    """A CSV whose `SearchKey` is host|process|domain; its cells are inert in a spreadsheet.

    Args:
        rows: rows of `schema.RESULT`.
    """
    key = pl.concat_str("host", "process", "domain", separator="|").alias("SearchKey")
    times = {
        name: pl.col(column).dt.to_string("%Y-%m-%dT%H:%M:%SZ")
        for name, column in (("FirstSeen", "first_seen"), ("LastSeen", "last_seen"))
    }
    listed = rows.select(
        key,
        DeviceName="host",
        ProcessName="process",
        RemoteHost="domain",
        AlertId="alert_id",
        Score=pl.col("score").round(4),
        Severity="severity",
        **times,
    )
    return cells(listed).write_csv().encode("utf-8")


def _bodies(rows: pl.DataFrame) -> Iterable[list[str]]:
    body: list[str] = []
    size = 2
    for row in rows.iter_rows(named=True):
        record = json.dumps(_record(row))
        if body and size + len(record) + 1 > MOST_BYTES:
            yield body
            body, size = [], 2
        body.append(record)
        size += len(record) + 1
    if body:
        yield body


def _record(row: Row) -> dict[str, Any]:
    record = {name: _fitting(row[column]) for name, column in _TAKEN.items()}
    return {"TimeGenerated": record["LastSeen"], "Headline": words.headline(row)[:1000], **record}


def _fitting(value: Any) -> Any:
    """A value that the API takes: times as text, long texts and lists cut to a field's size."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, str):
        return _cut(value, MOST_FIELD_BYTES)
    if isinstance(value, list):
        share = MOST_FIELD_BYTES // (2 * max(len(value), 1))
        return [_shortened(item, share) for item in value]
    return value


def _shortened(item: Any, most: int) -> Any:
    if isinstance(item, dict):
        return {name: _shortened(value, most // 2) for name, value in item.items()}
    return _cut(item, most) if isinstance(item, str) else item


def _cut(text: str, most: int) -> str:
    """As much of a text as fits, escapes included, and a sign that there was more."""
    if len(json.dumps(text)) <= most:
        return text
    sign = f" (cut from {len(text):,} characters)"
    room = most - len(sign)
    kept = bisect_right(range(room), room, key=lambda length: len(json.dumps(text[:length])))
    return text[: kept - 1] + sign
