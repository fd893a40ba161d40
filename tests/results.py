"""A scored export to hang test rows on."""

from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
from events import event, frame
from rows import frame as result_rows

from beacon import pipeline
from beacon.pipeline import Result
from beacon.schema import EVENTS

HOSTILE_EVENTS: dict[str, object] = {
    "ActionType": "<b>ConnectionSuccess",
    "RemoteIP": '"><script>alert(1)</script>',
    "InitiatingProcessFolderPath": "c:\\<img src=x onerror=alert(1)>\u202e",
    "InitiatingProcessSHA1": "</code></style>",
    "InitiatingProcessParentCommandLine": "\x1b[2Jx\nsecond line",
}


@cache
def _scored() -> Result:
    return pipeline.score(frame([event(30.0 * i) for i in range(12)]))


def result(*rows: dict[str, Any]) -> Result:
    """The rows as a result whose alerts have a few connections each, some of them hostile."""
    ids = [row["alert_id"] for row in rows]
    events = frame([event(60.0 * i, **HOSTILE_EVENTS) for i in range(9)])
    timeline = pl.concat(
        [events.select(pl.lit(name).alias("alert_id"), *EVENTS) for name in dict.fromkeys(ids)]
    )
    return replace(_scored(), channels=result_rows(*rows), timeline=timeline)
