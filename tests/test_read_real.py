"""Recorded exports and logs of others, read in place."""

import csv
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sysmon_events import ecs

from beacon import pipeline
from beacon.errors import InputError
from beacon.read import Part, read
from beacon.settings import ReadSettings, RuleSettings, Settings

DATA = Path(__file__).parents[1].parent / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the recordings are not beside this checkout (../shared/data)"
)
SYSMON, DEFENDER = DATA / "sysmon", DATA / "defender"
PSINJECT = SYSMON / "empire_psinject_PEinjection.zip"
REGISTRY = (
    SYSMON
    / "empire_persistence_registry_modification_run_keys_elevated_user_2020-07-22001847.json.gz"
)


def one(path: Path) -> Part:
    [part] = read([path], ReadSettings()).parts
    return part


@pytest.mark.parametrize(("path", "dataset"), [(PSINJECT, "psinject"), (REGISTRY, "registry")])
def test_connections_agree_with_the_labels_of_the_recording(path, dataset):
    part = one(path)
    events = part.events.collect()
    assert part.shape == "sysmon nxlog"
    assert part.faults.collect().is_empty()
    with (SYSMON / "labels.csv").open(encoding="utf-8") as stream:
        labels = [row for row in csv.DictReader(stream) if dataset in row["dataset"]]
    assert sum(int(row["n"]) for row in labels) == events.height
    for row in labels:
        address, port = row["dest"].rsplit(":", 1)
        here = events.filter(
            pl.col("DeviceName") == row["host"],
            pl.col("InitiatingProcessFolderPath") == row["image"],
            (pl.col("RemoteIP") == address) & (pl.col("RemotePort") == int(port))
            | (pl.col("LocalIP") == address) & (pl.col("LocalPort") == int(port)),
            (pl.col("ActionType") == "ConnectionSuccess") == (row["initiated"] == "true"),
        )
        assert here.height >= int(row["n"]), row
        if row["label"] == "c2":
            assert here.height == int(row["n"])
            assert (
                here["Timestamp"].min().isoformat(timespec="milliseconds")[:23] == row["first"][:23]
            )
            gaps = here["Timestamp"].sort().diff().dt.total_milliseconds() / 1000
            assert gaps.median() == pytest.approx(float(row["iv_median"]), abs=0.01)


@pytest.mark.parametrize(
    ("name", "shape", "connections", "aside"),
    [
        ("nxlog_flat_eid3", "sysmon nxlog", 60, 0),
        ("pandalab_flat_no_NXLog", "sysmon nxlog", 25, 15),
        ("winlogbeat6_eid3", "sysmon winlogbeat", 60, 0),
    ],
)
def test_lines_of_three_shippers(name, shape, connections, aside):
    part = one(SYSMON / f"excerpt_{name}.jsonl")
    events = part.events.collect()
    assert (part.shape, events.height) == (shape, connections)
    assert part.rows.collect().item() == connections + aside
    assert part.faults.collect().is_empty()
    for column in (
        "Timestamp",
        "DeviceName",
        "RemoteIP",
        "RemotePort",
        "InitiatingProcessUniqueId",
    ):
        assert events[column].null_count() == 0
    assert set(events["RemoteUrl"]) == {""}  # no event 22 for them in the excerpts


def test_a_workspace_keeps_sysmon_of_both_systems():
    windows, linux = (
        one(SYSMON / name)
        for name in (
            "sysmon_log4shell_cve2021_44228_java_serialized_object.zip",
            "syslog_sysmon_log4shell_cve2021_44228_jndi_reference.zip",
        )
    )
    assert (windows.shape, linux.shape) == ("sysmon windowsevent", "sysmon linux syslog")
    for part, host in ((windows, "WORKSTATION5"), (linux, "UBUNTU5")):
        events = part.events.collect()
        assert events.height > 0
        assert host in set(events["DeviceName"])
        assert part.faults.collect().is_empty()
        assert events["InitiatingProcessFileName"].null_count() == 0


def test_a_union_of_defender_tables_from_a_workspace():
    part = one(DEFENDER / "la_export_Microsoft365DefenderEvents_goldensaml.jsonl")
    events = part.events.collect()
    assert (part.shape, events.height) == ("export json lines", 9)
    assert part.faults.collect().is_empty()
    assert events["Timestamp"].dt.timestamp("ns")[0] == 1627909899772449100
    assert events["InitiatingProcessFileName"][0] == "powershell.exe"
    assert set(events["RemoteUrl"][:5]) == {""}
    assert events["AdditionalFields"][7] == '{"IsSatelliteProvider": false}'
    [note] = part.notes  # another table's ReportId is no number
    assert note.startswith("ReportId: 4 unreadable, counted as missing, e.g. '3ab932f1-")


def test_process_events_are_no_connections():
    path = DEFENDER / "msticpy_mde_proc_pub_DeviceProcessEvents.csv"
    with pytest.raises(InputError, match=r"\.csv: lacks RemoteUrl or RemoteIP; columns found: Ti"):
        one(path)


def test_what_has_no_reader_yet_is_refused_by_name():
    export = read([DATA], ReadSettings())
    assert len(export.parts) == 16  # a table of process starts stands beside the others
    reasons = {Path(p.part).name.split("!")[0]: p.reason for p in export.problems}
    assert reasons["labels.csv"].startswith("neither Parquet nor CSV or JSON")
    vm = "vminsights_vmconnection_log4shell_cve2021_44228_jndi_reference_2022-05-11181020.json"
    assert reasons[vm].startswith("lacks InitiatingProcessFileName; columns found: TimeGenerated")
    assert len(export.parts) + len(export.problems) == sum(p.is_file() for p in DATA.rglob("*"))


def test_the_same_alerts_from_nxlog_and_from_the_elastic_schema(tmp_path):
    with zipfile.ZipFile(PSINJECT) as archive:
        [member] = archive.namelist()
        lines = archive.read(member).splitlines()
    ours = [r for r in map(json.loads, lines) if "UtcTime" in r and r["EventID"] in (1, 3, 22)]
    for name, form in (("nxlog", dict), ("ecs", ecs)):
        text = "\n".join(json.dumps(form(record)) for record in ours)
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
    any_channel = Settings(rule=RuleSettings(match="any"))
    flat, moved = (
        pipeline.score(tmp_path / f"{name}.json", any_channel) for name in ("nxlog", "ecs")
    )
    assert flat.channels.height > 10
    assert_frame_equal(flat.channels, moved.channels)
    assert flat.alerts["alert_id"].to_list() == moved.alerts["alert_id"].to_list()
    c2 = flat.alerts.filter(pl.col("domain") == "10.10.10.5")["process"].to_list()
    assert {"powershell.exe", "notepad.exe"} <= set(c2)
    assert sorted(flat.alerts["process"].head(2)) == ["notepad.exe", "powershell.exe"]
