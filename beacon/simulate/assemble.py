"""From activities to rows: the export's columns, and the truth about each channel."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Literal

import numpy as np
import polars as pl

from beacon.schema import EVENTS
from beacon.simulate import network
from beacon.simulate.acts import Activity
from beacon.simulate.clocks import DAY, Rng
from beacon.simulate.spans import Ints, Seconds
from beacon.simulate.world import Host

TICKS_PER_SECOND = 10_000_000
ACTIONS = ("ConnectionSuccess", "ConnectionFailed", "ConnectionAttempt", "ConnectionAcknowledged")
UP_TO = (0.96, 0.99, 0.995)
TRUTH: dict[str, pl.DataType] = {
    "host": pl.String(),
    "process": pl.String(),
    "domain": pl.String(),
    "label": pl.String(),
    "kind": pl.String(),
    "family": pl.String(),
    "period_seconds": pl.Float64(),
    "jitter": pl.Float64(),
    "campaign": pl.String(),
}
"""Columns of the truth: one row a (host, process, domain), lower case, sorted by those three."""


def events(
    rng: Rng, hosts: Sequence[Host], activities: Sequence[Activity], horizon: float, start: date
) -> pl.DataFrame:
    """Rows of the export, as `beacon.schema.EVENTS`, sorted by time.

    Args:
        rng: chance behind ports, process ids, outcomes and repeats.
        hosts: all machines, by index.
        activities: what they do.
        horizon: length of the export in seconds; later connections are in the next one.
        start: day (UTC) at whose midnight the export begins.
    """
    names, of, code, time, run = _connections(rng, activities)
    host = np.array([activity.host.index for activity in activities])[of]
    seen = (time >= 0) & (time < horizon) & ~_blind(hosts, host, time)
    of, code, time, run, host = of[seen], code[seen], time[seen], run[seen], host[seen]
    order = np.lexsort((of, host, np.floor(time * TICKS_PER_SECOND)))
    of, code, time, run, host = of[order], code[order], time[order], run[order], host[order]
    n = time.size
    began, pid, parent_began, parent_pid = _processes(rng, activities, of, run, time)
    name = pl.Series(names, dtype=pl.String).gather(code)
    frame = pl.concat([_machines(hosts)[host], _programs(activities)[of]], how="horizontal")
    frame = frame.with_columns(
        Timestamp=_when(time, start, "ns"),
        ActionType=pl.Series(ACTIONS).gather(np.searchsorted(UP_TO, rng.random(n))),
        Protocol=pl.lit("Tcp"),
        LocalPort=rng.integers(49_152, 65_536, n),
        RemoteIP=pl.Series(network.choose(names, code, host, time)),
        RemotePort=np.where(rng.random(n) < 0.985, 443, 80),
        RemoteIPType=pl.lit("Public"),
        RemoteUrl=pl.when("as_link").then(pl.format("https://{}/", name)).otherwise(name),
        InitiatingProcessId=pid,
        InitiatingProcessCreationTime=_when(began, start, "us"),
        InitiatingProcessParentId=parent_pid,
        InitiatingProcessParentCreationTime=_when(parent_began, start, "us"),
        ReportId=_report_ids(rng, host, len(hosts)),
    )
    missing = [pl.lit(None).alias(column) for column in EVENTS if column not in frame.columns]
    frame = frame.with_columns(missing).select(pl.col(c).cast(t) for c, t in EVENTS.items())
    inspected = _inspected(frame.filter(rng.random(n) < 0.015))
    repeated = frame.filter(rng.random(n) < 0.004)
    return pl.concat([frame, inspected, repeated]).sort(
        "Timestamp", "DeviceName", "ReportId", maintain_order=True
    )


def truth(activities: Sequence[Activity], seen: pl.DataFrame) -> pl.DataFrame:
    """What each channel in the export is; a channel with any malware in it is a poller.

    Where several kinds share a benign channel it goes to the one with the most polls.
    """
    rows = [
        (
            activity.host.name.lower(),
            activity.identity.file.lower(),
            domain.lower(),
            "poller" if activity.campaign else "benign",
            activity.kind.name,
            activity.kind.family,
            activity.period,
            activity.spread,
            activity.campaign,
            int((activity.codes == n).sum()),
        )
        for activity in activities
        for n, domain in enumerate(activity.domains)
    ]
    key = ["host", "process", "domain"]
    channels = seen.select(
        pl.col("DeviceName").str.to_lowercase().alias("host"),
        pl.col("InitiatingProcessFileName").str.to_lowercase().alias("process"),
        pl.col("RemoteUrl").str.replace(r"^https://", "").str.strip_chars("/").alias("domain"),
    ).unique()
    return (
        pl.DataFrame(rows, schema={**TRUTH, "polls": pl.Int64()}, orient="row")
        .sort(pl.col("campaign").is_null(), -pl.col("polls"), "kind", maintain_order=True)
        .unique(key, keep="first", maintain_order=True)
        .join(channels, on=key, how="semi")
        .drop("polls")
        .sort(key)
    )


def _connections(
    rng: Rng, activities: Sequence[Activity]
) -> tuple[list[str], Ints, Ints, Seconds, Ints]:
    """Every connection: names, and activity, name, time and run (numbered over all) of each."""
    names = sorted({domain for activity in activities for domain in activity.domains})
    number = {name: n for n, name in enumerate(names)}
    of = np.repeat(np.arange(len(activities)), [a.times.size for a in activities])
    code = np.concatenate([np.array([number[d] for d in a.domains])[a.codes] for a in activities])
    first = np.cumsum([0] + [int(a.runs.max(initial=-1)) + 1 for a in activities])
    run = np.concatenate([a.runs + n for a, n in zip(activities, first[:-1], strict=True)])
    time = np.concatenate([a.times for a in activities])
    fan = np.array([a.fan for a in activities])[of]
    extra = np.where(rng.random(of.size) < 0.7, rng.poisson(fan / 0.7), 0)
    poll = np.repeat(np.arange(of.size), extra + 1)
    is_extra = np.concatenate([[False], poll[1:] == poll[:-1]])
    delay = np.where(is_extra, rng.exponential(0.8, poll.size), 0.0)
    return names, of[poll], code[poll], time[poll] + delay, run[poll]


def _blind(
    hosts: Sequence[Host], host: Ints, time: Seconds
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which connections fell into a gap of the sensor."""
    lost = np.zeros(time.size, dtype=bool)
    for machine in hosts:
        for begin, end in machine.blind:
            lost |= (host == machine.index) & (time >= begin) & (time < end)
    return lost


