import re
from pathlib import Path

import pytest

from beacon import evidence
from beacon.errors import SettingsError
from beacon.settings import Settings, parse_time, resolve


def write(folder: Path, text: str) -> Path:
    path = folder / "beacon.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_flags_win_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    config = write(tmp_path, "[rank]\nbudget = 5\nbase_rate = 0.01\n")
    settings = resolve(config, {"rank.budget": ("--budget", 7), "rule.match": ("--match", None)})
    assert (settings.rank.budget, settings.rank.base_rate) == (7, 0.01)
    assert settings.rule.match == "faithful"
    assert settings.origins == {"rank.budget": "--budget", "rank.base_rate": str(config)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rank]\nbuget = 5", "unknown setting 'rank.buget'; did you mean 'rank.budget'?"),
        ("[rnak]\nbudget = 5", "unknown setting 'rnak'; did you mean 'rank.budget'?"),
        ("[rank]\nbudget = 0", "rank.budget: Input should be greater than or equal to 1, got 0"),
        ("[rank]\nbase_rate = 1.0", "rank.base_rate: Input should be less than 1, got 1.0"),
        (
            "[rank]\nlow_score = 0.9",
            "rank: critical_score > high_score > medium_score",
        ),
        (
            '[rule]\nextra_services = ["a.example", ""]',
            "rule.extra_services.1: a blank term matches",
        ),
        (
            '[rule]\nextra_processes = "lua.exe"',
            "rule.extra_processes: Input should be a valid list",
        ),
        (
            '[evidence.weights]\nrenamed = "high"',
            "evidence.weights.renamed: Input should be a valid n",
        ),
        ('[[allow.entry]]\nprocess = "a.exe"', "allow.entry.0.reason: Field required"),
        ("rank = 3", "'rank' must be a table, as in [rank]"),
        ("[rank", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_right(tmp_path: Path, text: str, message: str) -> None:
    config = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        resolve(config)
    assert str(config) in str(caught.value)
    assert message in str(caught.value)


def test_a_weight_of_no_term_is_named_with_the_nearest() -> None:
    some = next(iter(evidence.shipped().log_odds))
    with pytest.raises(SettingsError, match=rf"no term '{some}s'; did you mean '{some}'\?"):
        evidence.shipped().with_log_odds({f"{some}s": 1.0})
    changed = evidence.shipped().with_log_odds({some: 0.25})
    assert changed.of(some) == 0.25


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        resolve(tmp_path / "none.toml")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().rank.budget = 3


def test_a_flag_is_named_when_its_value_is_wrong() -> None:
    with pytest.raises(SettingsError, match=r"--budget: rank\.budget"):
        resolve(None, {"rank.budget": ("--budget", 0)})


def test_times_without_an_offset_are_utc() -> None:
    assert parse_time("2026-05-04T18:00:00") == parse_time("2026-05-04T20:00:00+02:00")
    with pytest.raises(SettingsError, match=r"--as-of: 'noon' is not an ISO 8601"):
        parse_time("noon")


def test_the_page_of_settings_has_each_of_them_with_its_default(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
    every, entry = re.findall(r"```toml\n(.*?)```", page, re.S)
    assert resolve(write(tmp_path, every)).model_dump() == Settings().model_dump()
    bare = resolve(write(tmp_path, re.sub(r"^# (\w+ =)", r"\1", every, flags=re.M)))
    assert set(bare.origins) == {
        f"{section}.{name}"
        for section, part in Settings()
        if section != "origins"
        for name in type(part).model_fields
    }
    (allowed,) = resolve(write(tmp_path, entry)).allow.entry
    assert allowed.owner == "team Build"
