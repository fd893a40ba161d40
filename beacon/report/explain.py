"""One alert in full, for a terminal: the answer first, then why, then what to ask next."""

import textwrap
from collections.abc import Iterable, Sequence

from beacon.inert import visible
from beacon.report import story, words
from beacon.report.queries import Query
from beacon.report.words import Row

_BLOCKS = " ▁▂▃▄▅▆▇█"
_MARKS = {"fired": "●", "not fired": "○", "not observable": "?", "prior": "·"}
_LONGEST_VALUE = 2_000  # characters of one value; a megabyte of command line helps nobody here
_LONGEST_REASON = 160  # of a value in the ledger, where the command line stands again
_NARROWEST = 48
_SUM = story.Step("log-odds of the score", "", "sum", 0.0, 0.0)


def explain(row: Row, width: int = 80) -> str:
    """Draw one alert as text that is safe to print.

    Args:
        row: one row of `schema.RESULT`; `activity` may be absent.
        width: columns to fill; queries are never wrapped, so that they can be pasted.
    """
    width = max(width, _NARROWEST)
    told = story.tell(row)
    sections = {
        "Why": _ledger(told.ledger, width),
        "Cadence": _facts(told.cadence, width),
        "Timeline": _timeline(row, width),
        "Process": _chain(told.chain, width),
        "Around it": _facts(
            [
                ("direction", told.direction),
                ("prevalence", told.prevalence),
                ("benign explanation", told.benign),
                *(("limit", note) for note in told.quality),
                ("technique", told.technique),
            ],
            width,
        ),
        "Ask next": _queries(told.queries, width),
        "Close it": [told.label.replace("verdict tp", "verdict tp|benign|fp|unsure")],
    }
    answer = (told.headline, told.case, told.standing)
    lines = [line for text in answer for line in _wrapped(text, width)]
    for title, body in sections.items():
        lines += ["", title, *body]
    return "\n".join(visible(line).rstrip() for line in lines) + "\n"


def strip(counts: Sequence[int] | None) -> str:
    """Counts as a row of blocks, the tallest full; one that is not zero is never blank.

    >>> strip([0, 1, 8])
    ' ▁█'
    """
    if not counts:
        return ""
    top = max(*counts, 1)
    return "".join(_BLOCKS[-(-8 * value // top)] for value in counts)


def _ledger(steps: list[story.Step], width: int) -> list[str]:
    spoken = story.speaking(steps)
    name_width = max(len(step.name) for step in (*spoken, _SUM))
    lines = []
    for step in spoken:
        head = f"  {_MARKS[step.state]} {step.name:{name_width}} {words.weight(step.weight):>5}  "
        lines += _hanging(head, step.value, width, _LONGEST_REASON)
    lines.append(f"  = {_SUM.name:{name_width}} {words.weight(steps[-1].total):>5}")
    for state in ("not fired", "not observable"):
        if names := story.silent(steps, state):
            lines += _hanging(f"  {_MARKS[state]} ", f"{state}: {', '.join(names)}", width)
    return lines


def _timeline(row: Row, width: int) -> list[str]:
    counts = row.get("activity")
    if not counts:
        return ["  too few connections at exact times to draw"]
    first, last = words.moment(row["first_seen"]), words.moment(row["last_seen"])
    drawn = strip(_coarser(counts, width - 4))
    slice_seconds = (row["last_seen"] - row["first_seen"]).total_seconds() / len(drawn)
    gap = max(2, len(drawn) - len(first) - len(last))
    return [
        f"  {drawn}",
        f"  {first}{' ' * gap}{last}",
        f"  connections in slices of {words.duration(slice_seconds)}, "
        f"{max(_coarser(counts, width - 4)):,} at most",
    ]


def _coarser(counts: Sequence[int], most: int) -> list[int]:
    """Neighbours added up until at most so many are left."""
    step = -(-len(counts) // most)
    return [sum(counts[i : i + step]) for i in range(0, len(counts), step)]


def _facts(facts: Iterable[tuple[str, str]], width: int) -> list[str]:
    listed = list(facts)
    label_width = max((len(label) for label, _ in listed), default=0)
    return [
        line
        for label, text in listed
        for line in _hanging(f"  {label:{label_width}}  ", text, width)
    ]


def _chain(links: list[story.Link], width: int) -> list[str]:
    """Each link below what it came from, further in, its facts beneath it."""
    lines: list[str] = []
    for depth, link in enumerate(links):
        indent = "  " + "   " * depth
        lines += _hanging(f"{indent[:-3]}└─ " if depth else indent, link.name, width)
        lines += [f"{indent[2:]}{line}" for line in _facts(link.facts, width - len(indent) + 2)]
    return lines


def _queries(queries: list[Query], width: int) -> list[str]:
    lines: list[str] = []
    for query in queries:
        lines += [*_wrapped(f"// {query.question}", width), *query.kql.splitlines(), ""]
    return lines[:-1]


def _hanging(head: str, text: str, width: int, most: int = _LONGEST_VALUE) -> list[str]:
    """Text beside a label; its further lines start under its first."""
    shown = words.shortened(visible(text), most)
    # A path cut at its hyphen would be copied without it, or with one too many.
    lines = textwrap.wrap(shown, max(width - len(head), 12), break_on_hyphens=False) or [""]
    return [head + lines[0], *(" " * len(head) + line for line in lines[1:])]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(visible(text), width) or [""]
