"""The small day as a parser of Sentinel's normalised schema gives it."""

from exports import DAY


def session(row: dict, **fields: object) -> dict:
    """One row of ASIM NetworkSession for a connection of the day."""
    host, _, domain = (row["RemoteUrl"] or "").partition(".")
    account = row["InitiatingProcessAccountName"]
    of = row["InitiatingProcessAccountDomain"]
    return {
        "TimeGenerated": "2026-05-20T00:00:00Z",
        "EventStartTime": row["Timestamp"],
        "EventEndTime": row["Timestamp"],
        "EventSchema": "NetworkSession",
        "EventCount": 1,
        "EventResult": "Failure" if row["ActionType"] == "ConnectionFailed" else "Success",
        "EventOriginalUid": None if row["ReportId"] is None else str(row["ReportId"]),
        "NetworkDirection": "Outbound",
        "NetworkProtocol": (row["Protocol"] or "").upper(),
        "DvcId": row["DeviceId"],
        "DvcHostname": "ws-014",
        "DvcFQDN": row["DeviceName"],
        "SrcIpAddr": row["LocalIP"],
        "SrcPortNumber": row["LocalPort"],
        "DstIpAddr": row["RemoteIP"],
        "DstPortNumber": row["RemotePort"],
        "DstHostname": host,
        "DstDomain": domain,
        "SrcProcessName": row["InitiatingProcessFolderPath"],
        "SrcProcessId": row["InitiatingProcessId"],
        "SrcProcessGuid": row["InitiatingProcessUniqueId"],
        "SrcProcessCommandLine": row["InitiatingProcessCommandLine"],
        "SrcUsername": f"{of}\\{account}" if of else account,
        **fields,
    }


SESSIONS = [session(row) for row in DAY[:6]]
UNSEEN = [
    "RemoteIPType",
    "InitiatingProcessCreationTime",
    "InitiatingProcessParentFileName",
    "InitiatingProcessParentId",
    "InitiatingProcessParentCreationTime",
    "InitiatingProcessParentCommandLine",
    "InitiatingProcessIntegrityLevel",
    "InitiatingProcessSHA1",
    "InitiatingProcessVersionInfoCompanyName",
    "InitiatingProcessVersionInfoOriginalFileName",
]
"""Columns that the schema has no field for."""
