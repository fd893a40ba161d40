"""The terms of the ledger. Each reads columns of the channel frame and nothing else."""

import math

import polars as pl

from beacon.evidence.term import Term

_SMALL_FLEET = 10  # hosts below which prevalence says nothing
_RARE_HOSTS = 3
_COMMON_SHARE = 0.2
_TIMING_BOUNDS = (-1.5, 3.0)  # log10: beyond a thousand to one, other doubts are larger

_PREVALENCE = pl.when(pl.col("fleet_hosts") >= _SMALL_FLEET).then(pl.col("prevalence_hosts"))
_SEEN_ON = pl.format(
    "same process, parent and service on {} of {} hosts", "prevalence_hosts", "fleet_hosts"
)


def _flag(name: str, column: str, observed: str, question: str) -> Term:
    return Term(
        name,
        question,
        strength=pl.when(_has(observed)).then(pl.col(column).cast(pl.Float64)),
        value=pl.when(pl.col(column)).then(_shown(observed)).otherwise(pl.lit("")),
    )


def _has(column: str) -> pl.Expr:
    listed = column == "parents"
    return pl.col(column).list.len() > 0 if listed else pl.col(column).fill_null("") != ""


def _shown(column: str) -> pl.Expr:
    return pl.col(column).list.join(", ") if column == "parents" else pl.col(column)


def _kind(name: str, kinds: tuple[str, ...], question: str) -> Term:
    return Term(
        name,
        question,
        strength=pl.when(pl.col("service") != "").then(
            pl.col("service_kind").is_in(kinds).cast(pl.Float64)
        ),
        value=pl.format("{}: {}", "service_kind", "domain"),
    )


TERMS: tuple[Term, ...] = (
    Term(
        "timing",
        "Do the polls look like a timer rather than a person or a bursty program?",
        strength=pl.when(pl.col("polls") >= 3).then(
            pl.col("timing_evidence").clip(*_TIMING_BOUNDS) * math.log(10)
        ),
        value=pl.format(
            "{} polls, log10 Bayes factor {}", "polls", pl.col("timing_evidence").round(2)
        ),
    ),
    _flag("encoded command", "is_encoded_cmd", "command_line", "Is the command line encoded?"),
    _flag(
        "scheduled or service",
        "is_scheduled_or_service",
        "parents",
        "Was it started by the task scheduler or a service host?",
    ),
    _flag("scripting host", "is_scripting_host", "process", "Is it wscript, cscript or mshta?"),
    _flag("office parent", "suspicious_parent", "parents", "Was it started by Office or a reader?"),
    _kind(
        "dead-drop service",
        ("raw content", "paste", "chat"),
        "Is the service one where anyone can leave a text for a program to fetch?",
    ),
    _kind("document service", ("office documents",), "Is it where offices keep their documents?"),
    Term(
        "rare in fleet",
        "Do at most three hosts do this?",
        strength=(_PREVALENCE <= _RARE_HOSTS).cast(pl.Float64),
        value=_SEEN_ON,
    ),
    Term(
        "common in fleet",
        "Does a fifth of the fleet do this?",
        strength=(_COMMON_SHARE * pl.col("fleet_hosts") <= _PREVALENCE).cast(pl.Float64),
        value=_SEEN_ON,
    ),
)
