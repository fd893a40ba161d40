"""The detection as a rule for other systems: KQL, a Sentinel analytics rule, Sigma."""
