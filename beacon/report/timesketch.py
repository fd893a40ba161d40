"""The evidence as Timesketch events: JSON lines with `message`, `datetime`, `timestamp_desc`.

Source: Timesketch user guide, "Create timeline from JSON/JSONL/CSV file".
"""

import json
from collections.abc import Iterable
from typing import Any

import polars as pl

from beacon.report import words
from beacon.report.words import Row

_PER_ALERT = (
    "alert_id", "rank", "score", "severity", "host", "process", "domain", "technique",
)  # fmt: skip
_PER_EVENT = {
    "action": "ActionType",
    "remote_ip": "RemoteIP",
    "remote_port": "RemotePort",
    "process_id": "InitiatingProcessId",
    "report_id": "ReportId",
}


def timesketch(rows: pl.DataFrame, timeline: pl.DataFrame) -> str:
    """Two events an alert, at its first and its last connection, and one a row behind it.

    Args:
        rows: rows of `schema.RESULT`.
        timeline: `alert_id` and canonical event columns.
    """
    events = [event for row in rows.iter_rows(named=True) for event in _alert(row, timeline)]
    events.sort(key=lambda event: (event["datetime"], event["rank"]))
    # Escaped to ASCII: whatever reads a line sees text, never a control character.
    return "".join(json.dumps(event) + "\n" for event in events)


def _alert(row: Row, timeline: pl.DataFrame) -> Iterable[dict[str, Any]]:
    told = {name: row[name] for name in _PER_ALERT}
    tags = ["beacon", row["severity"], row["technique"]]
    for column, words_for_it in (("first_seen", "First poll"), ("last_seen", "Last poll")):
        if row[column] is not None:
            yield {
                "message": words.headline(row),
                "datetime": row[column].isoformat(timespec="microseconds"),
                "timestamp_desc": f"{words_for_it} of a beacon alert",
                "reasons": words.reasons(row),
                "command_line": row["command_line"],
                "tag": tags,
                **told,
            }
    seen = timeline.filter(pl.col("alert_id") == row["alert_id"]).drop_nulls("Timestamp")
    for event in seen.iter_rows(named=True):
        yield {
            "message": f"{row['host']}: {row['process']} contacted {row['domain']}",
            "datetime": event["Timestamp"].isoformat(timespec="microseconds"),
            "timestamp_desc": "Network connection behind a beacon alert",
            "tag": tags,
            **told,
            **{name: event[column] for name, column in _PER_EVENT.items()},
        }
