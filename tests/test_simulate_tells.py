"""The bench is honest: nothing that malware is made of gives it away alone."""

import itertools
import re
from collections import defaultdict

import numpy as np
import polars as pl
import pytest

from beacon import simulate
from beacon.simulate.commands import Setting, render
from beacon.simulate.programs import PROGRAMS

SEEDS = range(40, 52)
COLUMNS = {
    "process": "InitiatingProcessFileName",
    "path": "InitiatingProcessFolderPath",
    "command": "InitiatingProcessCommandLine",
    "parent": "InitiatingProcessParentFileName",
    "account": "InitiatingProcessAccountName",
    "account_domain": "InitiatingProcessAccountDomain",
    "integrity": "InitiatingProcessIntegrityLevel",
    "company": "InitiatingProcessVersionInfoCompanyName",
    "original": "InitiatingProcessVersionInfoOriginalFileName",
    "sha1": "InitiatingProcessSHA1",
}
NUMBERS = ("local_port", "remote_port", "process_id", "parent_id")


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    """One row a channel and distinct identity, of programs that malware also uses."""
    frames = []
    for seed in SEEDS:
        events, truth = simulate.day(seed, hosts=80)
        frames.append(
            events.filter(pl.col("InitiatingProcessFileName").is_not_null())
            .group_by(
                pl.col("DeviceName").str.to_lowercase().alias("host"),
                pl.col("InitiatingProcessFileName").str.to_lowercase().alias("process"),
                pl.col("RemoteUrl")
                .str.replace("^https://", "")
                .str.strip_chars("/")
                .alias("domain"),
                *(pl.col(c).alias(n) for n, c in COLUMNS.items() if n != "process"),
                maintain_order=True,
            )
            .agg(
                pl.col("LocalPort").median().alias("local_port"),
                pl.col("RemotePort").mean().alias("remote_port"),
                pl.col("InitiatingProcessId").median().alias("process_id"),
                pl.col("InitiatingProcessParentId").median().alias("parent_id"),
            )
            .join(truth, on=["host", "process", "domain"])
            .with_columns(pl.lit(seed).alias("seed"))
        )
    table = pl.concat(frames)
    programs = table.filter(pl.col("label") == "poller")["process"].unique()
    return table.filter(pl.col("process").is_in(programs.implode()))


def balanced_accuracy(poller: np.ndarray, guess: np.ndarray) -> float:
    return float((guess[poller].mean() + (~guess[~poller]).mean()) / 2)


@pytest.mark.parametrize("column", ["domain", *COLUMNS])
def test_no_single_column_separates_unseen_companies(rows: pl.DataFrame, column: str) -> None:
    """The best split of a column's values on some companies, tried on the others."""
    learnt = rows.filter(pl.col("seed") % 2 == 0)
    share = learnt.group_by(column).agg((pl.col("label") == "poller").mean().alias("share"))
    other = rows.filter(pl.col("seed") % 2 == 1).join(
        share, on=column, how="left", nulls_equal=True
    )
    poller = (other["label"] == "poller").to_numpy()
    shares = other["share"].fill_null(0.0).to_numpy()
    best = max(balanced_accuracy(poller, shares >= cut) for cut in np.unique(shares))
    assert best < 0.9


@pytest.mark.parametrize("column", NUMBERS)
def test_no_number_separates(rows: pl.DataFrame, column: str) -> None:
    poller = (rows["label"] == "poller").to_numpy()
    values = rows[column].to_numpy()
    cuts = np.quantile(values, np.linspace(0, 1, 50))
    accuracy = [balanced_accuracy(poller, values >= cut) for cut in cuts]
    assert max(*accuracy, *(1 - a for a in accuracy)) < 0.75


@pytest.mark.parametrize("column", ["process", "path", "command", "parent", "domain", "company"])
def test_no_word_is_malware_only(rows: pl.DataFrame, column: str) -> None:
    """A word of three campaigns is no accident: it must be known from benign programs too."""
    campaigns: dict[str, set[str]] = defaultdict(set)
    benign: set[str] = set()
    for text, campaign in rows.select(column, "campaign").iter_rows():
        words = set(re.split(r"[^a-z0-9]+", str(text).lower()))
        if campaign is None:
            benign |= words
        else:
            for word in words:
                campaigns[word].add(campaign)
    assert [w for w, seen in campaigns.items() if len(seen) >= 3 and w not in benign] == []


@pytest.mark.parametrize("column", ["parent", "domain", "account_domain", "integrity", "process"])
def test_both_classes_share_values(rows: pl.DataFrame, column: str) -> None:
    benign = rows.filter(pl.col("label") == "benign")[column].unique()
    malware = rows.filter(pl.col("label") == "poller")[column]
    assert malware.is_in(benign.implode()).mean() >= 0.95


def test_malware_can_look_clean_and_benign_programs_bad(rows: pl.DataFrame) -> None:
    bad = pl.col("path").str.contains(r"\\appdata\\|\\temp|\\public") | pl.col(
        "command"
    ).str.contains(r"(?i)hidden|-enc|base64|iex|appdata|\\temp|\\public")
    poller = pl.col("label") == "poller"
    assert rows.filter(poller & ~bad).height >= 0.1 * rows.filter(poller).height
    assert rows.filter(~poller & bad).height >= 5 * rows.filter(poller).height


def test_the_day_varies_with_the_seed() -> None:
    shares = []
    for seed in (1, 2, 3, 4):
        truth = simulate.day(seed, hosts=60).truth
        kinds = set(truth["kind"])
        shares.append(kinds)
        assert len(kinds) > 30
    assert len({frozenset(kinds) for kinds in shares}) == 4


def test_every_start_gives_a_command_line_of_its_own_language() -> None:
    rng = np.random.default_rng(0)
    for kind in (*simulate.BENIGN.values(), *simulate.IMPLANTS.values()):
        for start in kind.starts:
            for program, style in itertools.product(start.program, start.style):
                file = PROGRAMS[program].file
                exe = rf"C:\p\{file}"
                line = render(rng, style, Setting(file, exe, r"C:\p", "github.com", "acme", 30))
                assert not re.search(r"\{[a-z_]+\}", line), (kind.name, line)
                first = line.strip('"').removeprefix("C:\\p\\").lower()
                assert first.startswith(
                    (file.removesuffix(".exe").lower(), "c:\\windows\\system32")
                )
