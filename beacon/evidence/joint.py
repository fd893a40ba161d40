"""What several signs say together: each is ordinary alone, and only their meeting is news.

Every strength is the product of others: a joint term fires no further than the weakest of them,
and is not observable where one of them is not.
"""

import polars as pl

from beacon.evidence import benign, command, fleet, process
from beacon.evidence.novelty import OVER_DAYS
from beacon.evidence.term import Term, all_in, known, listed
from beacon.evidence.timing import LASTS, TIMER, TO_THE_END

_OTHERS = {term.name: term.strength for term in (*benign.TERMS, *command.TERMS, *process.TERMS)}
_LONE = TIMER * fleet.ALONE.fill_null(1.0)
"""In a handful of hosts every timer is lone: there is nobody to share it with."""
_FEW_HAVE = pl.format(
    "same command line on {} of {} hosts",
    pl.coalesce("template_hosts", "prevalence_hosts"),
    "fleet_hosts",
)
_FEW_DO = pl.format(
    "log10 Bayes factor {}, {}", pl.col("timing_evidence").round(1).cast(pl.String), _FEW_HAVE
)
_HERE = pl.format("{} on {}, account {}", "process", "host", listed("accounts"))
_BY_HAND = (*benign.EDITORS, *benign.SHELLS)


def _any_of(*names: str) -> pl.Expr:
    return pl.max_horizontal(_OTHERS[name] for name in names)


def _joint(
    name: str, question: str, strength: pl.Expr, value: pl.Expr, sign: int = 1, bound: float = 3.0
) -> Term:
    return Term(name, question, strength, value, sign, bound=bound, presumed=0.3)


TERMS = (
    _joint("lone timer", "Is it a timer that few hosts share?", _LONE, _FEW_DO),
    _joint(
        "lone timer all day",
        "Does a timer that few hosts share go on for as long as the machine?",
        _LONE * LASTS,
        _FEW_DO,
    ),
    _joint(
        "lone timer at a desk",
        "Does a timer that few hosts share run where a person works?",
        _LONE * pl.col("host_attended"),
        _HERE,
    ),
    _joint(
        "lone timer as system",
        "Does the system account of a person's machine run a timer that few hosts share?",
        pl.when(known("accounts") & pl.col("host_attended").is_not_null()).then(
            _LONE * (benign.AS_SYSTEM & pl.col("host_attended")).cast(pl.Float64)
        ),
        _HERE,
        bound=2.0,
    ),
    _joint(
        "lone timer on a few hosts",
        "Do two or three hosts share a timer that no others have, as victims do?",
        _LONE * pl.col("template_hosts").is_between(2, 3).cast(pl.Float64),
        _FEW_DO,
        bound=1.0,
    ),
    _joint(
        "lone timer at a dead drop",
        "Does a timer that few hosts share read where anyone can leave a text?",
        _LONE * benign.ANYONES.cast(pl.Float64),
        pl.format("{}; log10 Bayes factor {}", "domain", pl.col("timing_evidence").round(1)),
    ),
    _joint(
        "lone system tool",
        "Does a part of Windows that rarely has business on the web do what few hosts do?",
        fleet.ALONE * _any_of("system tool", "script-host parent", "office parent"),
        _FEW_HAVE,
    ),
    _joint(
        "lone user's file",
        "Does what few hosts run lie where any user can write, as no rolled-out product does?",
        fleet.ALONE * _OTHERS["user-writable place"],
        pl.format("{} or its script; {}", "process", _FEW_HAVE),
        bound=2.0,
    ),
    _joint(
        "lone hidden code",
        "Does a command line that few hosts run hide itself, or run what it fetches?",
        fleet.ALONE
        * _any_of("encoded command", "hidden window", "fetch and run", "loop in command line"),
        _FEW_HAVE,
    ),
    _joint(
        "person's visit",
        "Was it started by a person's program, and over long before the machine was off?",
        pl.when(known("parents")).then(
            all_in("parents", _BY_HAND).cast(pl.Float64)
            * (1.0 - pl.max_horizontal(LASTS, TO_THE_END))
            * (1.0 - OVER_DAYS)
        ),
        pl.format("started by {}, a part of the day", listed("parents")),
        sign=-1,
    ),
)
