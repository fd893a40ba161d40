"""The next questions of an investigation, as KQL for Defender's advanced hunting."""

import re
from datetime import timedelta
from ipaddress import ip_address
from typing import NamedTuple

from beacon.report.words import Row
from beacon.rule_export import quote

_MARGIN = timedelta(minutes=10)


class Query(NamedTuple):
    """A question and the KQL that answers it."""

    question: str
    kql: str


def queries(row: Row) -> list[Query]:
    """Queries filled in for one alert, ready to paste; columns are those Microsoft documents.

    Args:
        row: one row of `schema.RESULT`.
    """
    opening = _opening(row)
    place = _place(row["domain"])
    bodies = _BODIES if row["process"] else {q: _OF_PROCESS.sub("", b) for q, b in _BODIES.items()}
    return [
        *(Query(question, opening + body.format(place=place)) for question, body in bodies.items()),
        Query("How many devices do this, for how long?", _fleet(row, place)),
    ]


_BODIES = {
    "What started it, and what did it start?": """\
DeviceProcessEvents
| where Timestamp between (starts .. ends) and DeviceName =~ host
| where FileName =~ process or InitiatingProcessFileName =~ process
| project Timestamp, FileName, ProcessId, ProcessCommandLine, AccountName,
    InitiatingProcessFileName, InitiatingProcessId, InitiatingProcessParentFileName
| sort by Timestamp asc
""",
    "Which files did it write within two minutes of a contact?": """\
DeviceNetworkEvents
| where Timestamp between (starts .. ends) and DeviceName =~ host
| where InitiatingProcessFileName =~ process and {place}
| project DeviceId, InitiatingProcessId, contacted = Timestamp
| join kind=inner (
    DeviceFileEvents
    | where Timestamp between (starts .. ends) and DeviceName =~ host
    | project DeviceId, InitiatingProcessId, written = Timestamp, ActionType,
        FolderPath, FileName, SHA256) on DeviceId, InitiatingProcessId
| where (written - contacted) between (0s .. 2m)
| summarize FirstSeen = min(written), Writes = count() by FolderPath, FileName, ActionType, SHA256
| sort by FirstSeen asc
""",
    "Where else did it connect?": """\
DeviceNetworkEvents
| where Timestamp between (starts .. ends) and DeviceName =~ host
| where InitiatingProcessFileName =~ process
| summarize Connections = count(), FirstSeen = min(Timestamp), LastSeen = max(Timestamp)
    by RemoteUrl, RemoteIP, RemotePort, InitiatingProcessParentFileName
| sort by Connections desc
""",
    "What did its scripts say?": """\
DeviceEvents
| where Timestamp between (starts .. ends) and DeviceName =~ host
| where ActionType in ("AmsiScriptDetection", "PowerShellCommand", "ScriptContent")
| where InitiatingProcessFileName =~ process
| project Timestamp, ActionType, InitiatingProcessId, InitiatingProcessCommandLine, AdditionalFields
| sort by Timestamp asc
""",
}

_OF_PROCESS = re.compile(
    r"\| where (?:FileName =~ process or )?InitiatingProcessFileName =~ process\n"
    r"|InitiatingProcessFileName =~ process and "
)
"""What is not asked where a network sensor saw no process: no row of Defender's is without."""


def _opening(row: Row) -> str:
    first, last = row["first_seen"], row["last_seen"]
    starts = quote.time(first - _MARGIN) if first else "ago(30d)"
    ends = quote.time(last + _MARGIN) if last else "now()"
    process = f"let process = {quote.text(row['process'])};\n" if row["process"] else ""
    return (
        f"let host = {quote.text(row['host'])};\n{process}"
        f"let starts = {starts};\nlet ends = {ends};\n"
    )


def _fleet(row: Row, place: str) -> str:
    of_process = f"InitiatingProcessFileName =~ {quote.text(row['process'])} and "
    return f"""\
DeviceNetworkEvents
| where Timestamp > ago(30d)
| where {of_process if row["process"] else ""}{place}
| summarize Devices = dcount(DeviceId), Connections = count(),
    FirstSeen = min(Timestamp), LastSeen = max(Timestamp)
    by InitiatingProcessParentFileName, InitiatingProcessVersionInfoCompanyName
| sort by Devices asc
"""


def _place(domain: str) -> str:
    try:
        ip_address(domain)
    except ValueError:
        return f"RemoteUrl has {quote.text(domain)}"
    return f"RemoteIP == {quote.text(domain)}"
