"""Channels as the terms of evidence read them: one of which nothing is known, and more."""

import base64

import polars as pl

from beacon import evidence
from beacon.rules import load
from beacon.settings import Settings

LISTS = (
    "parents", "parent_command_lines", "paths", "companies", "original_names", "integrity_levels",
    "accounts", "account_domains", "command_lines", "urls", "matched_domains",
)  # fmt: skip
TIMES = ("first_seen", "last_seen", "host_first", "host_last")
SCHEMA = {
    **dict.fromkeys(LISTS, pl.List(pl.String)),
    **dict.fromkeys(TIMES, pl.Datetime("ns", "UTC")),
    **dict.fromkeys(("polls", "events", "active_hours", "sent_bytes", "received_bytes"), pl.Int64),
    **dict.fromkeys(("timing_evidence", "period_seconds", "jitter_fraction"), pl.Float64),
    "command_line": pl.String,
    "host_attended": pl.Boolean,
}  # fmt: skip
BLIND: dict[str, object] = {
    **{name: [] for name in LISTS},
    **dict.fromkeys(TIMES),
    **dict.fromkeys(("sent_bytes", "received_bytes", "host_attended", "command_line")),
    **dict.fromkeys(("period_seconds", "jitter_fraction")),
    **dict.fromkeys(
        ("is_encoded_cmd", "is_scheduled_or_service", "is_scripting_host", "suspicious_parent"),
        False,
    ),
    "host": "h", "process": "", "domain": "10.0.0.1", "status": "insufficient",
    "polls": 1, "events": 0, "active_hours": 0, "timing_evidence": 0.0,
}  # fmt: skip


def channel(**fields: object) -> dict[str, object]:
    """A channel of which nothing is known but the fields; `line` is short for one command line."""
    line = fields.pop("line", None)
    if line is not None:
        fields |= {"command_lines": [line], "command_line": line}
    return {**BLIND, **fields}


def observed(*rows: dict[str, object], fleet_hosts: int = 300) -> pl.DataFrame:
    """The channels with every column that the terms read."""
    frame = pl.DataFrame(list(rows), schema_overrides=SCHEMA)
    return evidence.observe(frame, load(Settings().rule).services, fleet_hosts)


def ledger(frame: pl.DataFrame, row: int = 0) -> dict[str, dict[str, object]]:
    """Name -> entry of one channel's evidence."""
    weighed = evidence.weigh(frame, 1e-3)
    return {entry["name"]: entry for entry in weighed["evidence"][row]}


def strength(name: str, *rows: dict[str, object]) -> float | None:
    """How far a term fires on the first of the channels."""
    return evidence.strengths(observed(*rows))[name][0]


def hidden(text: str, encoding: str = "utf-16-le") -> str:
    """The text as an encoded command carries it."""
    return base64.b64encode(text.encode(encoding)).decode()
