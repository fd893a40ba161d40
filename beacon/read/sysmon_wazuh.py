"""Sysmon in Wazuh's alerts: `data.win.system` and `data.win.eventdata`, names in lower camel case.

Wazuh documentation, "Windows event channel"; every value is text.
"""

from beacon.read.sysmon import FIELDS
from beacon.read.sysmon_flatten import Record, inside, shape

NAME = "sysmon wazuh"
_SYSTEM = {
    "EventID": "eventID",
    "Channel": "channel",
    "Computer": "computer",
    "Record": "eventRecordID",
    "SystemTime": "systemTime",
    "ExecutionProcessID": "processID",
}
_DATA = {name: name[0].lower() + name[1:] for name in FIELDS if name not in _SYSTEM}


def flatten(record: Record) -> Record:
    """Sysmon's own field names."""
    outer = {name: inside(record, "data", "win", "system", key) for name, key in _SYSTEM.items()}
    data = {name: inside(record, "data", "win", "eventdata", key) for name, key in _DATA.items()}
    return outer | data


SHAPE = shape(
    NAME, lambda record: isinstance(inside(record, "data", "win", "system"), dict), flatten
)
