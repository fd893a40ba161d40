"""Stage 2: the hunting query, as named boolean expressions over the canonical event columns."""

import functools
import operator
from datetime import datetime, timedelta

import polars as pl

from beacon.rules import hosts, kql
from beacon.rules.profile import Rule
from beacon.schema import TIME
from beacon.settings import Match, RuleSettings

FOLDER = r"(?s)^.*[\\/]"
"""What stands before a file name; Rust and Java read it alike."""
PROJECTION = (
    "Timestamp",
    "DeviceName",
    "AccountName",
    "InitiatingProcessFileName",
    "InitiatingProcessCommandLine",
    "InitiatingProcessParentFileName",
    "InitiatingProcessParentCommandLine",
    "RemoteUrl",
    "RemoteIP",
    "RemotePort",
    "RemoteIPType",
    "IsEncodedCmd",
    "IsScheduledOrService",
    "IsScriptingHost",
    "SuspiciousParent",
)
"""The query's `project`, in its order."""

COLUMNS = (
    "RemoteUrl",
    "InitiatingProcessFileName",
    "InitiatingProcessParentFileName",
    "InitiatingProcessCommandLine",
)
"""What the rule reads; each of its tests, flags and terms looks at one of them."""

_URL, _PROCESS, _PARENT, _LINE = map(pl.col, COLUMNS)


def tests(rule: Rule, mode: Match) -> dict[str, pl.Expr]:
    """What a mode asks of each column; a row is kept where every answer is yes.

    faithful: the query's `where`: RemoteUrl has_any services and process has_any processes.
    strict: host equals or is under a service, and the process's base name is listed. It keeps a
    subset of what faithful keeps: no look-alikes such as `github.com.evil.org`, `my-node.exe`.
    any: nothing.
    """
    if mode == "any":
        return {}
    if mode == "strict":
        url = hosts.belongs_to(hosts.host_of(_URL), rule.services)
        process = kql.in_ci(base_name(_PROCESS), rule.processes)
    else:
        url, process = kql.has_any(_URL, rule.services), kql.has_any(_PROCESS, rule.processes)
    return {"InitiatingProcessFileName": process, "RemoteUrl": url}


def keep(rule: Rule, mode: Match) -> pl.Expr:
    """The row test of a matching mode: an AND of tests on one column each.

    That way the Parquet reader can evaluate it itself.
    """
    asked = list(tests(rule, mode).values())
    return functools.reduce(operator.and_, asked) if asked else pl.lit(value=True)


def flags(rule: Rule) -> list[pl.Expr]:
    """The query's four `extend` columns; always true or false, never null."""
    return [
        kql.has_any(_LINE, rule.encoded_command).alias("IsEncodedCmd"),
        kql.in_ci(_PARENT, rule.scheduled_or_service_parents).alias("IsScheduledOrService"),
        kql.in_ci(_PROCESS, rule.scripting_hosts).alias("IsScriptingHost"),
        kql.in_ci(_PARENT, rule.suspicious_parents).alias("SuspiciousParent"),
    ]


def terms(rule: Rule, mode: Match) -> list[pl.Expr]:
    """Which terms of the lists a row matched, shortest first: `matched_domains`, `matched_process`.

    With `any` the lists still name what they know, and leave the rest empty.
    """
    services = kql.shortest_first(rule.services)
    if mode == "strict":
        domains = hosts.which_service(hosts.host_of(_URL), services)
        processes = kql.which_equal(base_name(_PROCESS), rule.processes)
    else:
        domains = kql.which(_URL, services)
        processes = kql.which(_PROCESS, rule.processes)
    return [
        domains.alias("matched_domains"),
        processes.list.first().fill_null("").alias("matched_process"),
    ]


def in_window(settings: RuleSettings, newest: datetime | None) -> pl.Expr:
    """`Timestamp > ago(window)`: strict, no upper bound, null drops.

    Args:
        settings: `as_of` alone means the query's own 24 hours; neither means no window.
        newest: the newest Timestamp, the `now()` of an export that names none.
    """
    window = _window(settings)
    if window is None:
        return pl.lit(value=True)
    now = pl.lit(settings.as_of or newest, dtype=TIME)
    return (pl.col("Timestamp") > now - window).fill_null(value=False)


def span(
    settings: RuleSettings, first: datetime | None, last: datetime | None
) -> tuple[datetime, datetime] | None:
    """The time that a run speaks of: the export's, cut to the window; None without any row.

    Args:
        settings: as for `in_window`.
        first: the oldest Timestamp of the export.
        last: the newest.
    """
    if first is None or last is None:
        return None
    window = _window(settings)
    if window is None:
        return first, last
    return min(max(first, (settings.as_of or last) - window), last), last


def _window(settings: RuleSettings) -> timedelta | None:
    """How far back from now the rule looks; None: as far as the export goes."""
    if settings.as_of is None and settings.window_hours is None:
        return None
    return timedelta(hours=settings.window_hours or 24.0)


def base_name(path: pl.Expr) -> pl.Expr:
    """The file name at the end of a Windows or POSIX path."""
    return path.fill_null("").str.replace(FOLDER, "")


def project(events: pl.LazyFrame) -> pl.LazyFrame:
    """The query's output: its columns, its order; ties in Timestamp by DeviceName, then ReportId.

    `AccountName` and `InitiatingProcessParentCommandLine` are not columns of the table: the first
    is InitiatingProcessAccountName, the second empty unless process events were supplied.
    """
    strings = [name for name, dtype in events.collect_schema().items() if dtype == pl.String]
    return (
        events.with_columns(pl.col(strings).fill_null(""))
        .with_columns(AccountName=pl.col("InitiatingProcessAccountName"))
        .sort(
            ["Timestamp", "DeviceName", "ReportId"],
            descending=[True, False, False],
            nulls_last=True,
        )
        .select(PROJECTION)
    )
