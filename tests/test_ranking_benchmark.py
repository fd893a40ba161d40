"""The comparison of orders: what it leaves out, and what it says of a small day."""

import polars as pl
import pytest

from beacon import evidence, pipeline, simulate
from beacon.settings import Settings
from benchmarks.ranking import baselines, compare, foreign, report, second


@pytest.fixture(scope="module")
def days() -> tuple[pl.DataFrame, pl.DataFrame]:
    clean = compare.day(21, 25, leave_out=list(simulate.IMPLANTS))
    return compare.day(21, 25), clean


def test_every_learned_term_is_in_one_family() -> None:
    terms = [term for found in compare.families().values() for term in found]
    assert sorted(terms) == sorted(term.name for term in evidence.LEARNED)


def test_without_a_family_is_as_if_it_were_not_observable() -> None:
    observed, _ = pipeline.observe(simulate.day(21, 25).events, Settings())
    weights = evidence.shipped()
    blind = observed.with_columns(
        pl.lit(None, observed.schema[name]).alias(name) for name in ("service_kind", "service")
    )
    left_out = compare.without(weights, compare.families()["service"])
    strengths = evidence.strengths(blind).select(compare.families()["service"])
    assert strengths.null_count().row(0) == (observed.height,) * strengths.width
    assert not compare.judged(observed, left_out).equals(compare.judged(observed, weights))


def test_every_method_orders_every_channel_and_a_table_says_so(
    days: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    outcome = compare.compare(*days)
    assert set(outcome["methods"]) >= {compare.OURS, *baselines.NAMES}
    assert days[1]["label"].unique().to_list() == ["benign"]
    for figures in outcome["methods"].values():
        assert all(0 <= low <= high <= 1 for _, low, high in [figures["average_precision"]])
    provenance = dict.fromkeys(
        ("command", "commit", "date", "machine", "hosts", "seeds", "trained", "clean_seeds"), "x"
    )
    text = report.markdown(outcome | {"provenance": provenance})
    assert all(f"| {name} |" in text for name in outcome["methods"])


def test_the_second_generator_is_told_apart_from_benign_by_the_truth_alone() -> None:
    events, truth = foreign.day(3, hosts=30)
    assert events.equals(foreign.day(3, hosts=30)[0])
    key = ["host", "process", "domain"]
    assert truth.n_unique(key) == truth.height
    assert truth.filter(pl.col("label") == "poller").height >= 3
    channels = second.day(3)
    assert second.figures(channels)["pollers"] == (channels["label"] == "poller").sum()
    for name in foreign.LACKING[3]:
        assert events[name].null_count() == events.height
