"""Where people work: the hosts whose browser, mail or chat programs connect."""

import polars as pl

_OF_PEOPLE = (
    "chrome.exe", "msedge.exe", "firefox.exe", "brave.exe", "opera.exe", "msedgewebview2.exe",
    "outlook.exe", "olk.exe", "ms-teams.exe", "teams.exe", "slack.exe", "thunderbird.exe",
)  # fmt: skip


def attended(events: pl.LazyFrame) -> pl.LazyFrame:
    """The hosts (`host`, each once) on which a person's programs connect, over the whole export."""
    return (
        events.filter(is_of_people()).select(host=pl.col("DeviceName").str.to_lowercase()).unique()
    )


def is_of_people() -> pl.Expr:
    """A test of the program alone: it is one that people sit before."""
    return pl.col("InitiatingProcessFileName").str.to_lowercase().is_in(_OF_PEOPLE)
