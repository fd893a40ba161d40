"""Columns of Defender's advanced hunting tables, as Microsoft Learn documents them."""

_INITIATING = """
InitiatingProcessSHA1 InitiatingProcessSHA256 InitiatingProcessMD5 InitiatingProcessFileName
InitiatingProcessFileSize:long InitiatingProcessVersionInfoCompanyName
InitiatingProcessVersionInfoProductName InitiatingProcessVersionInfoProductVersion
InitiatingProcessVersionInfoInternalFileName InitiatingProcessVersionInfoOriginalFileName
InitiatingProcessVersionInfoFileDescription InitiatingProcessId:long
InitiatingProcessCommandLine InitiatingProcessCreationTime:datetime InitiatingProcessFolderPath
InitiatingProcessParentFileName InitiatingProcessParentId:long
InitiatingProcessParentCreationTime:datetime InitiatingProcessAccountDomain
InitiatingProcessAccountName InitiatingProcessAccountSid InitiatingProcessAccountUpn
InitiatingProcessAccountObjectId InitiatingProcessIntegrityLevel
InitiatingProcessTokenElevation InitiatingProcessSessionId:long
"""
_COMMON = (
    "Timestamp:datetime DeviceId DeviceName ActionType ReportId:long AppGuardContainerId "
    "AdditionalFields TimeGenerated:datetime"
)
_FILE = "FileName FolderPath SHA1 SHA256 MD5 FileSize:long"
_ACCOUNT = "AccountDomain AccountName AccountSid"
_OWN = {
    "DeviceNetworkEvents": "RemoteIP RemotePort:int RemoteUrl LocalIP LocalPort:int Protocol "
    "LocalIPType RemoteIPType",
    "DeviceProcessEvents": f"{_FILE} {_ACCOUNT} AccountUpn AccountObjectId LogonId:long "
    "ProcessId:long ProcessCommandLine ProcessIntegrityLevel ProcessTokenElevation "
    "ProcessCreationTime:datetime",
    "DeviceFileEvents": f"{_FILE} FileOriginUrl FileOriginReferrerUrl FileOriginIP "
    "PreviousFolderPath PreviousFileName RequestProtocol RequestAccountName",
    "DeviceEvents": f"{_FILE} {_ACCOUNT} RemoteUrl RemoteDeviceName RemoteIP RemotePort:int "
    "LocalIP LocalPort:int ProcessId:long ProcessCommandLine ProcessCreationTime:datetime "
    "ProcessTokenElevation RegistryKey RegistryValueName RegistryValueData LogonId:long",
}


def _typed(names: str) -> list[str]:
    return [name if ":" in name else f"{name}:string" for name in names.split()]


TABLES = {table: _typed(f"{_COMMON} {own} {_INITIATING}") for table, own in _OWN.items()}
"""Table -> `name:type` of each column; TimeGenerated is Sentinel's addition."""
