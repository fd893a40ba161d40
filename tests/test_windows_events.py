"""Events beside Sysmon's: declared tasks, the firewall's connections, script text."""

import pytest
from sysmon_events import SHIPPERS, connection, event, lookup, shipped
from windows_records import HOST, XML, moment, permitted, planned, script

from beacon import pipeline
from beacon.read import Part, read
from beacon.read.tasks import declared
from beacon.report import words
from beacon.report.explain import explain
from beacon.settings import ReadSettings, RuleSettings, Settings

KEPT = [name for name, (shape, _) in SHIPPERS.items() if shape != "sysmon linux syslog"]
ANY = Settings(rule=RuleSettings(match="any"))


def beats(
    line: str = '"C:\\Windows\\python.exe" beat.py --quiet && x', **start: object
) -> list[dict]:
    """A program that polls every 15 min 2 s under a name of the rule's list."""
    name, address = "raw.githubusercontent.com", "185.199.108.133"
    return [
        event(1, moment(0), CommandLine=line, ParentImage="C:\\Windows\\svchost.exe", **start),
        lookup(moment(0), name, f"{address};"),
        *(lookup(moment(902 * i), name, f"{address};") for i in range(1, 9)),
        *(connection(moment(902 * i + 0.1), address=address) for i in range(9)),
    ]


def part(tmp_path, shipper: str, *events: dict) -> Part:
    path = tmp_path / "events.bin"
    path.write_bytes(shipped(shipper, list(events)))
    [found] = read([path], ReadSettings()).parts
    return found


@pytest.mark.parametrize("shipper", KEPT)
def test_the_declared_interval_stands_beside_the_measured_one(shipper, tmp_path) -> None:
    path = tmp_path / "events.bin"
    path.write_bytes(shipped(shipper, [*beats(), planned()]))
    [row] = pipeline.score(path).channels.to_dicts()
    assert (row["task"], row["task_period_seconds"]) == ("\\Sync", 900.0)
    assert row["period_seconds"] == pytest.approx(902, abs=2)
    told = f"\\Sync declared every 15 min; measured {words.duration(row['period_seconds'])}"
    assert told.startswith("\\Sync declared every 15 min; measured 15 min")
    assert told in " ".join(explain(row, 200).split())


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("python.exe beat.py --quiet && x", True),
        ("PYTHON  beat.py   --quiet && x", True),
        ("python.exe beat.py --loud && x", False),
        (None, False),
    ],
)
def test_a_task_is_known_by_its_arguments(line, fits, tmp_path) -> None:
    path = tmp_path / "events.bin"
    path.write_bytes(shipped("nxlog", [*beats(line or ""), planned()]))
    [row] = pipeline.score(path).channels.to_dicts()
    assert (row["task"] == "\\Sync") is fits


def test_a_task_that_goes_through_a_shell_is_known_by_the_parent(tmp_path) -> None:
    shell = XML.replace("C:\\Windows\\python.exe", "cmd.exe").replace(
        "beat.py", "/c python beat.py"
    )
    parent = "cmd.exe /c python beat.py --quiet && x"
    path = tmp_path / "events.bin"
    events = [*beats("python  other", ParentCommandLine=parent), planned(shell)]
    path.write_bytes(shipped("nxlog", events))
    [row] = pipeline.score(path).channels.to_dicts()
    assert (row["task"], row["parent_command_line"]) == ("\\Sync", parent)


def test_another_host_s_task_is_not_this_one_s_and_the_security_log_may_come_apart(
    tmp_path,
) -> None:
    (tmp_path / "sysmon.json").write_bytes(shipped("nxlog", beats()))
    log = tmp_path / "security.json"
    for host, task in (("ws-015", None), (HOST.upper(), "\\Sync")):
        log.write_bytes(shipped("nxlog", [planned(Hostname=host)]))
        assert pipeline.score(tmp_path).channels["task"].to_list() == [task]


