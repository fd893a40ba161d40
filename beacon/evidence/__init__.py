"""Stage 5: what surrounds the timing, as additive log-odds."""

from beacon.evidence.fleet import count_prevalence, name_service
from beacon.evidence.ledger import weigh
from beacon.evidence.term import Term
from beacon.evidence.terms import TERMS

__all__ = ["TERMS", "Term", "count_prevalence", "name_service", "weigh"]
