"""What other rules would have ordered the day by: published formulas, on the channels we rank."""

from collections.abc import Callable

import numpy as np
import polars as pl

from beacon import channels, pipeline, rules
from beacon.settings import Settings
from benchmarks.timing.baselines import DETECTORS

NOTHING = -1e9  # below whatever a formula says of a channel that it can judge
TIMING = {
    "calibrated CV": "CV calibrated",
    "RITA v5": "RITA",
    "Elastic-like": "Elastic",
    "Cyb3rMonk": "Cyb3rMonk",
}
"""Name in the table -> name among the timing baselines, which see connections as they are."""
NAMES = ("seed KQL order", "event count", *TIMING)


def score(events: pl.DataFrame) -> pl.DataFrame:
    """host, process, domain, and one Float64 column for each of `NAMES`; higher comes first.

    The seed's query sorts its rows by time, newest first; a reader meets a channel at its newest.
    """
    settings = Settings()
    rows = pipeline.name_keys(pipeline.keep(events, settings).rows)
    grouped = channels.group(rows, pipeline.label(rules.load(settings.rule), settings))
    series = np.split(grouped.times, grouped.offsets[1:-1])
    said = {
        "seed KQL order": _each(lambda times: times[-1], series, least=1),
        "event count": _each(lambda times: float(times.size), series, least=1),
    }
    said |= {name: _each(DETECTORS[of], series, least=3) for name, of in TIMING.items()}
    return grouped.frame.select(channels.KEY).with_columns(
        pl.Series(name, values) for name, values in said.items()
    )


def _each(rule: Callable[..., float], series: list[np.ndarray], least: int) -> np.ndarray:
    return np.array([rule(times) if times.size >= least else NOTHING for times in series], float)
