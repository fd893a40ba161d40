"""Stage 3: connections become channels, one for each host, process and domain.

An hourly aggregate is not a connection and an accepted connection is not a poll: both are counted
in the channel, neither stands on its timeline.
"""

from beacon.channels.activity import activity
from beacon.channels.channel import STRAND, Channels
from beacon.channels.group import TEXTS, Label, group
from beacon.channels.people import attended, is_of_people
from beacon.channels.strands import split
from beacon.channels.texts import INBOUND, is_aggregated, on_timeline
from beacon.schema import KEY

__all__ = [
    "INBOUND",
    "KEY",
    "STRAND",
    "TEXTS",
    "Channels",
    "Label",
    "activity",
    "attended",
    "group",
    "is_aggregated",
    "is_of_people",
    "on_timeline",
    "split",
]
