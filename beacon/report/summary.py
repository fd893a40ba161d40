"""What the run saw, in a few lines for the person at the terminal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from beacon.inert import visible
from beacon.report.coverage import limits
from beacon.report.words import count, moment, tally, that
from beacon.result import Result

if TYPE_CHECKING:
    from beacon.conversion import Conversion
    from beacon.pipeline import Kept
    from beacon.read import Part

_MOST_NOTES = 8


def summarise(run: "Kept | Result") -> list[str]:
    """Sentences on input, rule and what is missing; for stderr.

    Args:
        run: a filtered or a scored export.
    """
    seen = run.summary
    span = f", {moment(seen.first)} to {moment(seen.last)} UTC" if seen.first else ""
    lines = [
        f"Read {count(seen.rows, 'row')} of {count(len(seen.parts), 'part')}, "
        f"{count(seen.hosts, 'host')}{span}.",
        f"Rule: {that(seen.faithful, 'row', 'matches', 'match')} faithfully, "
        f"{seen.strict:,} strictly; "
        f"{seen.faithful - seen.strict:,} only faithfully (look-alike names). "
        f"Mode: {seen.settings.rule.match}; kept {count(seen.kept, 'row')}.",
    ]
    if seen.rows and not seen.kept and seen.settings.rule.match != "any":
        lines.append(
            "No row is left to score: none has a program and a service of the lists and lies in "
            "the window, if any. --profile extended has longer lists, --match any goes without."
        )
    if seen.named:
        lines.append(
            f"Named by inspected requests or DNS answers: {count(seen.named, 'row')} without "
            "RemoteUrl. The query alone keeps none of them, nor does `beacon filter`."
        )
    if seen.only_extended:
        more = count(seen.only_extended, "row")
        hosts = count(seen.only_extended_hosts, "host")
        lines.append(
            f"Profile: extended; its longer lists alone keep {more} on {hosts}."
            if seen.settings.rule.profile == "extended"
            else f"Profile: seed; the extended one would add {more} on {hosts}."
        )
    lines += account(run)
    lines += allowed(run)
    lines += hidden(run) + limits(seen)
    return lines + _notes(seen.parts)


def shown(rows: pl.DataFrame, channels: int, is_table: bool) -> list[str]:
    """How many alerts of which severity were written, and how to read one in full; for stderr.

    Args:
        rows: what was written.
        channels: how many there are.
        is_table: written as the list for people, which names ids but tells no details.
    """
    kinds = ", ".join(f"{alerts:,} {severity}" for severity, alerts in tally(rows))
    lines = [f"Showing {rows.height:,} of {count(channels, 'channel')}{kinds and f': {kinds}'}."]
    if is_table and rows.height:
        lines.append("One in full: --format jsonl --output FILE, then `beacon explain ID FILE`.")
    return lines


def converted(run: "Conversion") -> list[str]:
    """Sentences on what was written where, and on the rows that were not; for stderr."""
    lines = [
        visible(
            f"{part.name} ({part.shape}): "
            + (f"{count(rows, 'row')} to {file}" if file else "no rows, nothing written")
        )
        for part, file, rows in zip(run.parts, run.files, run.part_rows, strict=True)
    ]
    return lines + account(run) + _notes(run.parts)


def _notes(parts: "Sequence[Part]") -> list[str]:
    notes = [f"{part.name}: {note}" for part in parts for note in part.notes]
    lines = [visible(note) for note in notes[:_MOST_NOTES]]
    if len(notes) > _MOST_NOTES:
        lines.append(f"and {count(len(notes) - _MOST_NOTES, 'more note')}.")
    return lines


def account(run: "Kept | Result | Conversion") -> list[str]:
    """A sentence for each reason why rows are not in the result, with the first example."""
    lines = []
    for reason, rows, part, line, example in run.dropped.iter_rows():
        where = f" in {part}" if part else ""
        first = f", first at line {line}" if line is not None else ""
        shown = f": {example}" if example else ""
        lines.append(visible(f"Dropped {count(rows, 'row')}{where}: {reason}{first}{shown}"))
    return lines


def hidden(run: "Kept | Result") -> list[str]:
    """A sentence on channels that could not be judged because telemetry hides their polls."""
    unknown = run.channels.filter(severity="unknown").height if isinstance(run, Result) else 0
    if not unknown:
        return []
    return [
        f"{that(unknown, 'channel', 'is', 'are')} 'unknown', not judged: "
        "the telemetry hides their polls (--all lists them)."
    ]


def allowed(run: "Kept | Result") -> list[str]:
    """A sentence for each allow entry that keeps channels off the short list, and why it may."""
    if not isinstance(run, Result):
        return []
    entries = run.summary.settings.allow.entry
    counts = run.hidden.group_by("entry").len().sort("entry")
    return [
        visible(
            f"Allow entry {number + 1} hides {count(channels, 'channel')} from the list: "
            f"{entries[number].reason} ({entries[number].owner}, until {entries[number].expires})."
        )
        for number, channels in counts.iter_rows()
    ]
