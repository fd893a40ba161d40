"""The query, channels and timing where nothing can be installed: Spark, pyarrow, numpy, scipy.

`beacon rule spark-notebook` copies this file and `beacon.timing` into a notebook, so it is written
for Python 3.10, PySpark 3.4 and numpy 1.23, and imports nothing else of the package.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from beacon.timing import score_channels

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame

Array = NDArray[Any]
Batches = Iterable["pa.RecordBatch"]
Partition = Callable[[Batches], Iterator["pa.RecordBatch"]]

KEY = ("host", "process", "domain")
TIMED = (
    "host string, process string, domain string, events long, first_seen long, "
    "last_seen long, command_line string, timing_evidence double, p_value double, "
    "period_seconds double, jitter_fraction double, coverage double, share double, polls long, "
    "timing_source string"
)
"""What `time_partition` gives: one row a channel; times in microseconds since 1970."""


def candidates(rows: "DataFrame", query: Mapping[str, Any]) -> "DataFrame":
    """What the query keeps, as the timing wants it.

    Args:
        rows: Defender's DeviceNetworkEvents; Timestamp as a timestamp.
        query: `url` and `process`, regular expressions that tell what to keep; `inbound`, action
            types that are nobody's contact; `aggregated`, how those of aggregates end;
            `host_steps` and `folder`, see `rules.HOST_STEPS` and `rules.FOLDER`.

    Returns:
        host, process, domain, micros since 1970, report (names the event with host and time),
        run of the program, command_line.
    """
    from pyspark.sql import functions as F

    def text(name: str) -> "Column":
        return F.coalesce(F.col(name), F.lit("")) if name in rows.columns else F.lit("")

    action, line = text("ActionType"), text("InitiatingProcessCommandLine")
    process, url = text("InitiatingProcessFileName"), text("RemoteUrl")
    domain = url
    for pattern, replacement in query["host_steps"]:
        domain = F.regexp_replace(domain, "(?U)" + pattern, replacement)
    kept = rows.where(url.rlike(query["url"]) & process.rlike(query["process"]))
    kept = kept.where(~action.endswith(query["aggregated"]) & ~action.isin(query["inbound"]))
    return kept.where(F.col("Timestamp").isNotNull()).select(
        F.lower(text("DeviceName")).alias("host"),
        F.lower(F.regexp_replace(process, query["folder"], "")).alias("process"),
        F.lower(F.when(domain != "", domain).otherwise(text("RemoteIP"))).alias("domain"),
        F.expr("unix_micros(Timestamp)").alias("micros"),
        text("ReportId").cast("string").alias("report"),
        _run(rows).alias("run"),
        line.alias("command_line"),
    )


def _run(rows: "DataFrame") -> "Column":
    """What tells one run of a program from the next; null where the source does not say."""
    from pyspark.sql import functions as F

    empty = F.lit(None).cast("string")
    unique, number, start = (
        F.col(name).cast("string") if name in rows.columns else empty
        for name in (
            "InitiatingProcessUniqueId",
            "InitiatingProcessId",
            "InitiatingProcessCreationTime",
        )
    )
    by_number = F.when(number.isNotNull(), F.concat_ws("|", number, start))
    return F.when(F.coalesce(unique, F.lit("")) != "", unique).otherwise(by_number)


def channels(found: "DataFrame", partitions: int, partition: Partition) -> "DataFrame":
    """Time every channel; all rows of a host meet in one partition.

    Args:
        found: what `candidates` gives.
        partitions: into how many the hosts are dealt.
        partition: `time_partition`, or a function of the notebook that calls it.
    """
    return found.repartition(partitions, "host").mapInArrow(partition, TIMED)


def ranked(timed: "DataFrame") -> "DataFrame":
    """All channels, the most machine-like first, each with the hosts that have one like it.

    Ties in evidence end by polls, then by name, so the order never depends on the cluster.
    """
    from pyspark.sql import functions as F

    fleet = timed.groupBy("process", "domain").agg(F.countDistinct("host").alias("hosts_alike"))
    order = [F.desc("timing_evidence"), F.desc("polls"), *KEY]
    seen = {name: F.expr(f"timestamp_micros({name})") for name in ("first_seen", "last_seen")}
    return timed.join(fleet, ["process", "domain"]).withColumns(seen).orderBy(*order)


def time_partition(batches: Batches) -> Iterator["pa.RecordBatch"]:
    """For `mapInArrow`: all rows of some hosts to one row a channel, see `TIMED`."""
    import pyarrow as pa

    held = [batch for batch in batches if batch.num_rows]
    if not held:
        return
    table = pa.Table.from_batches(held)
    codes = {name: table[name].combine_chunks().dictionary_encode() for name in table.schema.names}
    key = np.stack([_indices(codes[name]) for name in KEY])
    keys, owner = np.unique(key, axis=1, return_inverse=True)
    once = _once(key[0], table["micros"].to_numpy(), _indices(codes["report"]), codes["report"])
    owner, run, said, micros = (
        values[once]
        for values in (
            owner.ravel(),
            _indices(codes["run"]),
            _indices(codes["command_line"]),
            table["micros"].to_numpy(),
        )
    )
    order = np.lexsort((run, micros, owner))
    owner, run, micros = owner[order], run[order], micros[order]
    offsets = np.searchsorted(owner, np.arange(keys.shape[1] + 1))
    pools = np.unique(keys[:2], axis=1, return_inverse=True)[1].ravel()
    timer = score_channels(micros * 1000 / 1e9, offsets, run, pools)
    line = _commonest(owner, said[order], codes["command_line"])
    columns = {
        **{name: codes[name].dictionary.take(pa.array(keys[n])) for n, name in enumerate(KEY)},
        "events": pa.array(np.diff(offsets)),
        "first_seen": pa.array(micros[offsets[:-1]]),
        "last_seen": pa.array(micros[offsets[1:] - 1]),
        "command_line": line,
        "timing_source": pa.array(timer["source"].tolist(), pa.string()),
    }
    for name in ("p_value", "period_seconds", "jitter_fraction", "coverage", "share"):
        columns[name] = pa.array(timer[name], pa.float64(), from_pandas=True)  # nan is null
    columns["timing_evidence"] = pa.array(timer["evidence"], pa.float64())
    columns["polls"] = pa.array(timer["polls"].astype(np.int64))
    names = [part.split()[0] for part in TIMED.split(", ")]
    yield pa.record_batch([columns[name] for name in names], names)


def _indices(coded: Any) -> Array:
    """The codes of a dictionary column; -1 is null."""
    found: Array = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def _once(host: Array, micros: Array, code: Array, reports: Any) -> Array:
    """Rows that are no repeat: exports bring some events twice, by the same host, time and id."""
    named = np.array([text != "" for text in reports.dictionary.to_pylist()], bool)[code]
    first = np.unique(np.stack([host, micros, code]), axis=1, return_index=True)[1]
    kept = ~named
    kept[first] = True
    rows: Array = np.flatnonzero(kept)
    return rows


def _commonest(owner: Array, code: Array, lines: Any) -> Any:
    """The command line that each channel shows most often, of equals the first in the alphabet."""
    import pyarrow as pa

    texts = lines.dictionary.to_pylist()
    order = sorted(range(len(texts)), key=texts.__getitem__, reverse=True)
    place = np.empty(len(texts), np.int64)
    place[order] = np.arange(len(texts))
    said = np.array([text != "" for text in texts], bool)[code]
    pairs, count = np.unique(np.stack([owner[said], place[code[said]]]), axis=1, return_counts=True)
    at = np.lexsort((pairs[1], count, pairs[0]))
    best = np.full(int(owner.max()) + 1, -1)
    best[pairs[0][at]] = pairs[1][at]
    named = [*(texts[n] for n in order), None]
    return pa.array([named[n] for n in best], pa.string())
