"""The lists are data: each entry has its source, and the long lists keep what the short ones do."""

import tomllib
from importlib import resources
from typing import Any

import polars as pl
import pytest
from cli import run
from events import event, frame

from beacon import pipeline, report, rules
from beacon.rules.kql import shortest_first
from beacon.settings import RuleSettings, Settings

PROFILES = ("seed", "extended")
EXTENDED = Settings(rule=RuleSettings(profile="extended"))

ROWS = [
    event(0),
    event(1, RemoteUrl="discord.gg"),
    event(2, RemoteUrl="api.notion.com", DeviceName="b"),
    event(3, InitiatingProcessFileName="python3.11", ActionType="ConnectionRequest"),
    event(4, InitiatingProcessFileName="osascript", RemoteUrl="telegram.me"),
    event(5, InitiatingProcessFileName="chrome.exe", RemoteUrl="discord.gg"),
    event(6, RemoteUrl="example.org"),
]


def lists(profile: str) -> dict[str, Any]:
    text = resources.files("beacon.profiles").joinpath(f"{profile}.toml")
    return tomllib.loads(text.read_text(encoding="utf-8"))


@pytest.mark.parametrize("profile", PROFILES)
def test_every_entry_has_a_source_and_every_source_an_entry(profile: str) -> None:
    file = lists(profile)
    services = {name: entry["source"] for name, entry in file["services"].items()}
    named = set(services.values()) | set(file["processes"].values())
    assert named <= set(file["sources"])
    assert set(file["sources"]) <= named
    assert all(set(entry) == {"kind", "source"} for entry in file["services"].values())


@pytest.mark.parametrize("profile", PROFILES)
def test_entries_are_lower_case_hosts_and_names(profile: str) -> None:
    file = lists(profile)
    for name in (*file["services"], *file["processes"]):
        assert name == name.lower().strip("./ ")
        assert "/" not in name


def test_seed_is_the_query() -> None:
    seed = rules.load(RuleSettings())
    assert len(seed.services) == 27
    assert len(seed.processes) == 19
    assert seed.encoded_command == ("-EncodedCommand", "-enc ", "FromBase64String", "base64")


def test_extended_holds_seed_and_repeats_none_of_it() -> None:
    seed, extended = (rules.load(RuleSettings(profile=p)) for p in PROFILES)
    assert seed.services.items() <= extended.services.items()
    assert set(seed.processes) < set(extended.processes)
    assert len(set(extended.processes)) == len(extended.processes)
    assert not set(lists("seed")["services"]) & set(lists("extended")["services"])
    assert extended.suspicious_parents == seed.suspicious_parents


def test_no_added_host_is_covered_by_one_already_listed() -> None:
    extended = rules.load(RuleSettings(profile="extended"))
    added = list(lists("extended")["services"])
    for name in added:
        covering = [s for s in shortest_first(extended.services) if name.endswith(f".{s}")]
        assert covering == [], name


def test_the_extended_profile_keeps_hosts_and_programs_that_the_query_misses() -> None:
    seed = pipeline.keep(frame(ROWS), Settings())
    extended = pipeline.keep(frame(ROWS), EXTENDED)
    assert seed.summary.kept == 1
    assert extended.summary.kept == 5
    kept = set(extended.rows["RemoteUrl"])
    assert kept == {"raw.githubusercontent.com", "discord.gg", "api.notion.com", "telegram.me"}


@pytest.mark.parametrize("mode", ["faithful", "strict"])
def test_the_summary_says_what_the_other_profile_would_have_added(mode: Any) -> None:
    for profile, words in (
        ("seed", "the extended one would add 4 rows on 2 hosts"),
        ("extended", "its longer lists alone keep 4 rows on 2 hosts"),
    ):
        settings = Settings(rule=RuleSettings(profile=profile, match=mode))
        kept = pipeline.keep(frame(ROWS), settings)
        assert kept.summary.only_extended == 4
        assert words in "\n".join(report.summarise(kept))
    alike = pipeline.keep(frame(ROWS[:1]), Settings())
    assert not any("Profile" in line for line in report.summarise(alike))


def test_what_only_the_long_lists_keep_is_what_both_tests_say_of_every_row() -> None:
    seed, extended = (rules.load(RuleSettings(profile=profile)) for profile in PROFILES)
    rows = pl.DataFrame({"DeviceName": ["a", "A", "b"]}).join(
        pl.DataFrame(
            {"InitiatingProcessFileName": [*extended.processes, "my-node.exe", "x", None]}
        ),
        how="cross",
    )
    urls = [*extended.services, "HTTPS://github.com.evil.example/a", "", None]
    rows = rows.join(pl.DataFrame({"RemoteUrl": urls}), how="cross")
    only = rows.filter(rules.keep(extended, "faithful") & ~rules.keep(seed, "faithful"))
    found = rules.between(rows.lazy(), RuleSettings()).collect()
    assert found.row(0) == (only.height, 2)


def test_profile_is_a_flag_of_filter_and_score(tmp_path) -> None:
    frame(ROWS).write_parquet(tmp_path / "day.parquet")
    seed = run("filter", tmp_path, "-f", "jsonl").text.count("\n")
    extended = run("filter", tmp_path, "--profile", "extended", "-f", "jsonl").text.count("\n")
    assert (seed, extended) == (1, 5)
    scored = run("score", tmp_path, "--profile", "extended", "--all", "-f", "jsonl").text
    assert scored.count("\n") == 5
    assert run("score", tmp_path, "--profile", "short").code == 2


def test_the_same_channel_has_another_name_under_another_profile() -> None:
    ids = [pipeline.score(frame(ROWS), s).channels for s in (Settings(), EXTENDED)]
    both = ids[0].join(ids[1], on=["host", "process", "domain"])
    assert (both["alert_id"] != both["alert_id_right"]).all()
    assert both.select(pl.len()).item() == 1
