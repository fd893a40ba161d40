"""The learned numbers: how much each term weighs, and how strongly it fires on average."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib import resources
from operator import attrgetter
from typing import Any

from beacon.errors import SettingsError


@dataclass(frozen=True)
class Weights:
    """Weights of all terms.

    Attributes:
        log_odds: term -> log-odds a unit of strength.
        ordinary: term -> mean strength over benign channels.
        offset: term -> log-odds that it takes off a channel which is average in it: pollers stand
            out, and the more can be seen the better one knows that an average channel is none.
        base_rate: share of pollers among the channels that the weights were learned from.
        provenance: how they were learned.
    """

    log_odds: Mapping[str, float]
    ordinary: Mapping[str, float]
    offset: Mapping[str, float]
    base_rate: float
    provenance: Mapping[str, Any]

    def of(self, name: str) -> float:
        """Log-odds of a term that fires in full; 0 for one that was not learned."""
        return self.log_odds.get(name, 0.0)

    def average(self, name: str) -> float:
        """Log-odds that a term adds by being observable, before anything is said of its answer."""
        return self.offset.get(name, 0.0) - self.of(name) * self.ordinary.get(name, 0.0)

    def with_log_odds(self, changed: Mapping[str, float]) -> "Weights":
        """The same with some terms weighed otherwise.

        Raises:
            SettingsError: a name is no learned term's.
        """
        for name in changed:
            if name not in self.log_odds:
                near = get_close_matches(name, list(self.log_odds), n=1, cutoff=0.0)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise SettingsError(f"evidence.weights: no term {name!r}{hint}")
        return replace(self, log_odds={**self.log_odds, **changed})

    def without(self, names: Collection[str]) -> "Weights":
        """The same with some terms weighing nothing at all."""
        kept = [name for name in self.log_odds if name not in names]
        of = attrgetter("log_odds", "ordinary", "offset")(self)
        log_odds, ordinary, offset = ({name: part[name] for name in kept} for part in of)
        return replace(self, log_odds=log_odds, ordinary=ordinary, offset=offset)


@cache
def shipped() -> Weights:
    """The weights in `weights.json` and, of the terms of a history, `history_weights.json`."""
    days, months = (parse(_content(name)) for name in ("weights.json", "history_weights.json"))
    return replace(
        days,
        log_odds={**days.log_odds, **months.log_odds},
        ordinary={**days.ordinary, **months.ordinary},
        offset={**days.offset, **months.offset},
    )


def _content(name: str) -> Any:
    return json.loads(resources.files("beacon.evidence").joinpath(name).read_text(encoding="utf-8"))


def parse(content: Mapping[str, Any]) -> Weights:
    """Weights from the content of a weights file."""
    terms = content["terms"]
    return Weights(
        log_odds={name: term["log_odds"] for name, term in terms.items()},
        ordinary={name: term["ordinary"] for name, term in terms.items()},
        offset={name: term["offset"] for name, term in terms.items()},
        base_rate=content["base_rate"],
        provenance=content["provenance"],
    )