@pytest.mark.parametrize(
    ("xml", "period"),
    [
        (XML, 900.0),
        (XML.replace("PT15M", "P1D"), 86_400.0),
        (XML.replace("PT15M", "PT1H30M5.5S"), 5_405.0),
        (XML.replace("PT15M", "PT0S"), None),
        (XML.replace("PT15M", "15 min"), None),
        (
            "<Triggers><ScheduleByDay><DaysInterval>2</DaysInterval></ScheduleByDay></Triggers>",
            172_800,
        ),
        ("<Triggers><WeeksInterval>1</WeeksInterval><Monday /><Friday/></Triggers>", 302_400),
        ("<Interval>PT5M</Interval><Interval>PT1M</Interval>", 60),
        ('<!DOCTYPE t [<!ENTITY a "PT5M">]><Interval>&a;</Interval>', None),
        ("<Interval>" * 20_000, None),
        ("<Command>" + " " * 200_000, None),
        ("", None),
    ],
)
def test_a_task_s_xml_is_searched_and_never_expanded(xml: str, period: float | None) -> None:
    assert declared(xml).period_seconds == period


def test_fields_of_a_task_may_be_of_any_type(tmp_path) -> None:
    odd = [
        planned(TaskName=None),
        planned(TaskContent=7),
        planned(TaskName={"a": 1}, Hostname=None),
    ]
    found = part(tmp_path, "nxlog", connection(moment(0)), *odd)
    assert found.events.collect().height == 1


@pytest.mark.parametrize("shipper", ["evtx dump", "Windows' own log", "wazuh", "winlogbeat 7"])
def test_the_firewall_s_connections_stand_in_where_sysmon_has_none(shipper, tmp_path) -> None:
    other = {"Hostname": "ws-015"}
    found = part(tmp_path, shipper, permitted(0), permitted(60), connection(moment(1), **other))
    events = found.events.collect().sort("Timestamp")
    assert events["DeviceName"].to_list() == [HOST, "ws-015", HOST]
    own, theirs = events.row(0, named=True), events.row(1, named=True)
    for column in ("Protocol", "LocalIP", "LocalPort", "RemoteIP", "RemotePort", "ActionType"):
        assert own[column] == theirs[column], column
    assert own["InitiatingProcessFileName"] == "python.exe"
    assert (own["InitiatingProcessId"], own["RemoteUrl"]) == (62, "")
    assert own["Timestamp"].isoformat() == "2026-05-04T12:00:00+00:00"
    both = part(tmp_path, shipper, permitted(0), connection(moment(1)))
    assert both.events.collect().height == 1
    assert any("Security 5156 (1)" in note for note in both.notes)


def test_a_firewall_event_without_a_time_in_utc_is_left_aside(tmp_path) -> None:
    found = part(tmp_path, "nxlog", permitted(0) | {"SystemTime": None})
    assert found.events.collect().is_empty()
    assert found.notes[-1] == "left aside, other events: Security 5156 (1)"


@pytest.mark.parametrize("shipper", ["nxlog", "evtx dump", "Windows' own log", "wazuh"])
@pytest.mark.parametrize(
    ("image", "line", "expected"),
    [
        ("powershell.exe", "powershell -File a.ps1", "powershell -File a.ps1\niwr https://x.com"),
        ("powershell.exe", "powershell iwr https://x.com", "powershell iwr https://x.com"),
        ("pwsh.exe", None, "iwr https://x.com"),
        ("python.exe", "python a.py", "python a.py"),
    ],
)
def test_script_text_is_part_of_its_process_s_command_line(
    shipper, image, line, expected, tmp_path
) -> None:
    own = {"Image": f"C:\\{image}"}
    starts = [event(1, moment(0), CommandLine=line, **own)] if line else []
    text = [script("ps://x.com", 2), script("iwr htt", 1), script("else", pid=63)]
    events = [*starts, connection(moment(1), **own), *text]
    path = tmp_path / "events.bin"
    path.write_bytes(shipped(shipper, events))
    assert pipeline.score(path, ANY).channels["command_line"].to_list() == [expected]


@pytest.mark.parametrize("match", ["faithful", "any"])
def test_a_log_without_a_connection_has_no_channel(match, tmp_path) -> None:
    (tmp_path / "security.json").write_bytes(shipped("nxlog", [planned()]))
    result = pipeline.score(tmp_path, Settings(rule=RuleSettings(match=match)))
    assert result.channels.is_empty()
    assert (result.summary.rows, result.summary.kept) == (1, 0)


def test_a_registered_task_without_an_event_is_named(tmp_path) -> None:
    tree = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree"
    keys = [event(12, moment(0), TargetObject=f"{tree}\\{n}\\Id") for n in ("Sync", "A\\Update")]
    found = part(tmp_path, "nxlog", connection(moment(0)), *keys, planned())
    assert any(note.endswith("without a declared period: 1 (\\A\\Update)") for note in found.notes)
