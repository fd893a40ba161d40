"""Alerts as OCSF Detection Findings (class 2004), one JSON object a line.

Source: Open Cybersecurity Schema Framework 1.5.0, class "Detection Finding".
"""

import json
from datetime import datetime
from typing import Any

import polars as pl

from beacon._version import __version__
from beacon.report import story, words
from beacon.report.words import Row

_SEVERITIES = {"unknown": 0, "none": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_CAPTIONS = {
    0: "Unknown", 1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical",
}  # fmt: skip


def ocsf(rows: pl.DataFrame) -> str:
    """Draw each row as a new finding.

    Args:
        rows: rows of `schema.RESULT`.
    """
    return "".join(json.dumps(_finding(row)) + "\n" for row in rows.iter_rows(named=True))


def _finding(row: Row) -> dict[str, Any]:
    severity = _SEVERITIES[row["severity"]]
    first, last = _milliseconds(row["first_seen"]), _milliseconds(row["last_seen"])
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "type_uid": 200401,
        "type_name": "Detection Finding: Create",
        "time": last or first or 0,
        "start_time": first,
        "end_time": last,
        "severity_id": severity,
        "severity": _CAPTIONS[severity],
        "status_id": 1,
        "status": "New",
        "confidence_score": round(100 * row["score"]),
        "count": row["events"],
        "message": words.headline(row),
        "metadata": {
            "version": "1.5.0",
            "uid": row["alert_id"],
            "product": {"name": "beacon", "vendor_name": "beacon", "version": __version__},
        },
        "finding_info": _information(row, first, last),
        "evidences": [
            {
                "name": "channel",
                "src_endpoint": {"hostname": row["host"]},
                "dst_endpoint": {"hostname": row["domain"]},
                "process": {
                    "name": row["process"],
                    "cmd_line": row["command_line"],
                    "parent_process": {"name": (row["parents"] or [None])[0]},
                },
                "data": {"evidence": row["evidence"], "quality": row["quality"]},
            }
        ],
        "observables": [
            _observable("evidences[0].src_endpoint.hostname", 1, "Hostname", row["host"]),
            _observable("evidences[0].dst_endpoint.hostname", 1, "Hostname", row["domain"]),
            _observable("evidences[0].process.name", 9, "Process Name", row["process"]),
        ],
    }


def _information(row: Row, first: int | None, last: int | None) -> dict[str, Any]:
    technique = row["technique"]
    name = story.TECHNIQUES.get(technique, "").partition(": ")[2]
    attack = {
        "tactic": {"uid": "TA0011", "name": "Command and Control"},
        "technique": {"uid": "T1102", "name": "Web Service"},
    }
    if name:
        attack["sub_technique"] = {"uid": technique, "name": name}
    return {
        "uid": row["alert_id"],
        "title": f"Possible dead-drop polling of {row['domain']} by {row['process']}",
        "desc": words.reasons(row),
        "first_seen_time": first,
        "last_seen_time": last,
        "types": ["Command and Control"],
        "data_sources": ["DeviceNetworkEvents"],
        "analytic": {
            "uid": "beacon.score",
            "name": "beacon",
            "type": "Statistical",
            "type_id": 3,
            "version": __version__,
        },
        "attacks": [attack],
    }


def _observable(name: str, type_id: int, kind: str, value: str) -> dict[str, Any]:
    return {"name": name, "type_id": type_id, "type": kind, "value": value}


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(1000 * moment.timestamp())
