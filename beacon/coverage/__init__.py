"""What an export can show and what it cannot, whatever its channels turn out to be.

Defender is no packet capture: many events are reported once in 24 hours for each set of distinct
field values (FalconForce, "MDE internals 0x03"), hourly aggregates stand for many connections
(Microsoft Learn, "Aggregated reporting"), exports are cut and repeat rows. Each fact here limits
what silence in the data may be taken for.
"""

from beacon.coverage.capped import addresses, capped, chances, meetings, repetition
from beacon.coverage.count import scan
from beacon.coverage.hours import COSTS, Coverage, missing
from beacon.coverage.rows import Rows, examine

__all__ = [
    "COSTS",
    "Coverage",
    "Rows",
    "addresses",
    "capped",
    "chances",
    "examine",
    "meetings",
    "missing",
    "repetition",
    "scan",
]
