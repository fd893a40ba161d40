r"""Windows events beside Sysmon's: connections of the firewall, scheduled tasks, script text.

Security 5156 (a permitted connection) stands for Sysmon's event 3 on hosts that have none: without
a name, a command line or a parent. Security 4698 holds a task's XML, Sysmon 12 and 13 a task's name
in `...\Schedule\TaskCache\Tree\NAME`. PowerShell 4104 logs the text that a process runs.
None of them has Sysmon's UtcTime: a time counts only where the shipper keeps it in UTC.
Fields: Microsoft, "Audit Filtering Platform Connection", "Audit Other Object Access Events".
"""

import re

import polars as pl

from beacon.read import tasks
from beacon.read.times import Clock
from beacon.schema import CONTEXT

FIELDS = (
    "SystemTime", "ExecutionProcessID", "ProcessID", "Application", "Direction", "SourceAddress",
    "DestAddress", "DestPort", "TaskName", "TaskContent", "TargetObject", "ScriptBlockText",
    "ScriptBlockId", "MessageNumber",
)  # fmt: skip
"""What a shipper's reader provides beside the fields of Sysmon, all text, null where absent."""
CONNECTED, PLANNED, SCRIPT = "5156", "4698", "4104"
LONGEST_SCRIPT = 4096
"""Characters of script text that a process is known by."""
_OUTBOUND = "%%14593"
_PROTOCOLS = {"6": "tcp", "17": "udp"}
_MOST_NAMES = 5
_TREE = re.compile(r"(?i)\\Schedule\\TaskCache\\Tree(\\.+)")


def is_security() -> pl.Expr:
    """Whether an event is of the Security log."""
    return (pl.col("Channel") == "Security").fill_null(value=False)


def kept() -> pl.Expr:
    """Whether an event is one of these."""
    number, log = pl.col("EventID"), pl.col("Channel").fill_null("")
    registry = pl.col("TargetObject").str.contains(r"(?i)\\Schedule\\TaskCache\\Tree\\")
    return (
        (is_security() & number.is_in([CONNECTED, PLANNED]))
        | (log.str.contains("(?i)powershell") & (number == SCRIPT))
        | (number.is_in(["12", "13"]) & registry.fill_null(value=False))
    ).fill_null(value=False)


def connections(events: pl.DataFrame, sysmon: pl.DataFrame) -> pl.DataFrame:
    """Events 5156 with a time as if they were Sysmon's event 3, of hosts that have no such event.

    Args:
        events: of a shipper, with `FIELDS`.
        sysmon: its events 3.
    """
    heard = sysmon["Computer"].drop_nulls().str.to_lowercase().unique()
    zoned = sysmon["UtcTime"].str.ends_with("Z").any() or not sysmon.height
    form = "%Y-%m-%dT%H:%M:%S%.fZ" if zoned else "%Y-%m-%d %H:%M:%S%.f"  # one form a column
    time = Clock(("iso zoned", "loose zoned")).parse(pl.col("SystemTime")).dt.strftime(form)
    unheard = ~pl.col("Computer").str.to_lowercase().is_in(heard.implode()).fill_null(value=False)
    timed = pl.col("SystemTime").is_not_null()
    mine = is_security() & (pl.col("EventID") == CONNECTED) & unheard & timed
    return events.filter(mine).with_columns(
        UtcTime=pl.coalesce(time, "SystemTime"),
        Image="Application",
        ProcessId=pl.coalesce("ProcessID", "ProcessId"),
        Protocol=pl.col("Protocol").replace(_PROTOCOLS),
        Initiated=(pl.col("Direction") == _OUTBOUND).cast(pl.String),
        SourceIp="SourceAddress",
        DestinationIp="DestAddress",
        DestinationPort="DestPort",
        ProcessGuid=pl.lit(None, pl.String),
        guid=pl.lit(None, pl.String),
    )


def context(events: pl.DataFrame) -> dict[str, pl.LazyFrame]:
    """Tasks and scripts, as frames of `schema.CONTEXT`; only what there is."""
    planned = events.filter(is_security(), pl.col("EventID") == PLANNED)
    rows = planned.select("Computer", "TaskName", "TaskContent").iter_rows()
    found = [
        tasks.from_fields(host, {"TaskName": name, "TaskContent": xml}) for host, name, xml in rows
    ]
    scripts = _scripts(events.filter(pl.col("EventID") == SCRIPT))
    return {
        **({"tasks": tasks.frame(found)} if any(found) else {}),
        **({"scripts": scripts.lazy()} if scripts.height else {}),
    }


def registered(events: pl.DataFrame) -> list[str]:
    """A note on tasks that the registry names and no event 4698 describes."""
    keys = events.filter(pl.col("EventID").is_in(["12", "13"]))["TargetObject"].drop_nulls()
    found = (_TREE.search(key) for key in keys)
    names = {name[1].removesuffix("\\Id").removesuffix("\\Index") for name in found if name}
    described = set(events.filter(pl.col("EventID") == PLANNED)["TaskName"].drop_nulls())
    alone = sorted(names - described)
    if not alone:
        return []
    more = ", ..." if len(alone) > _MOST_NAMES else ""
    return [
        f"tasks registered without an event 4698, so without a declared period: {len(alone):,} "
        f"({', '.join(alone[:_MOST_NAMES])}{more})"
    ]


def _scripts(events: pl.DataFrame) -> pl.DataFrame:
    """The text that each process ran, its blocks in the order of the log."""
    number = pl.col("MessageNumber").cast(pl.Int64, strict=False)
    text = pl.col("ScriptBlockText").str.head(LONGEST_SCRIPT)
    return (
        events.select(
            host=pl.col("Computer").str.to_lowercase(),
            pid=pl.col("ExecutionProcessID").cast(pl.Int64, strict=False),
            block="ScriptBlockId",
            number=number,
            text=text,
        )
        .drop_nulls(["host", "pid", "text"])
        .sort("number", maintain_order=True)
        .group_by("host", "pid", "block", maintain_order=True)
        .agg(pl.col("text").str.join(""))
        .group_by("host", "pid", maintain_order=True)
        .agg(pl.col("text").str.join("\n").str.head(LONGEST_SCRIPT))
        .select(list(CONTEXT["scripts"]))
    )
