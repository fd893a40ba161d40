"""A memory from day to day: a ledger of channels in Parquet, and what it tells of today's.

A folder with one file a day and table, `channels/day=2026-05-04/part.parquet` and
`hosts/day=2026-05-04/part.parquet`, hive-partitioned so that any Parquet tool reads it.
"""

from beacon.history.daily import Daily, fixed_clock
from beacon.history.entries import CHANNELS, HOSTS, channel_entries, host_entries
from beacon.history.ledger import Ledger
from beacon.history.recall import earlier, facts, series

__all__ = [
    "CHANNELS",
    "HOSTS",
    "Daily",
    "Ledger",
    "channel_entries",
    "earlier",
    "facts",
    "fixed_clock",
    "host_entries",
    "series",
]
