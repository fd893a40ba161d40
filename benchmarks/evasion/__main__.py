"""`python -m benchmarks.evasion`: how many implants each way of hiding takes off the short list.

A company's day is simulated, each way's implant added on machines of its own, and the whole scored
as any export. An implant's rank counts the channels of the company and its own decoys above it, not
the other ways' implants, so that many can be tried in one run.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from beacon import pipeline, simulate
from beacon.settings import RuleSettings, Settings
from beacon.simulate import BENIGN, MONDAY, assemble
from beacon.simulate.acts import Activity, adopt
from beacon.simulate.clocks import DAY
from beacon.simulate.spans import Presence, Spans
from beacon.simulate.world import Company, Host, found, stream
from benchmarks.evasion.ways import WAYS, Way, updater
from benchmarks.ranking.measure import interval
from benchmarks.ranking.run import Outcome, provenance, save

HOSTS = 300
FIRST_SEED, SEEDS = 900, 24
KEY = ["host", "process", "domain"]
LEAST_HOURS_ON = 6


def victims(company: Company, way: Way, taken: set[int], rng: np.random.Generator) -> list[Host]:
    """Machines that somebody works at and that are on for a while, none of them used twice."""
    having = {host.index for host in adopt(BENIGN[updater(company)], company)}
    fitting = {
        "any": {host.index for host in company.hosts},
        "developer": {host.index for host in company.hosts if host.role == "developer"},
        "updater": having,
        "other": {host.index for host in company.hosts} - having,
    }[way.victims]
    ready = [
        host
        for host in company.hosts
        if host.role in ("office", "developer", "admin")
        and host.presence.work.elapsed()[-1] > 3600
        and host.presence.awake.elapsed()[-1] > LEAST_HOURS_ON * 3600
        and host.index not in taken
    ]
    wanted = [host for host in ready if host.index in fitting] or ready
    chosen = [wanted[n] for n in rng.permutation(len(wanted))[: way.hosts]]
    taken |= {host.index for host in chosen}
    return chosen


def wait_seconds(seed: int, company: Company, way: Way) -> float:
    """Mean time from an order's posting to the next poll of any part, on machines always on."""
    whole = Spans(np.zeros(1), np.full(1, DAY), np.zeros(1, dtype=np.int64))
    hosts = [replace(h, presence=Presence(whole, whole)) for h in company.hosts[: way.hosts]]
    parts = way.build(company, hosts, stream(seed, "wait", way.name))
    times = np.concatenate([part.times for part in parts[: len(parts) - way.decoys]])
    gaps = np.diff(np.sort(times))
    return float((gaps**2).sum() / (2 * gaps.sum()))


def measure(seed: int, ways: Sequence[Way], settings: Settings) -> Iterator[dict[str, object]]:
    """One company's day with some ways' implants in it."""
    company = found(seed, HOSTS, 1, MONDAY)
    day = simulate.day(seed, HOSTS)
    taken = {host.index for host in company.hosts if host.name.lower() in _struck(day.truth)}
    built: list[tuple[Way, list[Activity]]] = []
    for way in ways:
        rng = stream(seed, "evasion", way.name)
        built.append((way, way.build(company, victims(company, way, taken, rng), rng)))
    added = [part for _, parts in built for part in parts]
    chance = stream(seed, "evasion")
    rows = assemble.events(chance, company.hosts, added, DAY, MONDAY)
    scored = pipeline.score(pl.concat([day.events, rows]).sort("Timestamp"), settings)
    ranked = scored.channels.select(*KEY, "rank", "timing_evidence")
    theirs = {way.name: _channels(parts) for way, parts in built}
    company_ranks = ranked.join(pl.concat(theirs.values()), on=KEY, how="anti")["rank"].to_numpy()
    for way, parts in built:
        own = ranked.join(_channels(parts[: len(parts) - way.decoys]), on=KEY)
        all_own = ranked.join(theirs[way.name], on=KEY)["rank"].to_numpy()
        best = own["rank"].min()
        above = np.concatenate([company_ranks, all_own])
        best_any = all_own.min() if all_own.size else None
        yield {
            "way": way.name,
            "seed": seed,
            "rank": None if best is None else 1 + int((above < best).sum()),
            "host_rank": None if best_any is None else 1 + int((company_ranks < best_any).sum()),
            "timing": own["timing_evidence"].max(),
            "wait_seconds": wait_seconds(seed, company, way),
        }


def _struck(truth: pl.DataFrame) -> set[str]:
    return set(truth.filter(pl.col("label") == "poller")["host"])


def _channels(parts: Sequence[Activity]) -> pl.DataFrame:
    keys = {(p.host.name.lower(), p.identity.file.lower(), d) for p in parts for d in p.domains}
    return pl.DataFrame(sorted(keys), schema=dict.fromkeys(KEY, pl.String), orient="row")


def table(found_rows: pl.DataFrame, ways: Sequence[Way], budget: int) -> tuple[str, list[Outcome]]:
    """One row a way: recall, rank, and what it costs."""
    head = "| way | on the list | or its machine | median rank | timing | order waits | needs |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    figures: list[Outcome] = []
    for way in ways:
        own = found_rows.filter(pl.col("way") == way.name)
        hit = (own["rank"].fill_null(10**9) <= budget).cast(pl.Float64).to_numpy()
        share, low, high = interval(hit)
        figure = {
            "recall": share,
            "low": low,
            "high": high,
            "host_recall": (own["host_rank"].fill_null(10**9) <= budget).mean(),
            "median_rank": own["rank"].median(),
            "timing": own["timing"].median(),
            "wait_seconds": own["wait_seconds"].median(),
        }
        figures.append({"way": way.name, **figure})
        rank, timing, wait = figure["median_rank"], figure["timing"], figure["wait_seconds"]
        lines.append(
            f"| {way.name} | {share:.2f} ({low:.2f} to {high:.2f}) | {figure['host_recall']:.2f} "
            f"| {'no row kept' if rank is None else f'{rank:.0f}'} "
            f"| {'' if timing is None else f'{timing:.1f}'} | {_span(wait)} | {way.needs} |"
        )
    return "\n".join(lines), figures


def _span(seconds: float) -> str:
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--match", choices=["faithful", "any"], default="faithful")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--only", default="", metavar="TEXT", help="ways whose name holds it")
    given = parser.parse_args()
    ways = [way for way in WAYS if given.only in way.name]
    settings = Settings(rule=RuleSettings(match=given.match))
    groups = [ways[n::2] for n in range(min(2, len(ways)))]
    rows = [
        row
        for seed in range(given.first_seed, given.first_seed + given.seeds)
        for group in groups
        for row in measure(seed, group, settings)
    ]
    found_rows = pl.DataFrame(rows, infer_schema_length=None)
    text, figures = table(found_rows, ways, settings.rank.budget)
    command = (
        f"python -m benchmarks.evasion --first-seed {given.first_seed} --seeds {given.seeds}"
        f" --match {given.match}" + (f" --only '{given.only}'" if given.only else "")
    )
    source = provenance(command)
    head = (
        f"`{command}`, commit {source['commit']}, {source['date']}. {given.seeds} companies of "
        f"{HOSTS} machines, budget {settings.rank.budget}; intervals: bootstrap over companies. "
        "Timing is a median log10 Bayes factor; a wait is a mean, on a machine that is always on."
    )
    name = "evasion" if given.match == "faithful" else f"evasion-{given.match}"
    save(given.results, name, {**source, "figures": figures}, f"{head}\n\n{text}\n")


if __name__ == "__main__":
    main()
