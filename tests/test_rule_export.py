"""The detection as a rule for other systems, read by those systems' own parsers."""

import re
from datetime import date
from typing import Any

import pytest
import yaml
from cli import run
from kusto import diagnose
from rows import HOSTILE
from sigma.backends.kusto import KustoBackend
from sigma.collection import SigmaCollection
from sigma.pipelines.microsoftxdr import microsoft_xdr_pipeline

from beacon import rule_export, rules
from beacon.cli.rule import Kind
from beacon.errors import SettingsError
from beacon.rule_export.sentinel import LONGEST_QUERY
from beacon.rules import PROJECTION
from beacon.settings import AllowEntry, RuleSettings

PROFILES = ("seed", "extended")
NASTY = 'a"b\\c\n| take 1 //.example'


def lists(profile: str, **more: object) -> rules.Rule:
    return rules.load(RuleSettings.model_validate({"profile": profile, **more}))


def test_the_vendors_parser_knows_every_name_in_the_queries() -> None:
    some = [lists(profile) for profile in PROFILES]
    some.append(lists("seed", extra_services=(NASTY,), extra_processes=(NASTY,)))
    written = [
        write(rule)
        for rule in some
        for write in (rule_export.hunting, rule_export.timed, _as_in_sentinel)
    ]
    assert diagnose(written) == [[]] * len(written)


def _as_in_sentinel(rule: rules.Rule) -> str:
    query: str = yaml.safe_load(rule_export.analytics_rule(rule))["query"]
    return query


@pytest.mark.parametrize("profile", PROFILES)
def test_every_listed_name_is_in_every_rule(profile: str) -> None:
    rule = lists(profile)
    for write in (rule_export.hunting, rule_export.timed, rule_export.analytics_rule):
        assert all(f'"{name}"' in write(rule) for name in (*rule.services, *rule.processes))


def test_the_hunting_query_projects_what_the_filter_projects() -> None:
    (projected,) = re.findall(r"\| project (.*)\n\| sort", rule_export.hunting(lists("seed")), re.S)
    names = [part.split("=")[0].strip() for part in projected.split(",")]
    assert names == list(PROJECTION)


def test_gaps_never_span_two_destinations() -> None:
    query = rule_export.timed(lists("seed"))
    sort = "sort by DeviceId asc, ProcessName asc, RemoteHost asc, Timestamp asc"
    assert query.index(sort) < query.index("prev(Timestamp)")
    for name in ("DeviceId", "ProcessName", "RemoteHost"):
        assert f"{name} == prev({name})" in query


@pytest.mark.parametrize("profile", PROFILES)
def test_the_analytics_rule_keeps_the_templates_limits(profile: str) -> None:
    rule = yaml.safe_load(rule_export.analytics_rule(lists(profile)))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", rule["id"])
    assert len(rule["name"]) <= 256
    assert len(rule["description"]) <= 5000
    assert rule["severity"] in {"Informational", "Low", "Medium", "High"}
    assert len(rule["query"]) <= LONGEST_QUERY
    assert (rule["queryFrequency"], rule["queryPeriod"]) == ("1d", "1d")
    assert (rule["kind"], rule["triggerOperator"], rule["triggerThreshold"]) == (
        "Scheduled",
        "gt",
        0,
    )
    assert rule["tactics"] == ["CommandAndControl"]
    assert 1 <= len(rule["entityMappings"]) <= 5
    used = [f["columnName"] for e in rule["entityMappings"] for f in e["fieldMappings"]]
    assert len(rule["customDetails"]) <= 20
    assert all(len(key) <= 20 and key.isalnum() for key in rule["customDetails"])
    for column in (*used, *rule["customDetails"].values()):
        assert re.search(rf"\b{column}\b", rule["query"]), column


