"""Sysmon as NXLog and its kin write it: JSON lines, all fields at the top level.

`EventTime` is host-local without a zone, `TimeCreated` of some shippers is wrong by hours, and
`AccountName` is the log's writer: none is read.
"""

from beacon.read.json_text import rows, texts
from beacon.read.part import Part
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.read.sysmon import FIELDS, sysmon_part
from beacon.read.table import LINE
from beacon.settings import ReadSettings

NAME = "sysmon nxlog"
RENAMED = {"Hostname": "Computer", "RecordNumber": "Record"}


def recognise(source: Source) -> bool:
    """Whether records are flat Windows events."""
    return any(
        "EventID" in record
        and "EventData" not in record
        and record.keys() & {"UtcTime", "Hostname"}
        for record in source.records
    )


def scan(source: Source, settings: ReadSettings) -> Part:
    """Read flat events."""
    theirs = {ours: name for name, ours in RENAMED.items()}
    frame, bad, *_ = rows(source, texts(theirs.get(field, field) for field in FIELDS))
    return sysmon_part(
        source.name, NAME, frame.rename(RENAMED).select(LINE, *FIELDS), bad, settings
    )


SHAPE = Shape(NAME, recognise, scan)
