"""One alert as sentences, in the order an analyst asks; terminal, page and ticket only draw it."""

import math
from typing import NamedTuple

from beacon.evidence.decode import decode
from beacon.report import words
from beacon.report.queries import Query, queries
from beacon.report.words import Row

TECHNIQUES = {
    "T1102": "Web Service",
    "T1102.001": "Web Service: Dead Drop Resolver",
    "T1102.002": "Web Service: Bidirectional Communication",
    "T1102.003": "Web Service: One-Way Communication",
}


class Step(NamedTuple):
    """One line of the ledger.

    Attributes:
        name, value, state: as in the result's `evidence`.
        weight: log-odds it adds.
        total: log-odds after it; the last one is the score's.
    """

    name: str
    value: str
    state: str
    weight: float
    total: float


class Link(NamedTuple):
    """One link of the chain from what started the program to what it contacted.

    Attributes:
        role: grandparent (where known), parent, process or connection.
        name: what it is called; "not observable" where the source does not say.
        facts: what is known of it.
    """

    role: str
    name: str
    facts: list[tuple[str, str]]


class Story(NamedTuple):
    """What is to be said of one alert; plain text from an export, to be made inert when drawn."""

    headline: str
    case: str
    standing: str
    quality: list[str]
    ledger: list[Step]
    cadence: list[tuple[str, str]]
    chain: list[Link]
    direction: str
    prevalence: str
    benign: str
    queries: list[Query]
    technique: str
    label: str


def tell(row: Row) -> Story:
    """Put one row of `schema.RESULT` into words."""
    return Story(
        headline=words.headline(row),
        case=words.case(row),
        standing=words.standing(row),
        quality=list(row["quality"] or ()),
        ledger=ledger(row),
        cadence=_cadence(row),
        chain=_chain(row),
        direction=words.direction(row),
        prevalence=words.prevalence(row),
        benign=row["benign_class"] or "none fits",
        queries=queries(row),
        technique=f"{row['technique']} {TECHNIQUES.get(row['technique'], '')}".strip(),
        label=f'beacon label {row["alert_id"]} --verdict tp --reason "..."',
    )


def ledger(row: Row) -> list[Step]:
    """The base rate and every term, running up to the log-odds of the score.

    What moved the score most stands first, what could not be seen last.
    """
    order = {"fired": 0, "not fired": 1, "not observable": 2}
    terms = sorted(row["evidence"], key=lambda e: (order[e["state"]], -abs(e["weight"]), e["name"]))
    end = _log_odds(row["score"])
    base = end - math.fsum(term["weight"] for term in terms)
    rate = 1 / (1 + math.exp(-base))
    steps = [Step("base rate", f"{rate:.2g} of channels that match", "prior", base, base)]
    for term in terms:
        total = steps[-1].total + term["weight"]
        steps.append(Step(term["name"], term["value"], term["state"], term["weight"], total))
    return steps


def speaking(steps: list[Step]) -> list[Step]:
    """The steps that an analyst reads one by one: what fired, and what moved the total."""
    return [step for step in steps if step.state in ("prior", "fired") or step.weight]


def silent(steps: list[Step], state: str) -> list[str]:
    """The names of the other steps, of which there are many, in one of their two states."""
    return [step.name for step in steps if step.state == state and not step.weight]


def _log_odds(probability: float) -> float:
    inside = min(max(probability, 1e-15), 1 - 1e-15)
    return math.log(inside) - math.log1p(-inside)


def _cadence(row: Row) -> list[tuple[str, str]]:
    return [
        ("period and jitter", words.cadence(row)),
        ("polls", f"{words.expected(row)}, from {words.count(row['events'], 'connection')}"),
        ("timer or not", words.fits(row["timing_evidence"])),
        ("first seen", f"{words.moment(row['first_seen'])} UTC"),
        ("last seen", f"{words.moment(row['last_seen'])} UTC"),
        ("runs of the program", f"{row['instances']:,}" if row["instances"] else "not observable"),
        *([("scheduled task", told)] if (told := words.task(row)) else []),
    ]


def _chain(row: Row) -> list[Link]:
    line = row["command_line"]
    flags = [name for name in _FLAGS if row[name]]
    payload = decode(line or "")
    above = row.get("grandparents")
    return [
        *([Link("grandparent", ", ".join(above), [])] if above else []),
        Link(
            "parent",
            ", ".join(row["parents"] or ()) or "not observable",
            [("command line", said)] if (said := row.get("parent_command_line")) else [],
        ),
        Link(
            "process",
            row["process"] or "not observable",
            [
                ("command line", line or "not observable"),
                *([("decoded", payload)] if payload else []),
                ("account", ", ".join(row["accounts"] or ()) or "not observable"),
                ("flags of the rule", ", ".join(_FLAGS[name] for name in flags) or "none"),
            ],
        ),
        Link("connection", row["domain"], [("rule", _matched(row))]),
    ]


_FLAGS = {
    "is_encoded_cmd": "IsEncodedCmd",
    "is_scheduled_or_service": "IsScheduledOrService",
    "is_scripting_host": "IsScriptingHost",
    "suspicious_parent": "SuspiciousParent",
}


def _matched(row: Row) -> str:
    domains = ", ".join(row["matched_domains"] or ())
    if not domains and not row["matched_process"]:
        return "matches no list"
    return f"service {domains or 'not listed'}; process {row['matched_process'] or 'not listed'}"
