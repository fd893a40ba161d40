"""Names, types, units and meanings of every column, in one place.

`EVENTS` is what every reader produces; its names are those of Defender's DeviceNetworkEvents
(Microsoft Learn, "DeviceNetworkEvents table in the advanced hunting schema").
`RESULT` is what every output shows; `beacon fields` prints it.
"""

from typing import NamedTuple

import polars as pl

TIME = pl.Datetime("ns", "UTC")

EVENTS: dict[str, pl.DataType] = {
    "Timestamp": TIME,
    "DeviceId": pl.String(),
    "DeviceName": pl.String(),
    "ActionType": pl.String(),
    "Protocol": pl.String(),
    "LocalIP": pl.String(),
    "LocalPort": pl.Int32(),
    "RemoteIP": pl.String(),
    "RemotePort": pl.Int32(),
    "RemoteIPType": pl.String(),
    "RemoteUrl": pl.String(),
    "InitiatingProcessFileName": pl.String(),
    "InitiatingProcessFolderPath": pl.String(),
    "InitiatingProcessId": pl.Int64(),
    "InitiatingProcessCreationTime": pl.Datetime("us", "UTC"),
    "InitiatingProcessCommandLine": pl.String(),
    "InitiatingProcessParentFileName": pl.String(),
    "InitiatingProcessParentId": pl.Int64(),
    "InitiatingProcessParentCreationTime": pl.Datetime("us", "UTC"),
    "InitiatingProcessParentCommandLine": pl.String(),
    "InitiatingProcessAccountDomain": pl.String(),
    "InitiatingProcessAccountName": pl.String(),
    "InitiatingProcessIntegrityLevel": pl.String(),
    "InitiatingProcessSHA1": pl.String(),
    "InitiatingProcessVersionInfoCompanyName": pl.String(),
    "InitiatingProcessVersionInfoOriginalFileName": pl.String(),
    "InitiatingProcessUniqueId": pl.String(),
    "ReportId": pl.Int64(),
    "AdditionalFields": pl.String(),
}
"""Canonical event columns. One that the source lacks is null in every row: 'not observable'.

`InitiatingProcessUniqueId` names one run of a program (Sysmon: ProcessGuid) where a source has it.
"""

CONTEXT: dict[str, dict[str, pl.DataType]] = {
    "starts": {
        "host": pl.String(),
        "pid": pl.Int64(),
        "born": pl.Datetime("us", "UTC"),
        "line": pl.String(),
        "parent": pl.String(),
    },
    "lookups": {
        "host": pl.String(),
        "pid": pl.Int64(),
        "at": TIME,
        "name": pl.String(),
        "address": pl.String(),
    },
    "tasks": {
        "host": pl.String(),
        "name": pl.String(),
        "period_seconds": pl.Float64(),
        "command": pl.String(),
        "arguments": pl.String(),
    },
    "scripts": {"host": pl.String(), "pid": pl.Int64(), "text": pl.String()},
}
"""What a source may say beside its connections; `host` is lower case.

starts: one row a process, with its command line and its parent's file name. lookups: one row an
address that a DNS answer gave. tasks: one row a scheduled task, with the period it declares.
scripts: the text that a process ran.
"""

AGGREGATED = "AggregatedReport"
"""How the ActionType of an hourly report on many connections ends."""

KEY = ("host", "process", "domain")
"""What names a channel, all in lower case."""

REQUIRED = ("Timestamp", "DeviceName", "InitiatingProcessFileName")
"""Without these no channel can be formed; RemoteUrl or RemoteIP is needed as well."""


LONG_CONNECTION_SECONDS = 300.0
"""A connection this long or longer may carry polls that no source shows."""


class Field(NamedTuple):
    """One column of the result."""

    name: str
    dtype: pl.DataType
    unit: str
    meaning: str


EVIDENCE = pl.List(
    pl.Struct({"name": pl.String, "value": pl.String, "weight": pl.Float64, "state": pl.String})
)