def _processes(
    rng: Rng, activities: Sequence[Activity], of: Ints, run: Ints, time: Seconds
) -> tuple[Seconds, Ints, Seconds, Ints]:
    """Start and id of the program and of its parent, for each connection."""
    runs, first, back = np.unique(run, return_index=True, return_inverse=True)
    owner = of[first]
    began = time[first] - rng.lognormal(-0.3, 0.8, runs.size)
    older = (time[first] < 3600) & (np.bincount(back) > 3)  # it ran before the export began
    began -= np.where(older, rng.exponential(4 * DAY, runs.size), 0.0)
    pid = 4 * rng.integers(250, 6000, runs.size)
    parent_pid = 4 * rng.integers(120, 5000, len(activities))
    lived = rng.lognormal(8.0, 1.2, len(activities))
    earliest = np.full(len(activities), np.inf)
    np.minimum.at(earliest, owner, began)
    parent_began = earliest - lived
    return began[back], pid[back], parent_began[of], parent_pid[of]


def _report_ids(rng: Rng, host: Ints, hosts: int) -> Ints:
    """Counts up on each machine, with gaps for its other events."""
    step = 1 + rng.poisson(4, host.size)
    order = np.argsort(host, kind="stable")
    total = np.cumsum(step[order])
    sorted_host = host[order]
    starts = np.searchsorted(sorted_host, np.arange(hosts))
    before = np.concatenate([[0], total])[starts]
    ids = np.empty(host.size, dtype=np.int64)
    ids[order] = total - before[sorted_host] + rng.integers(1000, 90_000, hosts)[sorted_host]
    return ids


def _inspected(rows: pl.DataFrame) -> pl.DataFrame:
    """What network inspection adds: the TLS handshake, without a process and without RemoteUrl."""
    process = [name for name in EVENTS if name.startswith("InitiatingProcess")]
    name = pl.col("RemoteUrl").str.replace(r"^https://", "").str.strip_chars("/")
    opening, closing = '{"direction":"Out","server_name":"', '","established":"true"}'
    note = pl.concat_str(pl.lit(opening), name, pl.lit(closing))
    return rows.with_columns(
        pl.lit("SslConnectionInspected").alias("ActionType"),
        note.alias("AdditionalFields"),
        *(pl.lit(None, EVENTS[column]).alias(column) for column in ("RemoteUrl", *process)),
        (pl.col("ReportId") + 1).alias("ReportId"),
        pl.col("Timestamp").dt.offset_by("40ms"),
    ).with_columns(pl.lit(0, EVENTS["InitiatingProcessId"]).alias("InitiatingProcessId"))


def _machines(hosts: Sequence[Host]) -> pl.DataFrame:
    """What the rows of each machine say about it, one row a machine."""
    return pl.DataFrame(
        {
            "DeviceId": [host.device_id for host in hosts],
            "DeviceName": [host.name for host in hosts],
            "LocalIP": [host.address for host in hosts],
            "as_link": [host.writes_links for host in hosts],
        }
    )


def _programs(activities: Sequence[Activity]) -> pl.DataFrame:
    """What the rows of each program say about it, one row an activity."""
    names = {
        "file": "FileName",
        "path": "FolderPath",
        "command": "CommandLine",
        "parent": "ParentFileName",
        "domain": "AccountDomain",
        "account": "AccountName",
        "integrity": "IntegrityLevel",
        "sha1": "SHA1",
        "company": "VersionInfoCompanyName",
        "original": "VersionInfoOriginalFileName",
    }
    return pl.DataFrame(
        {
            f"InitiatingProcess{column}": [getattr(a.identity, name) for a in activities]
            for name, column in names.items()
        }
    )


def _when(seconds: Seconds, start: date, unit: Literal["ns", "us"]) -> pl.Series:
    """Times on the sensor's 100 ns ticks."""
    midnight = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp())
    ticks = np.floor(seconds * TICKS_PER_SECOND).astype(np.int64) + midnight * TICKS_PER_SECOND
    whole = pl.Series(ticks * 100 if unit == "ns" else ticks // 10)
    return whole.cast(pl.Datetime(unit)).dt.replace_time_zone("UTC")
