"""Rows of the result for tests of the outputs: one plain alert, and rows no analyst would wish."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from beacon.schema import RESULT

FIRST = datetime(2026, 5, 4, 13, 40, 12, tzinfo=UTC)

PLAIN: dict[str, Any] = {
    "alert_id": "7cc034afb0a3", "rank": 1, "score": 0.875, "severity": "high",
    "status": "scored", "track": "event", "host": "ws-014.corp.example",
    "process": "powershell.exe", "domain": "raw.githubusercontent.com",
    "service": "raw.githubusercontent.com", "accounts": ["jdoe"], "parents": ["svchost.exe"],
    "command_line": "powershell.exe -enc aQBlAHgAIAAkAHgA",
    "parent_command_line": "svchost.exe -k netsvcs -p -s Schedule",
    "grandparents": ["services.exe"], "task": "\\Sync", "task_period_seconds": 900.0,
    "matched_domains": ["raw.githubusercontent.com"], "matched_process": "powershell.exe",
    "events": 40, "polls": 37, "instances": 37, "first_seen": FIRST,
    "last_seen": FIRST + timedelta(hours=9, minutes=15), "period_seconds": 902.0,
    "jitter_fraction": 0.04, "coverage": 37 / 38, "timing_evidence": 6.25,
    "direction": "down-only", "prevalence_hosts": 3, "fleet_hosts": 412, "first_seen_ever": None,
    "is_encoded_cmd": True, "is_scheduled_or_service": True, "is_scripting_host": False,
    "suspicious_parent": False, "benign_class": "",
    "evidence": [
        {"name": "timing", "value": "37 polls", "weight": 6.9078, "state": "fired"},
        {"name": "encoded command", "value": "-enc", "weight": 1.0, "state": "fired"},
        {"name": "common in fleet", "value": "3 of 412", "weight": 0.0, "state": "not fired"},
        {"name": "direction", "value": "", "weight": 0.0, "state": "not observable"},
    ],
    "quality": ["2 hourly aggregate rows are not on the timeline"], "technique": "T1102.003",
    "activity": [1] * 37 + [0] * 11,
}  # fmt: skip

HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</style><script>alert(1)",
    "</script>", "' onmouseover=alert(1) x='", '" autofocus onfocus="alert(1)',
    "javascript:alert(1)",
    "{{7*7}}", "{% raw %}", "]]>", "<!--", "&lt;b&gt;", "\x1b[2J\x1b]0;owned\x07", "\x9b31m",
    "\x1b]8;;http://evil\x07x\x1b]8;;\x07", "a\u202egnp.exe", "\u2066x\u2069", "\ufeff", "\x00",
    "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "+1+cmd", "-2+3", "\t=1+1", "\r=1+1", "\n=1",
    "\uff1d1+1", "[/foo]", "[bold]x[/bold]", ":smile:", '"; drop', 'a" or true //', "a\\", "a\\\"b",
    "a\nb| take 1", "`x` | y", "| a | b |", "# head", "[x](javascript:alert(1))", "***", "```\n",
    "\U000e0041", "\u2028x", "\U0001f480", "é" * 3, "%0a", "a,b", 'a"b', "", " ", "x" * 5_000,
)  # fmt: skip
"""Text that some reader of ours would obey, hide or trip over."""

_text = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\"'<>&\\|`=@+-\t\r\n\x00\x1b"),
    max_size=20,
)


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows as a result."""
    return pl.DataFrame(
        {field.name: [row[field.name] for row in rows] for field in RESULT},
        schema={field.name: field.dtype for field in RESULT},
    )


@st.composite
def hostile(draw: st.DrawFn) -> dict[str, Any]:
    """A row whose every text comes from an attacker, and whose numbers are at their limits."""
    period = draw(st.none() | st.floats(1e-3, 1e6))
    texts = ("host", "process", "domain", "service", "command_line", "matched_process")
    terms = st.fixed_dictionaries(
        {
            "name": st.sampled_from(["timing", "common in fleet"]),
            "value": _text,
            "weight": st.floats(-8, 8),
            "state": st.sampled_from(["fired", "not fired", "not observable"]),
        }
    )
    return {
        **PLAIN,
        **{name: draw(_text) for name in texts},
        "command_line": draw(st.none() | _text),
        "accounts": draw(st.lists(_text, max_size=2)),
        "parents": draw(st.lists(_text, max_size=2)),
        "quality": draw(st.lists(_text, max_size=2)),
        "evidence": draw(st.lists(terms, max_size=3)),
        "score": draw(st.floats(0, 1)),
        "period_seconds": period,
        "jitter_fraction": None if period is None else draw(st.floats(0, 3)),
        "coverage": None if period is None else draw(st.floats(0.001, 1)),
        "polls": draw(st.integers(0, 10**6)),
        "activity": draw(st.none() | st.lists(st.integers(0, 9), min_size=48, max_size=48)),
    }
