"""What kind of service it is: where anyone can leave a text, or where offices keep documents."""

import polars as pl

from beacon.evidence.term import Term, yes


def _kind(name: str, kinds: tuple[str, ...], question: str, sign: int) -> Term:
    return Term(
        name,
        question,
        strength=yes(pl.col("service_kind").is_in(kinds), pl.col("service") != ""),
        value=pl.format("{}, a service of the kind: {}", "domain", "service_kind"),
        sign=sign,
    )


TERMS = (
    _kind(
        "dead-drop service",
        ("raw content", "paste"),
        "Is it a service whose whole use is that anyone can leave a text to be fetched?",
        1,
    ),
    _kind("chat service", ("chat",), "Is it a chat service, which bots and implants both use?", 1),
    _kind(
        "document service",
        ("office documents",),
        "Is it where offices keep their documents and their programs' settings?",
        -1,
    ),
)
