"""Stage 4b: hourly aggregates as a second witness of a channel's timing.

An `*AggregatedReport` row is no event: it says that a process made n connections to an address in
an hour that began when the sensor's service did (Microsoft Learn, "Aggregated reporting"). A timer
shows in such counts by their being too much alike.
"""

from beacon.hourly.combine import combine
from beacon.hourly.reports import COLUMNS, count, hours, name, names, none
from beacon.hourly.statistic import Constancy, constancy

__all__ = [
    "COLUMNS",
    "Constancy",
    "combine",
    "constancy",
    "count",
    "hours",
    "name",
    "names",
    "none",
]
