"""Sysmon's network connections with their domain, command line and parent.

One connection is spread over three events, joined here by ProcessGuid alone: 3 (connection),
22 (DNS query: the domain of an address) and 1 (process creation). Event 1 and event 3 need not
agree on the time. DestinationHostname is never used: it is a reverse lookup, empty in 96 % of
recorded rows and able to fake a service's name (`cdn-185-199-108-133.github.com`).
Fields: Microsoft, Sysinternals Sysmon documentation, "Events".
"""

from dataclasses import replace

import polars as pl

from beacon.read import windows_events
from beacon.read.part import BadRow, Part
from beacon.read.sysmon_names import NO_PROCESS, with_domain
from beacon.read.table import LINE, Table, to_part
from beacon.read.times import Clock
from beacon.settings import ReadSettings

FIELDS = (
    "EventID", "Channel", "Computer", "Record", "UtcTime", "ProcessGuid", "ProcessId", "Image",
    "User", "Protocol", "Initiated", "SourceIp", "SourcePort", "DestinationIp", "DestinationPort",
    "QueryName", "QueryResults", "CommandLine", "ParentImage", "ParentProcessId",
    "ParentCommandLine", "IntegrityLevel", "Company", "OriginalFileName", "Hashes",
    *windows_events.FIELDS,
)  # fmt: skip
"""What a shipper's reader provides, all text, null where the event has no such field."""


def sysmon_part(
    name: str, shape: str, events: pl.LazyFrame, bad: tuple[BadRow, ...], settings: ReadSettings
) -> Part:
    """Connections from Sysmon events; all other events are counted in the notes.

    The events that matter, a small share of such logs, are read into memory: joining needs all.

    Args:
        name: of the part.
        shape: of the part.
        events: `LINE` and `FIELDS`, one row an event, of any event ids.
        bad: lines that could not be read.
        settings: as for every reader; Sysmon's own times are UTC.
    """
    is_ours = pl.col("Channel").is_null() | pl.col("Channel").str.contains("(?i)sysmon")
    kind = pl.when(is_ours).then(pl.lit("Sysmon")).otherwise("Channel").alias("kind")
    wanted = (is_ours & pl.col("EventID").is_in(["1", "3", "22"])) | windows_events.kept()
    found, counts = pl.collect_all(
        [events.filter(wanted), events.group_by(kind, "EventID").len()], engine="streaming"
    )
    found = found.with_columns(
        guid=pl.col("ProcessGuid").str.strip_chars("{} ").str.to_uppercase(),
        at=Clock(("iso spaced", "iso zoned")).parse(pl.col("UtcTime"), "us"),
    )
    ours = found.filter(is_ours)
    process, connection, lookup = (ours.filter(pl.col("EventID") == n) for n in ("1", "3", "22"))
    permitted = windows_events.connections(found, connection)
    table = _rows(pl.concat([with_domain(connection, lookup), _nameless(permitted)]), process)
    columns = [column for column in table.columns if column != LINE]
    certain = {"Timestamp", "ActionType", "RemoteIP", "RemoteUrl", "InitiatingProcessFileName"}
    part = to_part(
        name,
        shape,
        Table(
            table.lazy(),
            {column: column for column in columns},
            guessed=frozenset(columns) - certain,
            bad=bad,
            set_aside=int(counts["len"].sum()) - table.height,
            notes=(
                *_joined(table, len(process), len(lookup), len(permitted)),
                *windows_events.registered(found),
                *_set_aside(counts, bool(permitted.height)),
            ),
        ),
        settings,
    )
    return replace(part, context=windows_events.context(found))


