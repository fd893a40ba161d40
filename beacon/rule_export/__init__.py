"""The detection for other systems: KQL, a Sentinel analytics rule, Sigma, a Spark notebook."""

from beacon.rule_export.kql import hunting, timed
from beacon.rule_export.notebook import spark_notebook
from beacon.rule_export.sentinel import analytics_rule
from beacon.rule_export.sigma import sigma

__all__ = ["analytics_rule", "hunting", "sigma", "spark_notebook", "timed"]
