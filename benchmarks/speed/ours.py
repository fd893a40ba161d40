"""Beacon in a process of its own, its CPU time by stage.

`score` is a whole run; `read` only gives every event once; `channels` ends where the rows that the
rule keeps have become channels.
Called as `python -m benchmarks.speed.ours MODE SOURCE`.
"""

import functools
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from beacon import channels, inspection, pipeline, rules, spill, timing, weighing
from beacon.settings import Settings

STAGES = {
    "open": (inspection, "open_export"),
    "look at all rows": (pipeline, "_look"),
    "timing": (timing, "score_channels"),
    "rows to channels": (channels, "group"),
    "evidence and rank": (weighing, "weigh"),
}
"""Part of a run -> the function whose CPU time it is; the rest is `rule, spill and the rest`."""


def timed(work: Callable[..., Any], spent: Counter[str], name: str) -> Callable[..., Any]:
    """The same function, its CPU seconds added up."""

    @functools.wraps(work)
    def wrapped(*args: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return work(*args, **named)
        finally:
            spent[name] += time.process_time() - start

    return wrapped


def score(source: str) -> int:
    """A whole run; the number of channels."""
    return pipeline.score(source).channels.height


def read(source: str) -> int:
    """Every event, its columns named, cast and checked; how many there are."""
    with spill.scratch():
        events = pipeline.open_export(source, Settings()).events
        return sum(batch.height for batch in events.collect_batches(chunk_size=500_000))


def to_channels(source: str) -> int:
    """Reading, rule and channels with their times and labels, nothing after; how many there are."""
    settings, found = Settings(), 0
    rule = rules.load(settings.rule)
    export = pipeline.open_export(source, settings)
    seen = pipeline._look(export, settings)
    with pipeline._shards(export, seen, rule, settings) as shards:
        for shard in shards:
            kept = rules.select(shard.collect(), rule, settings.rule, seen.newest).rows
            label = weighing.label(rule, settings)
            found += channels.group(weighing.addressed(kept), label).frame.height
    return found


MODES = {"score": score, "read": read, "channels": to_channels}


def main() -> None:
    """Print what the run took, as JSON."""
    mode, source = sys.argv[1:]
    spent: Counter[str] = Counter()
    for name, (module, function) in STAGES.items():
        setattr(module, function, timed(getattr(module, function), spent, name))
    start = time.process_time()
    number = MODES[mode](source)
    total = time.process_time() - start
    rest = total - sum(spent.values())
    print(json.dumps({"cpu": total, "channels": number, "stages": {**spent, "the rest": rest}}))


if __name__ == "__main__":
    main()
