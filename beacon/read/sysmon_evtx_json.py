"""Sysmon as EVTX dumpers write it: JSON lines with `Event.System` and `Event.EventData`.

`EventID` may be a number or an object with `#text`; `SystemTime` is when the log was written, not
when a connection of Sysmon's was made: it counts for other logs only. ProcessGuid stands without
braces, ports as numbers.
"""

from beacon.read.sysmon_flatten import Record, inside, shape

NAME = "sysmon evtx json"


def flatten(record: Record) -> Record:
    """Sysmon's own field names."""
    number = inside(record, "Event", "System", "EventID")
    data = inside(record, "Event", "EventData")
    fields = dict(data) if isinstance(data, dict) else {}
    initiated = fields.get("Initiated")
    if isinstance(initiated, bool):
        fields["Initiated"] = str(initiated).lower()
    outer = {
        "EventID": inside(number, "#text") if isinstance(number, dict) else number,
        "Channel": inside(record, "Event", "System", "Channel"),
        "Computer": inside(record, "Event", "System", "Computer"),
        "Record": inside(record, "Event", "System", "EventRecordID"),
        "SystemTime": _attribute(record, "TimeCreated", "SystemTime"),
        "ExecutionProcessID": _attribute(record, "Execution", "ProcessID"),
    }
    return fields | outer


def _attribute(record: Record, element: str, name: str) -> object:
    return inside(record, "Event", "System", element, "#attributes", name)


SHAPE = shape(NAME, lambda record: isinstance(inside(record, "Event", "System"), dict), flatten)