def test_ids_are_stable_and_apart() -> None:
    seed, extended = (lists(profile) for profile in PROFILES)
    for write in (rule_export.analytics_rule, rule_export.sigma):
        assert yaml.safe_load(write(seed))["id"] == yaml.safe_load(write(extended))["id"]
    sigma = yaml.safe_load(rule_export.sigma(seed))["id"]
    assert sigma != yaml.safe_load(rule_export.analytics_rule(seed))["id"]


@pytest.mark.parametrize("profile", PROFILES)
def test_sigma_parses_validates_and_converts(profile: str) -> None:
    rule = lists(profile)
    collection = SigmaCollection.from_yaml(rule_export.sigma(rule))
    assert collection.errors == []
    (only,) = collection.rules
    assert [str(tag) for tag in only.tags] == ["attack.command-and-control", "attack.t1102.003"]
    (query,) = KustoBackend(microsoft_xdr_pipeline()).convert(collection)
    assert query.startswith("DeviceNetworkEvents")
    assert all(host in query for host in rule.services)
    assert all(name in query for name in rule.processes)


def test_sigma_means_at_or_under_a_service() -> None:
    found = yaml.safe_load(rule_export.sigma(lists("seed")))["detection"]
    hosts = found["selection_host"]["DestinationHostname"]
    assert found["selection_under"]["DestinationHostname|endswith"] == [f".{h}" for h in hosts]
    assert all(p.startswith("\\") for p in found["selection_process"]["Image|endswith"])


@pytest.mark.parametrize("write", [rule_export.analytics_rule, rule_export.sigma])
def test_a_name_from_the_settings_stays_a_name(write) -> None:
    plain = yaml.safe_load(write(lists("seed")))
    nasty = yaml.safe_load(write(lists("seed", extra_services=(NASTY,))))
    assert plain.keys() == nasty.keys()
    assert {k for k in plain if plain[k] != nasty[k]} <= {"query", "detection"}


@pytest.mark.parametrize("kind", list(Kind))
def test_the_command_writes_each_kind(kind: Kind) -> None:
    done = run("rule", kind.value)
    assert done.code == 0
    assert "githubusercontent" in done.text


def test_the_timed_query_is_behind_its_flag() -> None:
    assert "GapSeconds" in run("rule", "kql", "--timing").text
    assert "GapSeconds" not in run("rule", "kql").text
    for kind in ("sentinel", "sigma", "spark-notebook"):
        done = run("rule", kind, "--timing")
        assert (done.code, done.out) == (2, b"")
        assert done.err.startswith(f"beacon: --timing: is for kql; {kind}")


def test_allow_entries_stand_in_the_queries_and_stay_literals() -> None:
    entry = AllowEntry(
        host=NASTY, process="python.exe", domain="a.example", parent="p.exe", account="ci",
        command_line='x "y"', reason="r", owner="o", expires=date(2027, 1, 31),
    )  # fmt: skip
    rule = lists("seed")
    writes = (rule_export.hunting(rule, [entry]), rule_export.timed(rule, allowed=[entry]))
    for query in writes:
        (line,) = [text for text in query.splitlines() if text.startswith("| where not(")]
        assert "now() < datetime(2027-01-31) + 1d" in line
        assert line.count(" and ") == 6
    assert diagnose(writes) == [[], []]


@pytest.mark.parametrize("write", [rule_export.hunting, rule_export.timed])
def test_a_command_line_of_an_export_is_allowed_as_a_literal(write: Any) -> None:
    rule, plain = lists("seed"), len(write(lists("seed")).split("\n"))
    nasty = [text for text in HOSTILE if text.strip()]
    entries = [
        AllowEntry(
            process="python.exe", host="h", command_line=text, reason="r", owner="o",
            expires=date(2027, 1, 31),
        )
        for text in (*nasty, "x" * 1_000_000)
    ]  # fmt: skip
    assert len(write(rule, allowed=entries).split("\n")) == plain + len(entries)
    assert diagnose([write(rule, allowed=entries[:-1])]) == [[]]
    with pytest.raises(SettingsError, match="a template may have 10,000"):
        rule_export.analytics_rule(rule, entries)
