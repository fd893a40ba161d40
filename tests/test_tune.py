"""Tuning: refuses leaks, moves weights a little, never loses what was found malicious."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from cli import run

import beacon
from beacon import evidence, simulate, tune, verdicts
from beacon.settings import resolve

NOON = datetime(2026, 5, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Two days of one small company, and the verdicts of an analyst who read the first."""
    folder = tmp_path_factory.mktemp("week")
    made = simulate.day(11, hosts=30, days=2)
    first, second, file = folder / "monday.parquet", folder / "tuesday.parquet", folder / "v.csv"
    made.events.filter(pl.col("Timestamp") < NOON).write_parquet(first)
    made.events.filter(pl.col("Timestamp") >= NOON).write_parquet(second)
    ranked = beacon.score(first).channels.head(20)
    truth = ranked.join(made.truth, on=["host", "process", "domain"])
    for row in truth.iter_rows(named=True):
        word = "TruePositive" if row["label"] == "poller" else "FalsePositive"
        names = (row["host"], row["process"], row["domain"])
        verdicts.append(file, verdicts.Verdict(row["alert_id"], *names, word, "r", "a", "t"))
    return first, second, file


def test_tune_writes_a_config_that_score_takes(
    week: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    first, second, file = week
    config = tmp_path / "tuned.toml"
    done = run("tune", first, "--test", second, "--labels", file, "--budget", 5, "-o", config)
    assert done.code == 0, done.err
    assert "Measured on days that taught nothing." in done.text
    assert (
        sum(line.startswith(("5 a day", "score >= 0.95")) for line in done.text.splitlines()) == 2
    )
    settings = resolve(config)
    assert settings.rank.budget == 5
    malicious = verdicts.read(file).filter(pl.col("is_poller"))["alert_id"]
    result = beacon.score(second, settings)
    present = result.channels.filter(pl.col("alert_id").is_in(malicious.implode()))
    assert set(present["alert_id"]) <= set(result.alerts["alert_id"])


def test_days_that_overlap_are_refused(week: tuple[Path, Path, Path], tmp_path: Path) -> None:
    first, _, file = week
    done = run("tune", first, "--test", first, "--labels", file, "-o", tmp_path / "t.toml")
    assert done.code == 2
    assert "overlap" in done.err
    assert not (tmp_path / "t.toml").exists()


def test_a_weight_keeps_its_sign_and_moves_no_further_than_stated(
    week: tuple[Path, Path, Path],
) -> None:
    first, _, file = week
    settings = resolve()
    shipped = evidence.shipped()
    said = verdicts.read(file)
    for flipped in (said, said.with_columns(~pl.col("is_poller"))):
        weights, _, _ = tune.refit(
            [tune.open_day(str(first), settings)], flipped, settings, shipped
        )
        for term in evidence.LEARNED:
            assert weights.of(term.name) * term.sign >= 0
        moved = [abs(weights.of(t.name) - shipped.of(t.name)) for t in evidence.LEARNED]
        assert max(moved) <= 0.751
        assert sum(moved) <= 1.0 + 0.001 * len(moved)  # three decimals are kept


def test_verdicts_on_other_channels_teach_nothing(week: tuple[Path, Path, Path]) -> None:
    first, _, file = week
    strange = verdicts.read(file).with_columns(alert_id=pl.lit("ffffffffffff"))
    with pytest.raises(beacon.SettingsError, match="no verdict"):
        tune.refit([tune.open_day(str(first), resolve())], strange, resolve(), evidence.shipped())


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.3085), (10, 10, 0.6915, 1.0), (5, 10, 0.1871, 0.8129)],
)
def test_the_interval_is_clopper_and_pearsons(hits: int, of: int, low: float, high: float) -> None:
    assert tune.share(hits, of) == pytest.approx((hits / of, low, high), abs=1e-4)


def test_a_verdict_is_evidence_in_the_ledger(week: tuple[Path, Path, Path], tmp_path: Path) -> None:
    first, _, file = week
    alert = verdicts.read(file)["alert_id"][0]
    config = tmp_path / "c.toml"
    config.write_text(f"[evidence]\nverdicts = '{file}'\n")
    before = beacon.score(first).channels.filter(pl.col("alert_id") == alert)
    after = beacon.score(first, resolve(config)).channels.filter(pl.col("alert_id") == alert)
    entries = {entry["name"]: entry for entry in after["evidence"].item()}
    judged = [entries[name] for name in ("judged a poller", "judged benign")]
    moved = sum(entry["weight"] for entry in judged)
    assert abs(moved) == 2.5
    assert (after["score"].item() > before["score"].item()) == (moved > 0)


def test_explain_finds_an_alert_by_its_first_digits(
    week: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    result = beacon.score(week[0])
    for form in ("parquet", "jsonl"):
        path = tmp_path / f"r.{form}"
        run("score", week[0], "--all", "-f", form, "-o", path)
        alert = result.channels["alert_id"][0]
        whole, short = run("explain", alert, path), run("explain", alert[:10], path)
        assert whole.code == 0
        assert whole.text == short.text
        assert result.channels["host"][0] in whole.text
    assert run("explain", "ffffffffffff", path).code == 1
    assert run("explain", "", path).code == 1
    assert run("explain", alert, week[0]).code == 1
