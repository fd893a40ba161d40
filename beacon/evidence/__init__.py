"""Stage 5: what surrounds the timing, as additive log-odds."""

from beacon.evidence.fleet import shortest_first
from beacon.evidence.ledger import (
    AVERAGE,
    LEARNED,
    REMEMBERED,
    TERMS,
    entries,
    log_odds,
    logit,
    strengths,
    weigh,
)
from beacon.evidence.observe import observe
from beacon.evidence.term import Term
from beacon.evidence.verdict import found_malicious
from beacon.evidence.weights import Weights, shipped
from beacon.evidence.worst import judge_by_worst, speakers, worst

__all__ = [
    "AVERAGE",
    "LEARNED",
    "REMEMBERED",
    "TERMS",
    "Term",
    "Weights",
    "entries",
    "found_malicious",
    "judge_by_worst",
    "log_odds",
    "logit",
    "observe",
    "shipped",
    "shortest_first",
    "speakers",
    "strengths",
    "weigh",
    "worst",
]
