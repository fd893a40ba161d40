"""What kind of service it is: where anyone can leave a text, or where people and bots chat."""

import polars as pl

from beacon.evidence.term import Term, yes


def _kind(name: str, kinds: tuple[str, ...], question: str) -> Term:
    return Term(
        name,
        question,
        strength=yes(pl.col("service_kind").is_in(kinds), pl.col("service") != ""),
        value=pl.format("{}, a service of the kind: {}", "domain", "service_kind"),
        sign=1,
    )


TERMS = (
    _kind(
        "dead-drop service",
        ("raw content", "paste"),
        "Is it a service whose whole use is that anyone can leave a text to be fetched?",
    ),
    _kind("chat service", ("chat",), "Is it a chat service, which bots and implants both use?"),
)
