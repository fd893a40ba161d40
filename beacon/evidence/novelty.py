"""Whether a channel is new, which only a history of earlier exports can tell."""

from beacon.evidence.term import Term

TERMS: tuple[Term, ...] = ()
"""None without a history: the day alone cannot say what is new."""
