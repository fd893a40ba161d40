"""What the run saw, in a few lines for the person at the terminal."""

from datetime import datetime
from typing import TYPE_CHECKING

from beacon.report.inert import visible

if TYPE_CHECKING:
    from beacon.pipeline import Kept, Result

_MOST_NOTES = 8


def summarise(run: "Kept | Result") -> list[str]:
    """Sentences on input, rule and what is missing; for stderr.

    Args:
        run: a filtered or a scored export.
    """
    seen = run.summary
    lines = [
        f"Read {_count(seen.rows, 'row')} of {_count(len(seen.parts), 'part')}, "
        f"{_count(seen.hosts, 'host')}, {_time(seen.first)} to {_time(seen.last)} UTC.",
        f"Rule: {seen.faithful:,} rows match faithfully, {seen.strict:,} strictly; "
        f"{seen.faithful - seen.strict:,} only faithfully (look-alike names). "
        f"Mode: {seen.settings.rule.match}; kept {_count(seen.kept, 'row')}.",
    ]
    for reason, rows, part, line, example in run.dropped.iter_rows():
        where = f" in {part}" if part else ""
        first = f", first at line {line}" if line is not None else ""
        shown = f": {example}" if example else ""
        lines.append(visible(f"Dropped {_count(rows, 'row')}{where}: {reason}{first}{shown}"))
    notes = [f"{part.name}: {note}" for part in seen.parts for note in part.notes]
    lines += [visible(note) for note in notes[:_MOST_NOTES]]
    if len(notes) > _MOST_NOTES:
        lines.append(f"and {_count(len(notes) - _MOST_NOTES, 'more note')}.")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "?"
