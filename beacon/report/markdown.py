"""Alerts as Markdown for a ticket: text from an export stays text there."""

import re
from collections.abc import Iterable

import polars as pl

from beacon.inert import visible
from beacon.report import story, words
from beacon.report.words import Row

_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#|~&!]")
_LONGEST_CODE = 4_000


def markdown(rows: pl.DataFrame) -> str:
    """One section an alert, in the order of `explain`.

    Args:
        rows: rows of `schema.RESULT`.
    """
    if rows.is_empty():
        return "No channel reaches the lowest severity.\n"
    return "\n".join(line for row in rows.iter_rows(named=True) for line in _section(row)) + "\n"


def code(text: str) -> str:
    """A code span that holds any text: nothing in it is markup, a link or a mention.

    >>> code("a`b")
    '`` a`b ``'
    """
    shown = words.shortened(visible(text), _LONGEST_CODE) or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    gap = " " if len(fence) > 1 or not shown.strip() or shown != shown.strip() else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def plain(text: str) -> str:
    """Text with its markup escaped; links and mentions broken so that no tracker makes them."""
    escaped = _ACTIVE.sub(r"\\\g<0>", visible(text))
    escaped = escaped.replace("@", "@<!-- -->").replace("://", ":<!-- -->//")
    return re.sub(r"(?i)\bwww\.", "www<!-- -->.", escaped)


def _section(row: Row) -> Iterable[str]:
    told = story.tell(row)
    who = " ".join(code(name) for name in (row["host"], row["process"]) if name)
    where = f"{who} → {code(row['domain'])}"
    yield f"## {row['rank']}. {where}\n"
    yield f"{plain(told.headline)}\n"
    yield f"{plain(told.case)}\n"
    yield f"**{plain(told.standing)}**\n"
    yield "### Why\n"
    for step in story.speaking(told.ledger):
        seen = f": {code(step.value)}" if step.value else ""
        yield f"- {words.weight(step.weight)} {plain(step.name)}{seen}"
    yield f"- {words.weight(told.ledger[-1].total)} log-odds of the score"
    for state in ("not fired", "not observable"):
        if names := story.silent(told.ledger, state):
            yield f"- {state}: {plain(', '.join(names))}"
    yield ""
    yield "### Cadence\n"
    yield from _list(told.cadence)
    yield "### Process\n"
    yield from _list(fact for link in told.chain for fact in ((link.role, link.name), *link.facts))
    yield "### Around it\n"
    yield from _list(
        [
            ("direction", told.direction),
            ("prevalence", told.prevalence),
            ("benign explanation", told.benign),
            *(("limit", note) for note in told.quality),
            ("technique", told.technique),
        ]
    )
    yield "### Ask next\n"
    for query in told.queries:
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", query.kql)), default=0))
        yield f"{plain(query.question)}\n\n{fence}kusto\n{query.kql.rstrip()}\n{fence}\n"
    yield f"### Close it\n\n{code(told.label)}\n"


def _list(facts: Iterable[tuple[str, str]]) -> Iterable[str]:
    for label, text in facts:
        yield f"- {label}: {code(text)}"
    yield ""
