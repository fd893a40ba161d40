"""Sysmon through winlogbeat's own module, which moves fields to where the Elastic schema has them.

`@timestamp` is Sysmon's UtcTime there; `winlog.user` is the log's writer and not read
(elastic/beats, x-pack/winlogbeat/module/sysmon; Elastic Common Schema, field reference).
"""

from beacon.read.sysmon_flatten import Record, inside, shape

NAME = "sysmon ecs"
_PLACES = {
    "Channel": "winlog.channel",
    "Computer": "winlog.computer_name",
    "Record": "winlog.record_id",
    "UtcTime": "@timestamp",
    "ProcessGuid": "process.entity_id",
    "ProcessId": "process.pid",
    "Image": "process.executable",
    "CommandLine": "process.command_line",
    "ParentImage": "process.parent.executable",
    "ParentProcessId": "process.parent.pid",
    "ParentCommandLine": "process.parent.command_line",
    "OriginalFileName": "process.pe.original_file_name",
    "Company": "process.pe.company",
    "Protocol": "network.transport",
    "SourceIp": "source.ip",
    "SourcePort": "source.port",
    "DestinationIp": "destination.ip",
    "DestinationPort": "destination.port",
    "QueryName": "dns.question.name",
    "SystemTime": "@timestamp",
    "ExecutionProcessID": "winlog.process.pid",
}


def flatten(record: Record) -> Record:
    """Sysmon's own field names; what the module left in `event_data` keeps its name."""
    left = inside(record, "winlog", "event_data")
    moved = {name: inside(record, *place.split(".")) for name, place in _PLACES.items()}
    moved["EventID"] = inside(record, "event", "code") or inside(record, "winlog", "event_id")
    user, domain = inside(record, "user", "name"), inside(record, "user", "domain")
    moved["User"] = f"{domain}\\{user}" if user and domain else user
    direction = inside(record, "network", "direction")
    if direction:
        moved["Initiated"] = str(direction in ("egress", "outbound")).lower()
    answers = inside(record, "dns", "resolved_ip")
    if answers:
        listed = answers if isinstance(answers, list) else [answers]
        moved["QueryResults"] = ";".join(map(str, listed))
    sha1 = inside(record, "process", "hash", "sha1")
    moved["Hashes"] = f"SHA1={sha1}" if sha1 else None
    kept = left if isinstance(left, dict) else {}
    return kept | {name: value for name, value in moved.items() if value is not None}


def _is_ours(record: Record) -> bool:
    is_event = isinstance(inside(record, "winlog"), dict) and inside(record, "event", "code")
    return bool(is_event and inside(record, "process", "entity_id"))


SHAPE = shape(NAME, _is_ours, flatten)
