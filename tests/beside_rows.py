"""Rows of Defender's other tables, as they stand in the exports beside connections."""

import json
from datetime import timedelta

from events import START

ADDRESS = "185.199.108.133"
NAME = "raw.githubusercontent.com"
BORN = START - timedelta(hours=9)
XML = (
    "<Task><Triggers><TimeTrigger><Repetition><Interval>PT10M</Interval></Repetition>"
    "</TimeTrigger></Triggers><Actions><Exec><Command>python.exe</Command>"
    "<Arguments>poll.py</Arguments></Exec></Actions></Task>"
)


def iso(time: object) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S.%f}Z"


def row(action: str, **fields: object) -> dict:
    """A row of DeviceProcessEvents or DeviceEvents."""
    return {
        "Timestamp": iso(START),
        "DeviceId": "d1",
        "DeviceName": "WS-014.corp.example",
        "ActionType": action,
        "FileName": None,
        "ProcessId": None,
        "ProcessCommandLine": None,
        "ProcessCreationTime": None,
        "AdditionalFields": None,
        "InitiatingProcessFileName": "services.exe",
        "InitiatingProcessId": 700,
        "InitiatingProcessCreationTime": iso(BORN),
        "InitiatingProcessCommandLine": "services.exe",
        "InitiatingProcessParentFileName": "wininit.exe",
        **fields,
    }


STARTED = row(
    "ProcessCreated",
    FileName="cmd.exe",
    ProcessId=4800,
    ProcessCommandLine="cmd.exe /c python.exe poll.py",
    ProcessCreationTime=iso(BORN),
)
ANSWERED = row(
    "DnsQueryResponse",
    InitiatingProcessId=6200,
    AdditionalFields=json.dumps(
        {
            "DnsQueryString": NAME,
            "DnsQueryResult": json.dumps([{"DnsQueryType": "A", "Result": f"::ffff:{ADDRESS}"}]),
        }
    ),
)
PLANNED = row(
    "ScheduledTaskCreated",
    AdditionalFields=json.dumps({"TaskName": "\\Sync", "TaskContent": XML}),
)
