"""Nobody can write another host's evidence: what one adds moves others by the fleet terms alone."""

from datetime import UTC, datetime, time
from pathlib import Path

import polars as pl
import pytest
from days import export
from events import event, frame
from hypothesis import given, settings
from hypothesis import strategies as st

from beacon import pipeline
from beacon.evidence.fleet import _common
from beacon.evidence.ledger import AVERAGE, TERMS
from beacon.evidence.weights import shipped
from beacon.history import CHANNELS, HOSTS, Ledger
from beacon.settings import HistorySettings, Settings

FLEET_COLUMNS = {"prevalence_hosts", "template_hosts", "fleet_hosts", "host_attended"}
HISTORY_COLUMNS = {"history_hosts", "history_fleet"}
TIMING = ["timing_evidence", "polls", "period_seconds", "jitter_fraction", "track", "status"]


def reading(columns: set[str]) -> set[str]:
    """Terms that read any of these columns."""
    return {term.name for term in TERMS if set(term.strength.meta.root_names()) & columns}


def span(terms: set[str]) -> float:
    """The most log-odds by which these terms can move a channel together."""
    return sum(abs(shipped().of(name)) + abs(shipped().average(name)) for name in terms)


FLEET, REMEMBERED = reading(FLEET_COLUMNS), reading(HISTORY_COLUMNS)
COMPANY = [
    event(300 * i + n, DeviceName=f"h{n}", InitiatingProcessCommandLine=f"python.exe s{n % 3}.py")
    for n in range(12)
    for i in range(30)
]
STRANGERS = st.lists(
    st.tuples(
        st.sampled_from(["python.exe", "node.exe", "powershell.exe"]),
        st.sampled_from(["raw.githubusercontent.com", "pastebin.com"]),
        st.sampled_from(["python.exe s0.py", "python.exe s1.py", "x"]),
        st.integers(1, 40),
        st.floats(0.1, 600),
    ),
    min_size=1,
    max_size=8,
)


def scored(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pipeline.score(frame(rows)).channels.sort("host", "process", "domain")


BEFORE = scored(COMPANY)


@settings(max_examples=8)
@given(programs=STRANGERS)
def test_a_host_moves_no_others_timing_and_scores_by_the_fleet_terms_alone(
    programs: list[tuple[str, str, str, int, float]],
) -> None:
    added = [
        event(gap * i, DeviceName="stranger", InitiatingProcessFileName=process, RemoteUrl=domain,
              InitiatingProcessCommandLine=line)
        for process, domain, line, count, gap in programs
        for i in range(count)
    ]  # fmt: skip
    after = scored(COMPANY + added).filter(pl.col("host") != "stranger")
    assert after.select("host", "process", "domain", *TIMING).equals(
        BEFORE.select("host", "process", "domain", *TIMING)
    )
    for old, new in _ledgers(BEFORE, after):
        shifts = moved(old, new)
        assert set(shifts) <= FLEET | {AVERAGE}
        assert abs(sum(shifts.values())) <= span(FLEET)


def moved(old: list[dict[str, float]], new: list[dict[str, float]]) -> dict[str, float]:
    """Entries of a ledger whose weight is another."""
    pairs = zip(old, new, strict=True)
    return {
        str(a["name"]): b["weight"] - a["weight"] for a, b in pairs if a["weight"] != b["weight"]
    }


def _ledgers(before: pl.DataFrame, after: pl.DataFrame) -> zip:
    return zip(before["evidence"], after["evidence"], strict=True)


def test_the_bounds_are_the_published_ones() -> None:
    """As docs/threat-model.md has them."""
    assert span(FLEET) <= 32
    assert span(REMEMBERED) <= 5


@pytest.mark.parametrize("hosts", [0, 1, 2, 3, 4, 10, 11, 12, 1_000_000])
def test_one_more_host_is_a_small_step_of_prevalence(hosts: int) -> None:
    counts = pl.DataFrame({"prevalence_hosts": [hosts, hosts + 1], "fleet_hosts": 10**6})
    step = counts.select(_common("prevalence_hosts").diff().last()).item()
    assert 0 <= step <= 0.16


def test_a_poisoned_history_moves_a_score_within_its_bound(tmp_path: Path) -> None:
    honest = _after_days(tmp_path / "honest", 0)
    poisoned = _after_days(tmp_path / "poisoned", 20_000)
    changed = [moved(old, new) for old, new in _ledgers(honest, poisoned)]
    assert any(changed), "the poison reached nothing"
    for shifts in changed:
        assert set(shifts) <= REMEMBERED | {AVERAGE}
        assert abs(sum(shifts.values())) <= span(REMEMBERED)


def _after_days(folder: Path, fake_hosts: int) -> pl.DataFrame:
    """The fifth day of a company whose history holds many more hosts that do the same."""
    chosen = Settings(history=HistorySettings(folder=folder))
    for day in range(4):
        pipeline.score(export(day), chosen)
    if fake_hosts:
        _poison(folder, fake_hosts)
    return pipeline.score(export(4), chosen).channels.sort("host", "process", "domain")


def _poison(folder: Path, fake_hosts: int) -> None:
    """As many hosts that never were, all with the programs and services of the real ones."""
    ledger = Ledger(folder)
    day = ledger.days()[-1]
    real = ledger.read("channels", [day]).collect().filter(pl.col("host") != "")
    programs = real.select("process", "domain", "service", "parents").unique(["process", "domain"])
    names = pl.DataFrame({"host": [f"fake-{n}" for n in range(fake_hosts)]})
    channels = names.join(programs, how="cross").with_columns(
        day=pl.lit(day), times=pl.lit([1000]), counts=pl.lit([1])
    )
    hosts = names.with_columns(day=pl.lit(day), hours=pl.lit([1, 2, 3]))
    ledger.record(
        channels.select(pl.col(name).cast(dtype) for name, dtype in CHANNELS.items()),
        hosts.select(pl.col(name).cast(dtype) for name, dtype in HOSTS.items()),
        datetime.combine(day, time(0), UTC),
        datetime.combine(day, time(1), UTC),
    )
