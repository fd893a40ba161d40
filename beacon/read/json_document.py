"""One JSON document: answers of the query APIs, `az`, Event Hub messages, plain arrays.

Each is unwrapped to records and read on as JSON lines. An answer that says it is incomplete is
refused: a silently shortened day looks like a quiet one.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from beacon.errors import InputError
from beacon.read.json_lines import is_streaming, scan_flat, scan_streaming
from beacon.read.part import BadRow, Part
from beacon.read.shape import Shape
from beacon.read.source import Source
from beacon.settings import ReadSettings

Unwrap = Callable[[Source], Iterable[Any]]


def _value(source: Source) -> Any:
    """The first value of the document, its top-level keys in lower case."""
    value = source.document.values[0] if source.document and source.document.values else None
    return {key.lower(): item for key, item in value.items()} if isinstance(value, dict) else value


def _holds(key: str) -> Callable[[Source], bool]:
    """Whether it is an object with this key."""
    return lambda source: (
        isinstance(value := _value(source), dict) and bool(value.get(key) is not None)
    )


def _is_list_with(key: str) -> Callable[[Source], bool]:
    """Whether it is a list with an object that has this key."""

    def recognise(source: Source) -> bool:
        value = _value(source)
        return isinstance(value, list) and any(isinstance(v, dict) and key in v for v in value)

    return recognise


def _is_kusto(source: Source) -> bool:
    """Whether it is Kusto's version 1 (tables) or 2 (frames)."""
    if _is_list_with("FrameType")(source):
        return True
    tables = _value(source).get("tables") if isinstance(_value(source), dict) else None
    return isinstance(tables, list) and any(isinstance(t, dict) and "Columns" in t for t in tables)


def _failed(source: Source) -> list[Any]:
    raise _incomplete(source, _value(source)["error"])


def _incomplete(source: Source, error: Any) -> InputError:
    if isinstance(error, dict):
        error = ": ".join(str(error[key]) for key in ("code", "message") if error.get(key)) or error
    return InputError(
        source.name,
        f"the answer is incomplete ({error}); ask for less at a time and export again",
    )


def _tables(source: Source) -> Iterator[Any]:
    """Rows of the primary result of Log Analytics (`columns`, `name`) or Kusto (`Columns`)."""
    value = _value(source)
    frames = value if isinstance(value, list) else value["tables"]
    tables = [{k.lower(): v for k, v in f.items()} for f in frames if isinstance(f, dict)]
    if any(table.get("haserrors") for table in tables):
        raise _incomplete(source, next(t.get("oneapierrors") for t in tables if t.get("haserrors")))
    full = [table for table in tables if "rows" in table and "columns" in table]
    primary = [t for t in full if "PrimaryResult" in (t.get("tablekind"), t.get("name"))]
    for table in (primary or full)[:1]:
        names = [column.get("name", column.get("ColumnName")) for column in table["columns"]]
        for row in table["rows"]:
            if isinstance(row, dict) and "OneApiErrors" in row:
                raise _incomplete(source, row["OneApiErrors"])
            fits = isinstance(row, list) and len(row) == len(names)
            yield dict(zip(names, row, strict=True)) if fits else row


def _az(source: Source) -> Iterator[Any]:
    """`az monitor log-analytics query` writes str() of every value, so null is 'None'."""
    for row in _value(source):
        is_row = isinstance(row, dict)
        yield {k: "" if v == "None" else v for k, v in row.items()} if is_row else row


def _messages(source: Source) -> Iterator[Any]:
    for message in source.document.values if source.document else ():
        records = message.get("records") if isinstance(message, dict) else None
        yield from records if isinstance(records, list) else [message]


def _results(source: Source) -> list[Any]:
    return list(_value(source)["results"])


def _shape(name: str, recognise: Callable[[Source], bool], unwrap: Unwrap) -> Shape:
    def scan(source: Source, settings: ReadSettings) -> Part:
        rows = list(unwrap(source))
        bad = source.document.bad if source.document else ()
        for number, row in enumerate(rows, start=1):
            if not isinstance(row, dict):
                bad += (BadRow(number, "not a record", str(row)),)
        inner = source.with_records(row for row in rows if isinstance(row, dict))
        read_on = scan_streaming if is_streaming(inner) else scan_flat
        return read_on(inner, settings, name, bad)

    return Shape(name, recognise, scan)


SHAPES = (
    _shape("incomplete answer", _holds("error"), _failed),
    _shape("kusto json", _is_kusto, _tables),
    _shape("log analytics api json", _holds("tables"), _tables),
    _shape("advanced hunting json", _holds("results"), _results),
    _shape("event hub records", _holds("records"), _messages),
    _shape("az json", _is_list_with("TableName"), _az),
    _shape("json array", lambda source: isinstance(_value(source), list), _value),
)
