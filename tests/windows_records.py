"""Windows events beside Sysmon's, in the flat form that every shipper's twin is made from."""

from sysmon_events import connection, event, lookup

HOST = "ws-014.corp.example"
XML = (
    '<Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Triggers><TimeTrigger>'
    "<Repetition><Interval>PT15M</Interval></Repetition></TimeTrigger></Triggers><Actions><Exec>"
    "<Command>C:\\Windows\\python.exe</Command><Arguments>beat.py --quiet &amp;&amp; x</Arguments>"
    "</Exec></Actions></Task>"
)


def security(number: int, **fields: object) -> dict:
    return {
        "EventTime": "2026-05-04 08:00:00",  # host-local, never to be read
        "Hostname": HOST,
        "Channel": "Security",
        "EventID": number,
        "RecordNumber": 9,
        **fields,
    }


def planned(xml: str = XML, **fields: object) -> dict:
    return security(4698, **{"TaskName": "\\Sync", "TaskContent": xml, **fields})


def moment(second: float) -> str:
    minute, second = divmod(second, 60)
    return f"2026-05-04 {12 + int(minute) // 60:02}:{int(minute) % 60:02}:{second:06.3f}"


def permitted(second: float, **fields: object) -> dict:
    return security(
        5156,
        SystemTime=moment(second).replace(" ", "T") + "0000Z",
        ProcessID="62",
        Application="\\device\\harddiskvolume2\\windows\\python.exe",
        Direction="%%14593",
        SourceAddress="10.0.0.14",
        SourcePort="50211",
        DestAddress="1.2.3.4",
        DestPort="443",
        Protocol="6",
        **fields,
    )


def script(text: str, number: int = 1, block: str = "b1", pid: int = 62) -> dict:
    return {
        "Hostname": HOST.upper(),
        "Channel": "Microsoft-Windows-PowerShell/Operational",
        "EventID": 4104,
        "ExecutionProcessID": pid,
        "MessageNumber": str(number),
        "MessageTotal": "2",
        "ScriptBlockId": block,
        "ScriptBlockText": text,
    }


FEW = [
    event(1, moment(0), CommandLine="python beat.py"),
    lookup(moment(0), "x.com", "1.2.3.4;"),
    connection(moment(0.1)),
    connection(moment(60)),
    planned(),
    permitted(0, Hostname="ws-015"),
    script("iwr https://x.com"),
]
"""One of each kind that is read."""
