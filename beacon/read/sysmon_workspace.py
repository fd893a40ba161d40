"""Sysmon in a Log Analytics workspace: table WindowsEvent, and Linux Sysmon inside table Syslog.

WindowsEvent keeps the fields as JSON, or as its text, under `EventData`; a syslog message is the
event's XML. That XML is anyone's text: the few tags are looked for, nothing is expanded
(Microsoft Learn, tables WindowsEvent and Syslog; Sysmon for Linux).
"""

import html
import re
from typing import Any

from beacon.read.source import parse
from beacon.read.sysmon_flatten import Record, shape

_DATA = re.compile(r'<Data Name="(\w+)">([^<]*)</Data>')
_SYSTEM = re.compile(r"<(EventID|EventRecordID|Channel|Computer)>([^<]*)</")
_LONGEST_MESSAGE = 1 << 20


def flatten_windows(record: Record) -> Record:
    """Sysmon's own field names, from a row of WindowsEvent."""
    data: Any = record.get("EventData")
    fields = parse(data) if isinstance(data, str) else data
    outer = {
        "EventID": record.get("EventID"),
        "Channel": record.get("Channel"),
        "Computer": record.get("Computer"),
        "Record": record.get("EventRecordId"),
        "SystemTime": record.get("TimeGenerated"),
    }
    return (fields if isinstance(fields, dict) else {}) | outer


def flatten_syslog(record: Record) -> Record:
    """Sysmon's own field names, from a row of Syslog; no field where the message is another's."""
    message = record.get("SyslogMessage")
    if not isinstance(message, str) or "Linux-Sysmon" not in message:
        return {"Channel": "Syslog"}
    text = message[:_LONGEST_MESSAGE]
    found = {name: html.unescape(value) for name, value in _DATA.findall(text)}
    outer = dict(_SYSTEM.findall(text))
    return found | {
        "EventID": outer.get("EventID"),
        "Channel": outer.get("Channel"),
        "Computer": outer.get("Computer"),
        "Record": outer.get("EventRecordID"),
    }


def _is_windows(record: Record) -> bool:
    return record.keys() >= {"EventID", "EventData", "Computer"} and "event_data" not in record


def _is_syslog(record: Record) -> bool:
    return "Linux-Sysmon" in str(record.get("SyslogMessage", ""))


SHAPES = (
    shape("sysmon windowsevent", _is_windows, flatten_windows),
    shape("sysmon linux syslog", _is_syslog, flatten_syslog),
)