# fmt: off
RESULT: tuple[Field, ...] = (
    Field("alert_id", pl.String(), "", "stable name of the channel: the same host, process, domain and profile give the same id every day"),
    Field("rank", pl.Int64(), "", "1 is the first to look at"),
    Field("score", pl.Float64(), "probability", "logistic of base rate plus all evidence weights"),
    Field("severity", pl.String(), "", "critical, high, medium, low or none: the score against the thresholds in [rank]; unknown: below them, but telemetry hides the polls"),
    Field("status", pl.String(), "", "scored, or insufficient: too few polls seen to judge timing, ranked on its other evidence"),
    Field("track", pl.String(), "", "event: exact times; hourly: aggregated counts; mixed: both"),
    Field("host", pl.String(), "", "device name, lower case"),
    Field("process", pl.String(), "", "file name of the program that connected, lower case"),
    Field("domain", pl.String(), "", "host part of the URL, lower case; the address where there is no name"),
    Field("service", pl.String(), "", "the service term of the rule that the domain belongs to"),
    Field("accounts", pl.List(pl.String()), "", "accounts the program ran as"),
    Field("parents", pl.List(pl.String()), "", "file names of its parent processes"),
    Field("command_line", pl.String(), "", "its most frequent command line"),
    Field("parent_command_line", pl.String(), "", "most frequent command line of its parents; null where no source tells it"),
    Field("grandparents", pl.List(pl.String()), "", "file names of its parents' parents; null where no source tells them"),
    Field("task", pl.String(), "", "scheduled task of the host that runs this command; null where none is known"),
    Field("task_period_seconds", pl.Float64(), "s", "time between two runs that the task declares; null where it declares none"),
    Field("matched_domains", pl.List(pl.String()), "", "every service term that matched"),
    Field("matched_process", pl.String(), "", "the process term that matched"),
    Field("events", pl.Int64(), "connections", "rows on the timeline of the channel"),
    Field("polls", pl.Int64(), "polls", "connections after bursts are collapsed to one poll; of hourly aggregates every connection counts"),
    Field("instances", pl.Int64(), "", "runs of the program (process id and start time)"),
    Field("first_seen", TIME, "UTC", "first event of the channel in this export"),
    Field("last_seen", TIME, "UTC", "last event of the channel in this export"),
    Field("period_seconds", pl.Float64(), "s", "fitted time between polls; null where none could be fitted"),
    Field("jitter_fraction", pl.Float64(), "sd / period", "spread of the time between polls as a share of the period"),
    Field("coverage", pl.Float64(), "share", "polls seen of the polls expected between first and last"),
    Field("timing_evidence", pl.Float64(), "log10 Bayes factor", "timer against human or bursty process; 0: timing says nothing"),
    Field("direction", pl.String(), "", "down-only, up-seen or unknown: which way data went"),
    Field("prevalence_hosts", pl.Int64(), "hosts", "hosts where the same process and parent contacted the same service"),
    Field("fleet_hosts", pl.Int64(), "hosts", "hosts in the export"),
    Field("first_seen_ever", TIME, "UTC", "first event of the channel in the history; null without history"),
    Field("is_encoded_cmd", pl.Boolean(), "", "the rule's IsEncodedCmd on any event"),
    Field("is_scheduled_or_service", pl.Boolean(), "", "the rule's IsScheduledOrService on any event"),
    Field("is_scripting_host", pl.Boolean(), "", "the rule's IsScriptingHost on any event"),
    Field("suspicious_parent", pl.Boolean(), "", "the rule's SuspiciousParent on any event"),
    Field("benign_class", pl.String(), "", "the benign explanation that fits best, empty where none does"),
    Field("evidence", EVIDENCE, "log-odds", "every term: what was seen, its weight, and fired, not fired or not observable"),
    Field("quality", pl.List(pl.String()), "", "what limits this channel's numbers"),
    Field("technique", pl.String(), "", "MITRE ATT&CK technique, by the direction"),
    Field("activity", pl.List(pl.Int32), "connections", "connections in each of 48 equal slices from first_seen to last_seen; null below 3"),
)
# fmt: on
"""Columns of the result, in order. CSV has the scalar ones."""
