"""The recorded Empire agents come out on top, with the sleep that their own table states."""

import polars as pl
import pytest
from shared import SYSMON, needs

from beacon import pipeline
from beacon.settings import RuleSettings, Settings

ANY = Settings(rule=RuleSettings(match="any"))
AGENT_SECONDS = 5.1  # sleep 5 s, jitter 0, plus the time a request takes; measured in labels.csv

PSINJECT = SYSMON / "empire_psinject_PEinjection.zip"
RUN_KEYS = SYSMON / (
    "empire_persistence_registry_modification_run_keys_elevated_user_2020-07-22001847.json.gz"
)


@pytest.mark.parametrize(
    ("recording", "agents"),
    [
        (PSINJECT, {"powershell.exe", "notepad.exe"}),
        (RUN_KEYS, {"powershell.exe"}),
    ],
    ids=["psinject", "run keys"],
)
def test_the_agents_are_first_and_their_period_is_found(recording, agents) -> None:
    needs(recording)
    channels = pipeline.score(recording, ANY).channels
    is_agent = pl.col("process").is_in(agents) & (pl.col("domain") == "10.10.10.5")
    found = channels.filter(is_agent)
    assert set(found["process"]) == agents
    assert found["rank"].max() == len(agents)
    assert (found["timing_evidence"] > 1).all()
    assert ((found["period_seconds"] / AGENT_SECONDS - 1).abs() < 0.05).all()


def test_a_parent_that_was_not_recorded_is_not_observable() -> None:
    needs(PSINJECT)
    channels = pipeline.score(PSINJECT, ANY).channels
    assert channels["parents"].list.len().max() == 0
    states = {
        e["state"] for row in channels["evidence"] for e in row if e["name"] == "office parent"
    }
    assert states == {"not observable"}
