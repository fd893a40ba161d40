"""The ledger on disk: one whole file a day and table, replaced atomically, under a lock."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from filelock import FileLock, Timeout

from beacon.errors import InputError, OutputError
from beacon.files import NOT_TEXT, is_text, whole
from beacon.frames import DAMAGE
from beacon.history.entries import CHANNELS, HOSTS
from beacon.schema import KEY

VERSION = 1
MARK = "beacon-history.json"
TABLES = {"channels": CHANNELS, "hosts": HOSTS}
WAIT_SECONDS = 1.0
UNFINISHED = ".new-"


class Ledger:
    """A history folder.

    Attributes:
        folder: where it is; it comes into being with the first `record`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not is_text(folder):
            raise InputError(str(folder), NOT_TEXT)
        mark = folder / MARK
        if mark.exists():
            version = _version(mark)
            if version != VERSION:
                raise InputError(
                    str(folder), f"history of version {version!r}; this beacon reads {VERSION}"
                )
        elif folder.exists() and not folder.is_dir():
            raise InputError(str(folder), "is a file; a history is a folder")
        elif folder.exists() and any(p.name != ".lock" for p in folder.iterdir()):
            raise InputError(str(folder), f"holds files but no {MARK}: not a history; name another")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs out; the system lifts the lock of a run that dies.

        Raises:
            InputError: as `sound`.
            OutputError: another run holds it, or the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / ".lock", timeout=WAIT_SECONDS), self.sound():
                yield
        except Timeout:
            raise OutputError(f"{self.folder}: another run is using this history") from None
        except OSError as error:
            raise OutputError(f"{self.folder}: cannot be written ({error.strerror})") from None

    @contextmanager
    def sound(self) -> Iterator[None]:
        """Name the file at fault where reading fails, which a lazy scan finds out late.

        Raises:
            InputError: a day's file is damaged.
        """
        try:
            yield
        except DAMAGE:
            for file in sorted(self.folder.glob("*/day=*/part.parquet")):
                try:
                    schema = TABLES[file.parts[-3]]
                    pl.read_parquet(file).select(
                        pl.col(name).cast(dtype) for name, dtype in schema.items() if name != "day"
                    )
                except (*DAMAGE, KeyError):
                    fix = "damaged: remove it and score that day again"
                    raise InputError(str(file), fix) from None
            raise

    def days(self) -> list[date]:
        """The days it holds, in order.

        Raises:
            InputError: a folder is named after no day.
        """
        found = {path.parent for path in self.folder.glob("channels/day=*/part.parquet")}
        try:
            return sorted(date.fromisoformat(part.name.removeprefix("day=")) for part in found)
        except ValueError as error:
            raise InputError(str(self.folder), f"a folder is named after no day: {error}") from None

    def read(self, table: str, days: list[date] | None = None) -> pl.LazyFrame:
        """Rows of `CHANNELS` or `HOSTS`, of some days or all, by day."""
        schema = TABLES[table]
        files = [self._file(table, day) for day in (self.days() if days is None else days)]
        files = [file for file in files if file.exists()]
        if not files:
            return pl.LazyFrame(schema=schema)
        frame = pl.scan_parquet(files, hive_partitioning=True, hive_schema={"day": pl.Date()})
        return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())

    def record(
        self, channels: pl.DataFrame, hosts: pl.DataFrame, first: datetime, last: datetime
    ) -> None:
        """Put down what a run saw; what the ledger knew of these hosts and this time is replaced.

        Running again on the same export changes no byte; of days that come in parts, hours or
        hosts apart, each part adds its own.

        Args:
            channels: rows of `CHANNELS`.
            hosts: rows of `HOSTS`: the hosts seen.
            first: of the export.
            last: of the export.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for stale in self.folder.glob(f"{UNFINISHED}*"):
            stale.unlink()  # of a run that died: the lock is ours
        if not (self.folder / MARK).exists():
            with whole(self.folder / MARK, prefix=UNFINISHED) as mark:
                mark.write(json.dumps({"version": VERSION}).encode())
        for offset in range((last.date() - first.date()).days + 1):
            day = first.date() + timedelta(days=offset)
            new = {"hosts": _of(hosts, day), "channels": _of(channels, day)}
            low, high = (_within(day, moment) for moment in (first, last))
            for table, rows in new.items():
                old = self.read(table, [day]).collect().drop("day")
                elsewhere = old.join(new["hosts"], on="host", how="anti")
                here = old.join(new["hosts"].select("host"), on="host", how="semi")
                outside = (_hosts_outside if table == "hosts" else _channels_outside)(
                    here, low, high
                )
                self._put(table, day, pl.concat([elsewhere, _united(table, [outside, rows])]))

    def prune(self, before: date) -> list[date]:
        """Forget the days before a date; gives them back."""
        gone = [day for day in self.days() if day < before]
        for day in gone:
            for table in TABLES:
                file = self._file(table, day)
                file.unlink(missing_ok=True)
                if file.parent.exists():
                    file.parent.rmdir()
        return gone

    def size(self, day: date) -> int:
        """Bytes on disk of a day."""
        files = [self._file(table, day) for table in TABLES]
        return sum(file.stat().st_size for file in files if file.exists())

    def _file(self, table: str, day: date) -> Path:
        return self.folder / table / f"day={day.isoformat()}" / "part.parquet"

    def _put(self, table: str, day: date, rows: pl.DataFrame) -> None:
        key = [name for name in KEY if name in rows.columns]
        file = self._file(table, day)
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole(file, self.folder, UNFINISHED) as target:
            rows.sort(key).write_parquet(target, compression="zstd", compression_level=9)


def _version(mark: Path) -> object:
    try:
        return json.loads(mark.read_text(encoding="utf-8")).get("version")
    except (OSError, ValueError, AttributeError):
        return None


def _of(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    return rows.filter(pl.col("day") == day).drop("day")


def _within(day: date, moment: datetime) -> int:
    """Milliseconds since the day's midnight, held to the day."""
    start = datetime(day.year, day.month, day.day, tzinfo=moment.tzinfo)
    return min(max(int((moment - start).total_seconds() * 1000), 0), 86_400_000)


def _channels_outside(rows: pl.DataFrame, low: int, high: int) -> pl.DataFrame:
    """The rows without the times from low to high."""
    inner = rows.explode("times", "counts").filter(~pl.col("times").is_between(low, high))
    others = [name for name in rows.columns if name not in ("times", "counts")]
    kept = inner.group_by(others).agg("times", "counts")
    return kept.select(rows.columns)


def _hosts_outside(rows: pl.DataFrame, low: int, high: int) -> pl.DataFrame:
    """The rows without the hours that the time from low to high touches."""
    hour = pl.element()
    inside = hour.is_between(low // 3_600_000, high // 3_600_000)
    return rows.with_columns(pl.col("hours").list.filter(~inside)).filter(
        pl.col("hours").list.len() > 0
    )


def _united(table: str, parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Rows of the same key as one."""
    rows = pl.concat(parts)
    if table == "hosts":
        flat = rows.explode("hours").group_by("host").agg(pl.col("hours").unique().sort())
        return flat.select(rows.columns)
    said = rows.group_by(KEY).agg(
        pl.col("service").drop_nulls().first(),
        pl.col("parents").explode().drop_nulls().unique().sort(),
    )
    timed = (
        rows.select(*KEY, "times", "counts")
        .explode("times", "counts")
        .sort(*KEY, "times")
        .group_by(KEY, maintain_order=True)
        .agg("times", "counts")
    )
    return said.join(timed, on=KEY).select(rows.columns)
