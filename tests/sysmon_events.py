"""The small day as Sysmon saw it, and its events as each shipper writes them."""

import html
import json

from evtx_writer import evtx
from exports import DAY, lines

OUTBOUND = DAY[:6]
"""Rows of the day that Sysmon can carry: with a process and a name."""


def guid(pid: int) -> str:
    return f"{{a1b2c3d4-{pid:04x}-69f9-0300-000000000700}}"


def sysmon_time(text: str) -> str:
    return text.replace("T", " ").rstrip("Z")[:23]


def event(number: int, time: str, pid: int = 62, **fields: object) -> dict:
    """Any Sysmon event in NXLog's flat form."""
    return {
        "EventTime": "2026-05-04 14:41:25",  # host-local, never to be read
        "Hostname": "ws-014.corp.example",
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "AccountName": "SYSTEM",  # the log's writer
        "EventID": number,
        "RecordNumber": 100,
        "UtcTime": time,
        "ProcessGuid": guid(pid),
        "ProcessId": str(pid),
        "Image": "C:\\Windows\\python.exe",
        "User": "corp\\jdoe",
    } | fields


def connection(time: str, pid: int = 62, address: str = "1.2.3.4", **fields: object) -> dict:
    return event(3, time, pid) | {
        "Protocol": "tcp",
        "Initiated": "true",
        "SourceIp": "10.0.0.14",
        "SourcePort": "50211",
        "DestinationIp": address,
        "DestinationHostname": "cdn-185-199-108-133.github.com",  # a reverse name
        "DestinationPort": "443",
        **fields,
    }


def lookup(time: str, name: str, results: str, pid: int = 62) -> dict:
    return event(22, time, pid, QueryName=name, QueryStatus="0", QueryResults=results)


def day() -> list[dict]:
    """Processes, lookups and connections, with other events between them."""
    events = [event(5, "2026-05-04 18:00:00.000")]
    for row in OUTBOUND:
        pid, image = row["InitiatingProcessId"], row["InitiatingProcessFolderPath"]
        time = sysmon_time(row["Timestamp"])
        events += [
            event(
                1,
                sysmon_time(row["InitiatingProcessCreationTime"]),
                pid,
                Image=image,
                CommandLine=row["InitiatingProcessCommandLine"],
                Company=row["InitiatingProcessVersionInfoCompanyName"],
                OriginalFileName=row["InitiatingProcessVersionInfoOriginalFileName"],
                Hashes=f"MD5=00,SHA1={row['InitiatingProcessSHA1'].upper()},SHA256=00",
                IntegrityLevel="Medium",
                ParentImage=f"C:\\Windows\\System32\\{row['InitiatingProcessParentFileName']}",
                ParentProcessId=str(row["InitiatingProcessParentId"]),
                ParentCommandLine=row["InitiatingProcessParentCommandLine"],
            ),
            lookup(time, row["RemoteUrl"], f"type:  5 cdn.net;::ffff:{row['RemoteIP']};", pid),
            connection(time, pid, row["RemoteIP"], Image=image, RecordNumber=row["ReportId"]),
            {"EventID": 4688, "Channel": "Security", "Hostname": "h", "ProcessId": "0x1f4"},
        ]
    return events


def winlogbeat_7(record: dict) -> dict:
    """Nested under `winlog`; since version 7."""
    data = {k: v for k, v in record.items() if k not in OUTER}
    outer = {OUTER[k]: v for k, v in record.items() if OUTER.get(k)}
    time, pid = data.pop("SystemTime", "2026-01-01T00:00:00Z"), data.pop("ExecutionProcessID", 4)
    winlog = outer | {"event_data": data, "process": {"pid": pid}}
    return {"@timestamp": time, "winlog": winlog}


OUTER = {
    "EventID": "event_id",
    "Channel": "channel",
    "Hostname": "computer_name",
    "RecordNumber": "record_id",
    "EventTime": "",
    "AccountName": "",
}


def winlogbeat_6(record: dict) -> dict:
    inner = winlogbeat_7(record)["winlog"]
    renamed = {"channel": "log_name", "record_id": "record_number"}
    return {renamed.get(name, name): value for name, value in inner.items()}


def winlogbeat_dotted(record: dict) -> dict:
    whole = winlogbeat_7(record)
    inner = whole.pop("winlog")
    inner["process.pid"] = inner.pop("process")["pid"]
    data = whole | {f"winlog.event_data.{name}": v for name, v in inner.pop("event_data").items()}
    return {f"winlog.{name}": value for name, value in inner.items()} | data


def other_shipper(record: dict) -> dict:
    """Flat, without record numbers, with a `TimeCreated` that is hours off."""
    rest = {k: v for k, v in record.items() if k not in ("EventTime", "RecordNumber")}
    return rest | {
        "TimeCreated": "2026-05-04T07:14:16.845Z",
        "ProcessId": str(record.get("ProcessId")),
    }


