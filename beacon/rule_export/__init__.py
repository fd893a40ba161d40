"""The detection as a rule for other systems: KQL, a Sentinel analytics rule, Sigma."""

from beacon.rule_export.kql import hunting, timed
from beacon.rule_export.sentinel import analytics_rule
from beacon.rule_export.sigma import sigma

__all__ = ["analytics_rule", "hunting", "sigma", "timed"]
