"""The hunting query, made to compile, and a version of it that looks at time."""

from collections.abc import Iterable, Sequence

from beacon.rule_export import quote
from beacon.rules import Rule
from beacon.settings import AllowEntry

FEWEST_POLLS = 6
"""Polls below which quartiles of their gaps say nothing."""
MOST_SPREAD = 0.5
"""Quartile spread over the median gap: 50 % uniform or 37 % Gaussian jitter; chance gives 1.58."""
MOST_HOSTS = 3
"""Devices on which a program may do the same and still be rare."""
BURST_SECONDS = 5
"""Connections closer than this are one poll."""


def hunting(rule: Rule, allowed: Sequence[AllowEntry] = ()) -> str:
    """The published query with the columns the table really has.

    The account is InitiatingProcessAccountName; the parent's command line is joined from
    DeviceProcessEvents (Microsoft Learn, "DeviceNetworkEvents", "DeviceProcessEvents").
    """
    return (
        f"{_opening(rule)}{_filter('Timestamp')}{_allowed(allowed)}{_PARENTS}{_FLAGS}"
        "| project Timestamp, DeviceName, AccountName = InitiatingProcessAccountName,\n"
        "    InitiatingProcessFileName, InitiatingProcessCommandLine,\n"
        "    InitiatingProcessParentFileName, InitiatingProcessParentCommandLine,\n"
        "    RemoteUrl, RemoteIP, RemotePort, RemoteIPType,\n"
        "    IsEncodedCmd, IsScheduledOrService, IsScriptingHost, SuspiciousParent\n"
        "| sort by Timestamp desc\n"
    )


def timed(rule: Rule, clock: str = "Timestamp", allowed: Sequence[AllowEntry] = ()) -> str:
    """The same filter, then one row a channel on few hosts whose gaps between polls are alike.

    A coarse stand-in for `beacon score` where an export is not to be had: quartiles of the gaps
    need no period and no assumption on missed polls, but know nothing of chance.

    Args:
        rule: the lists.
        clock: `Timestamp` in Defender, `TimeGenerated` in Sentinel.
        allowed: entries whose rows are left out until they expire.
    """
    return f"""\
{_opening(rule)}let Channels = materialize({_filter(clock)}{_allowed(allowed)}\
| where ActionType !endswith "AggregatedReport" and ActionType !startswith "Inbound"
{_FLAGS}\
| extend RemoteHost = tolower(extract(@"^(?:\\w+://)?([^/:?#]+)", 1, RemoteUrl)),
    ProcessName = tolower(InitiatingProcessFileName)
// Sorted by the whole channel: a gap must never span two destinations.
| sort by DeviceId asc, ProcessName asc, RemoteHost asc, Timestamp asc
| extend GapSeconds = iff(
    DeviceId == prev(DeviceId) and ProcessName == prev(ProcessName)
        and RemoteHost == prev(RemoteHost),
    datetime_diff("millisecond", Timestamp, prev(Timestamp)) / 1000.0, real(null))
| where isnull(GapSeconds) or GapSeconds > {BURST_SECONDS}
| summarize Polls = count(), FirstSeen = min(Timestamp), LastSeen = max(Timestamp),
    (LowerSeconds, PeriodSeconds, UpperSeconds) = percentiles(GapSeconds, 25, 50, 75),
    AccountName = take_any(InitiatingProcessAccountName),
    CommandLine = take_any(InitiatingProcessCommandLine),
    ParentName = take_any(InitiatingProcessParentFileName),
    IsEncodedCmd = max(IsEncodedCmd), IsScheduledOrService = max(IsScheduledOrService),
    IsScriptingHost = max(IsScriptingHost), SuspiciousParent = max(SuspiciousParent)
    by DeviceId, DeviceName, ProcessName, RemoteHost);
Channels
| join kind=inner (Channels
    | summarize Hosts = dcount(DeviceId) by ProcessName, ParentName, RemoteHost)
    on ProcessName, ParentName, RemoteHost
| where Hosts <= {MOST_HOSTS}
| where Polls >= {FEWEST_POLLS}
| extend SpreadShare = round((UpperSeconds - LowerSeconds) / PeriodSeconds, 3)
| where SpreadShare <= {MOST_SPREAD}
| extend HostName = tostring(split(DeviceName, ".")[0]),
    DnsDomain = strcat_array(array_slice(split(DeviceName, "."), 1, -1), ".")
| sort by SpreadShare asc
"""


def _opening(rule: Rule) -> str:
    return (
        f"let LegitWebServices = dynamic([{_listed(rule.services)}]);\n"
        f"let SuspiciousProcesses = dynamic([{_listed(rule.processes)}]);\n"
        f"let EncodedWords = dynamic([{_listed(rule.encoded_command)}]);\n"
        f"let SchedulerParents = dynamic([{_listed(rule.scheduled_or_service_parents)}]);\n"
        f"let ScriptingHosts = dynamic([{_listed(rule.scripting_hosts)}]);\n"
        f"let OfficeParents = dynamic([{_listed(rule.suspicious_parents)}]);\n"
    )


def _filter(clock: str) -> str:
    return (
        "DeviceNetworkEvents\n"
        f"| where {clock} > ago(24h)\n"
        "| where RemoteUrl has_any (LegitWebServices)\n"
        "| where InitiatingProcessFileName has_any (SuspiciousProcesses)\n"
    )


_KEYS = {
    "host": "DeviceName",
    "process": "InitiatingProcessFileName",
    "domain": 'extract(@"^(?:\\w+://)?([^/:?#]+)", 1, RemoteUrl)',
    "parent": "InitiatingProcessParentFileName",
    "account": "InitiatingProcessAccountName",
    "command_line": "InitiatingProcessCommandLine",
}


def _allowed(entries: Sequence[AllowEntry]) -> str:
    """A line an entry: row by row, so an allowed parent does not hide the rows of another."""
    lines = []
    for entry in entries:
        keys = {name: value for name in _KEYS if (value := getattr(entry, name))}
        tests = [
            f"{_KEYS[name]} {'==' if name == 'command_line' else '=~'} {quote.text(value)}"
            for name, value in keys.items()
        ]
        tests.append(f"now() < datetime({entry.expires}) + 1d")
        lines.append(f"| where not({' and '.join(tests)})\n")
    return "".join(lines)


_PARENTS = """\
| join kind=leftouter (
    DeviceProcessEvents
    | where Timestamp > ago(7d)
    | summarize InitiatingProcessParentCommandLine = take_any(ProcessCommandLine)
        by DeviceId, InitiatingProcessParentId = ProcessId,
        InitiatingProcessParentCreationTime = ProcessCreationTime)
    on DeviceId, InitiatingProcessParentId, InitiatingProcessParentCreationTime
"""
_FLAGS = """\
| extend IsEncodedCmd = InitiatingProcessCommandLine has_any (EncodedWords),
    IsScheduledOrService = InitiatingProcessParentFileName in~ (SchedulerParents),
    IsScriptingHost = InitiatingProcessFileName in~ (ScriptingHosts),
    SuspiciousParent = InitiatingProcessParentFileName in~ (OfficeParents)
"""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quote.text, names))
