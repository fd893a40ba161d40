"""Numbers as an analyst reads them; every output takes its words from here."""

import math
from datetime import datetime
from typing import Any

import polars as pl

from beacon.evidence.ledger import AVERAGE

Row = dict[str, Any]

_SEVERITIES = ("critical", "high", "medium", "low", "none", "unknown")
_UNITS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0))


def duration(seconds: float) -> str:
    """A duration in at most two units: '30.0 s', '15 min 2 s', '6 h', '1 d 2 h'.

    >>> duration(30.04), duration(902), duration(21_600), duration(59.97)
    ('30.0 s', '15 min 2 s', '6 h', '1 min')
    """
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    for (unit, size), (below, step) in zip(_UNITS, (*_UNITS[1:], ("s", 1.0)), strict=True):
        parts = round(seconds / step)
        if parts * step >= size:
            whole, rest = divmod(parts, round(size / step))
            return f"{whole} {unit} {rest} {below}" if rest else f"{whole} {unit}"
    raise AssertionError("a minute or more has a unit")


def count(number: int, noun: str) -> str:
    """'1 poll', '2,880 polls'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def that(number: int, noun: str, verb: str, verbs: str) -> str:
    """A count and what it does: '1 row matches', '2 rows match'."""
    return f"{count(number, noun)} {verb if number == 1 else verbs}"


def shortened(text: str, most: int) -> str:
    """The start of a long text, saying how much is left out."""
    if len(text) <= most:
        return text
    return f"{text[:most]} ... ({count(len(text) - most, 'more character')})"


def moment(time: datetime | None) -> str:
    """'2026-05-04 13:40:12', in UTC; a question mark where the time is unknown."""
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else "?"


def since(row: Row) -> str:
    """'04 May 13:40': when the channel was first seen, short enough for a list."""
    return f"{row['first_seen']:%d %b %H:%M}" if row["first_seen"] else "?"


def score(row: Row) -> str:
    """Two digits that never claim certainty, nor a threshold that was just missed.

    >>> score({"score": 0.9171}), score({"score": 0.9499}), score({"score": 0.29})
    ('0.91', '0.94', '0.29')
    >>> score({"score": 0.9996}), score({"score": 0.0001})
    ('>0.99', '<0.01')
    """
    value = row["score"]
    down = math.floor(100 * value + 1e-9) / 100
    return ">0.99" if value > 0.99 else "<0.01" if value < 0.01 else f"{down:.2f}"


def tally(rows: pl.DataFrame) -> list[tuple[str, int]]:
    """Severities with their alerts, worst first."""
    counts = dict(rows["severity"].value_counts().iter_rows())
    return [(name, counts[name]) for name in _SEVERITIES if name in counts]


def judged(row: Row) -> str:
    """'0.97 critical': the score and what it is called."""
    return f"{score(row)} {row['severity']}"


def weight(log_odds: float) -> str:
    """'+4.2'; a zero has no sign."""
    return f"{log_odds:+.1f}" if round(log_odds, 1) else "0"


def period(row: Row) -> float | None:
    """The period in seconds, unless the timing speaks against a timer.

    Some period fits any series best; to name it would say more than was seen.
    """
    seconds: float | None = row["period_seconds"]
    return None if (row.get("timing_evidence") or 0.0) < 0 else seconds


def cadence(row: Row) -> str:
    """How often: 'every 30.0 s ±2 %'; how many polls where it does not look like a timer."""
    seconds, jitter = period(row), row["jitter_fraction"]
    if seconds is None:
        return f"{count(row['polls'], 'poll')}, no period"
    spread = "" if jitter is None else f" ±{100 * jitter:.0f} %"
    return f"every {duration(seconds)}{spread}"


def fits(evidence: float | None) -> str:
    """Which story the times fit better, and how much better.

    >>> fits(2.0)
    'fits a timer 100 times better than a person or a bursty program (log10 Bayes factor 2.00)'
    >>> fits(-0.3)
    'fits a person or a bursty program 2.0 times better than a timer (log10 Bayes factor -0.30)'
    """
    if evidence is None:
        return "not observable"
    better, worse = "a timer", "a person or a bursty program"
    if evidence < 0:
        better, worse = worse, better
    factor = 10 ** min(abs(evidence), 12.0)
    if factor < 1.1:
        said = "the times speak for neither a timer nor a person"
    else:
        times = f"{factor:.1f}" if factor < 10 else f"{float(f'{factor:.2g}'):,.0f}"
        said = f"fits {better} {times} times better than {worse}"
    return f"{said} (log10 Bayes factor {evidence:.2f})"


def task(row: Row) -> str:
    r"""What a scheduled task declares, beside what was measured; empty where none is known.

    >>> task({"task": "\\Sync", "task_period_seconds": 900.0, "period_seconds": 902.0})
    '\\Sync declared every 15 min; measured 15 min 2 s'
    """
    name, declared, measured = (
        row.get("task"),
        row.get("task_period_seconds"),
        period(row),
    )
    if not name:
        return ""
    says = f"declared every {duration(declared)}" if declared else "declares no fixed period"
    return f"{name} {says}; measured {duration(measured) if measured else 'no period'}"


def expected(row: Row) -> str:
    """'37 of 38 expected polls seen'; the count alone where no period could be fitted."""
    polls, coverage = row["polls"], row["coverage"]
    if not coverage or period(row) is None:
        return f"{count(polls, 'poll')} seen"
    return f"{polls:,} of {count(max(polls, round(polls / coverage)), 'expected poll')} seen"


def each_reason(row: Row, most: int | None = None) -> list[str]:
    """What moved the score, strongest first: 'timing +4.2', 'dead-drop service +1.0'.

    What any channel would show is in the ledger, but it is no reason.
    """
    return [_weighed(entry) for entry in _moved(row)[:most]]


def reasons(row: Row, most: int | None = None) -> str:
    """The same as one text: 'timing +4.2, dead-drop service +1.0'."""
    return ", ".join(each_reason(row, most))


def case(row: Row) -> str:
    """The reason in a sentence: what speaks for the alert, what against it, strongest first."""
    moved = _moved(row)
    sides = [[_weighed(e) for e in moved if (e["weight"] > 0) is side] for side in (True, False)]
    speaks_for, against = (", ".join(side) for side in sides)
    return f"For it: {speaks_for or 'nothing'}. Against it: {against or 'nothing'}."


def headline(row: Row) -> str:
    """The alert in one sentence: who, from what, to where, how often, for how long."""
    who = ", ".join(
        part
        for part in (
            _named("user", row["accounts"]),
            _named("parent", row["parents"]) or "parent not observable",
        )
        if part
    )
    program = row["process"] or "a process not observable"
    seen = f"{row['host']}: {program} ({who}) contacted {row['domain']} {_often(row)}"
    span = _span(row)
    return f"{seen}{f' for {duration(span)}' if span else ''} ({expected(row)})."


def standing(row: Row) -> str:
    """Score, severity, place in the list and what the timing rests on."""
    tracks = {
        "event": "timed on single connections",
        "hourly": "hourly aggregates only: no exact times",
        "mixed": "timed on single connections, with hourly aggregates beside them",
    }
    judged = "" if row["status"] == "scored" else "; too few polls to judge timing"
    track = tracks.get(row["track"], row["track"])
    place = f"score {score(row)}, {row['severity']}, rank {row['rank']:,}"
    return f"{place}; {track}{judged}"


def prevalence(row: Row) -> str:
    """'3 of 412 hosts run this process under this parent against this service'."""
    hosts, fleet = row["prevalence_hosts"], row["fleet_hosts"]
    if hosts is None or fleet is None:
        return "not observable"
    since = row["first_seen_ever"]
    history = f"; first seen {moment(since)} in the history" if since else "; no history given"
    return f"{hosts:,} of {count(fleet, 'host')}: same process, parent and service{history}"


def direction(row: Row) -> str:
    """Which way data went, and what that means for the technique."""
    seen: str = row["direction"]
    return _DIRECTIONS.get(seen, seen)


_DIRECTIONS = {
    "down-only": "down only: what is seen fetches and sends nothing back, as with a dead drop "
    "(T1102.001) or one-way orders (T1102.003). An upload by the same process would refute it.",
    "up-seen": "upload seen: something was sent, as with two-way control (T1102.002) or a bot "
    "that posts. Defender records no byte counts for HTTPS.",
    "unknown": "not observable: Defender records no byte counts for HTTPS, and nothing on the "
    "command line says which way data went.",
}


def _moved(row: Row) -> list[dict[str, Any]]:
    fired = [e for e in row["evidence"] if e["state"] == "fired" and e["name"] != AVERAGE]
    moved = (e for e in fired if round(e["weight"], 1) != 0)
    return sorted(moved, key=lambda e: (-abs(e["weight"]), e["name"]))


def _weighed(entry: dict[str, Any]) -> str:
    return f"{entry['name']} {weight(entry['weight'])}"


def _named(noun: str, names: list[str] | None) -> str:
    if not names:
        return ""
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return f"{noun} {names[0]}{more}"


def _often(row: Row) -> str:
    return cadence(row) if period(row) is not None else f"{row['events']:,} times"


def _span(row: Row) -> float:
    if row["first_seen"] is None or row["last_seen"] is None:
        return 0.0
    seconds: float = (row["last_seen"] - row["first_seen"]).total_seconds()
    return seconds