def _rows(connection: pl.DataFrame, process: pl.DataFrame) -> pl.DataFrame:
    """Events 3 under Defender's column names, with what event 1 says of their process."""
    details = (
        process.filter(pl.col("guid") != NO_PROCESS)
        .unique("guid", keep="first", maintain_order=True)
        .select("guid", *(pl.col(field).alias(f"start:{field}") for field in FIELDS))
    )
    is_inbound = pl.col("Initiated").str.to_lowercase() == "false"
    # An accepted TCP connection has the peer as its source; UDP keeps its own end there.
    swap = (is_inbound & (pl.col("Protocol").str.to_lowercase() == "tcp")).fill_null(value=False)

    def end(usual: str, swapped: str) -> pl.Expr:
        return pl.when(swap).then(swapped).otherwise(usual)

    return connection.join(details, on="guid", how="left", maintain_order="left").select(
        LINE,
        Timestamp="UtcTime",
        DeviceName="Computer",
        ActionType=pl.when(is_inbound)
        .then(pl.lit("InboundConnectionAccepted"))
        .otherwise(pl.lit("ConnectionSuccess")),
        Protocol=pl.col("Protocol").str.to_titlecase(),
        LocalIP=end("SourceIp", "DestinationIp"),
        LocalPort=end("SourcePort", "DestinationPort"),
        RemoteIP=end("DestinationIp", "SourceIp"),
        RemotePort=end("DestinationPort", "SourcePort"),
        RemoteUrl="domain",
        InitiatingProcessFileName=_file_name("Image"),
        InitiatingProcessFolderPath="Image",
        InitiatingProcessId="ProcessId",
        InitiatingProcessCreationTime="start:UtcTime",
        InitiatingProcessCommandLine="start:CommandLine",
        InitiatingProcessParentFileName=_file_name("start:ParentImage"),
        InitiatingProcessParentId="start:ParentProcessId",
        InitiatingProcessParentCommandLine="start:ParentCommandLine",
        InitiatingProcessAccountDomain=pl.col("User").str.extract(r"^([^\\]*)\\"),
        InitiatingProcessAccountName=pl.col("User").str.extract(r"([^\\]*)$"),
        InitiatingProcessIntegrityLevel="start:IntegrityLevel",
        InitiatingProcessSHA1=pl.col("start:Hashes")
        .str.extract("(?i)SHA1=([0-9a-f]{40})")
        .str.to_lowercase(),
        InitiatingProcessVersionInfoCompanyName=_blank("start:Company"),
        InitiatingProcessVersionInfoOriginalFileName=_blank("start:OriginalFileName"),
        InitiatingProcessUniqueId="guid",
        ReportId="Record",
    )


def _nameless(permitted: pl.DataFrame) -> pl.DataFrame:
    """Connections without a lookup, with the columns of `with_domain`."""
    return permitted.with_columns(address=pl.lit(""), domain=pl.lit(""))


def _file_name(column: str) -> pl.Expr:
    return pl.col(column).str.extract(r"([^\\/]*)$")


def _blank(column: str) -> pl.Expr:
    """Sysmon writes '-' where the program carries no version information."""
    return pl.col(column).replace("-", "")


def _joined(table: pl.DataFrame, processes: int, lookups: int, permitted: int) -> list[str]:
    if not table.height:
        return [
            "no Sysmon event 3 in it; Sysmon logs connections only if its configuration says so"
        ]
    unnamed = table.filter(pl.col("RemoteUrl") == "").height
    orphans = table["InitiatingProcessCreationTime"].null_count()
    of = f"of {table.height:,} connections"
    notes = [f"joined: Sysmon 22 ({lookups:,}) for domains, Sysmon 1 ({processes:,}) for processes"]
    if permitted:
        notes.append(f"{permitted:,} {of} from Security 5156: their hosts log no Sysmon event 3")
    if unnamed:
        notes.append(f"{unnamed:,} {of} without a domain: no event 22 gave their address")
    if orphans:
        notes.append(f"{orphans:,} {of} without event 1: command line and parent unknown")
    return notes


def _set_aside(counts: pl.DataFrame, permitted: bool) -> list[str]:
    number = pl.col("EventID")
    security = [windows_events.PLANNED, *([windows_events.CONNECTED] if permitted else [])]
    joined = (
        ((pl.col("kind") == "Sysmon") & number.is_in(["1", "3", "22"]))
        | ((pl.col("kind") == "Security") & number.is_in(security))
        | (pl.col("kind").str.contains("(?i)powershell") & (number == windows_events.SCRIPT))
    )
    others = counts.filter(~joined.fill_null(value=False)).sort(
        "len", "kind", "EventID", descending=[True, False, False]
    )
    listed = ", ".join(f"{kind} {number} ({count:,})" for kind, number, count in others.iter_rows())
    return [f"left aside, other events: {listed}"] if listed else []