def ecs(record: dict) -> dict:
    """As winlogbeat's Sysmon module leaves it: fields moved, the rest in `event_data`."""
    moved = {
        "ProcessGuid": "process.entity_id", "ProcessId": "process.pid",
        "Image": "process.executable", "CommandLine": "process.command_line",
        "ParentImage": "process.parent.executable", "ParentProcessId": "process.parent.pid",
        "ParentCommandLine": "process.parent.command_line", "Protocol": "network.transport",
        "SourceIp": "source.ip", "SourcePort": "source.port", "DestinationIp": "destination.ip",
        "DestinationPort": "destination.port", "DestinationHostname": "destination.domain",
        "QueryName": "dns.question.name", "OriginalFileName": "process.pe.original_file_name",
        "Company": "process.pe.company", "Hostname": "winlog.computer_name",
        "Channel": "winlog.channel", "RecordNumber": "winlog.record_id",
    }  # fmt: skip
    out: dict = {"event": {"code": str(record["EventID"])}, "winlog": {"event_data": {}}}
    out["winlog"]["user"] = {"name": "SYSTEM"}
    for name, value in record.items():
        if name in moved:
            *path, last = moved[name].split(".")
            place = out
            for key in path:
                place = place.setdefault(key, {})
            place[last] = value
        elif name == "UtcTime":
            out["@timestamp"] = value.replace(" ", "T") + "Z"
        elif name == "User":
            domain, _, user = value.rpartition("\\")
            out["user"] = {"name": user, "domain": domain}
        elif name == "Initiated":
            out.setdefault("network", {})["direction"] = "egress" if value == "true" else "in"
        elif name == "QueryResults":
            parts = [part for part in value.split(";") if part and not part.startswith("type:")]
            answers = [part.removeprefix("::ffff:") for part in parts]
            out.setdefault("dns", {})["resolved_ip"] = answers
        elif name == "Hashes":
            out.setdefault("process", {})["hash"] = {"sha1": value.split("SHA1=")[1][:40].lower()}
        elif name in ("IntegrityLevel", "TaskName", "TaskContent"):
            out["winlog"]["event_data"][name] = value
    return out


def wazuh(record: dict) -> dict:
    outer = {"EventID": "eventID", "Hostname": "computer", "Channel": "channel",
             "RecordNumber": "eventRecordID", "SystemTime": "systemTime",
             "ExecutionProcessID": "processID"}  # fmt: skip
    system = {outer[name]: str(value) for name, value in record.items() if name in outer}
    data = {n[0].lower() + n[1:]: v for n, v in record.items() if n not in outer}
    return {"rule": {"level": 3}, "data": {"win": {"system": system, "eventdata": data}}}


def evtx_json(record: dict) -> dict:
    outer = {"Hostname": "Computer", "Channel": "Channel", "RecordNumber": "EventRecordID"}
    system = {outer[name]: value for name, value in record.items() if name in outer}
    data = {n: v for n, v in record.items() if n not in outer and n != "EventID"}
    if "Initiated" in data:
        data["Initiated"] = data["Initiated"] == "true"
        data["SourcePort"] = int(data["SourcePort"])
    system["EventID"] = {"#text": record["EventID"]}
    system["TimeCreated"] = {"#attributes": {"SystemTime": data.pop("SystemTime", None)}}
    system["Execution"] = {"#attributes": {"ProcessID": data.pop("ExecutionProcessID", 4)}}
    return {"Event": {"System": system, "EventData": data}}


def windows_event(record: dict) -> dict:
    outer = {"EventID": "EventID", "Channel": "Channel", "Hostname": "Computer",
             "RecordNumber": "EventRecordId"}  # fmt: skip
    row = {outer[name]: value for name, value in record.items() if name in outer}
    data = {n: v for n, v in record.items() if n not in outer}
    if "UtcTime" in data:
        data["UtcTime"] = data["UtcTime"].replace(" ", "T") + "0000Z"
    return {"Type": "WindowsEvent", "EventData": json.dumps(data), **row}


def linux_syslog(record: dict) -> dict:
    outer = {"EventID": "EventID", "Channel": "Channel", "Hostname": "Computer",
             "RecordNumber": "EventRecordID"}  # fmt: skip
    system = "".join(f"<{outer[n]}>{v}</{outer[n]}>" for n, v in record.items() if n in outer)
    data = "".join(
        f'<Data Name="{n}">{html.escape(str(v))}</Data>'
        for n, v in record.items()
        if n not in outer
    )
    provider = '<Provider Name="Linux-Sysmon"/>'
    message = f"<Event><System>{provider}{system}</System><EventData>{data}</EventData></Event>"
    return {"Type": "Syslog", "Computer": "x", "SyslogMessage": message}


SHIPPERS = {
    "WindowsEvent": ("sysmon windowsevent", windows_event),
    "Linux Sysmon in Syslog": ("sysmon linux syslog", linux_syslog),
    "winlogbeat's module": ("sysmon ecs", ecs),
    "wazuh": ("sysmon wazuh", wazuh),
    "evtx dump": ("sysmon evtx json", evtx_json),
    "nxlog": ("sysmon nxlog", dict),
    "another flat one": ("sysmon nxlog", other_shipper),
    "winlogbeat 7": ("sysmon winlogbeat", winlogbeat_7),
    "winlogbeat 6": ("sysmon winlogbeat", winlogbeat_6),
    "winlogbeat, dotted": ("sysmon winlogbeat", winlogbeat_dotted),
}


def native(events: list[dict]) -> bytes:
    """As Windows keeps them."""
    outer = {"EventID": "EventID", "RecordNumber": "EventRecordID", "Channel": "Channel",
             "Hostname": "Computer"}  # fmt: skip
    aside = (*outer, "SystemTime", "ExecutionProcessID")
    logged = []
    for record in events:
        system: list = [(outer[n], str(record[n]), {}) for n in outer if n in record]
        if "SystemTime" in record:
            system.append(("TimeCreated", "", {"SystemTime": record["SystemTime"]}))
        if "ExecutionProcessID" in record:
            system.append(("Execution", "", {"ProcessID": str(record["ExecutionProcessID"])}))
        logged.append((system, {n: v for n, v in record.items() if n not in aside}))
    return evtx(logged)


NATIVE = "Windows' own log"
SHIPPERS[NATIVE] = ("windows evtx", dict)


def shipped(shipper: str, events: list[dict]) -> bytes:
    if shipper == NATIVE:
        return native(events)
    return lines([SHIPPERS[shipper][1](record) for record in events])
