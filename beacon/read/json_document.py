"""One JSON document around the records: API answers, `az`, Event Hub messages, plain arrays.

Each is unwrapped to JSON lines, which any shape of records may then be found in. An answer that
says it is incomplete is refused: a silently shortened day looks like a quiet one.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from beacon.errors import InputError
from beacon.read.part import BadRow
from beacon.read.source import Source


class Wrapper(NamedTuple):
    """One kind of document.

    Attributes:
        name: shown to the user.
        recognise: whether a document's value (an object with its keys in lower case, or an array)
            is of this kind.
        unwrap: its records, each probably an object.
        has_limit: its source stops at one of `beacon.read.table.EXPORT_LIMITS`.
    """

    name: str
    recognise: Callable[[Any], bool]
    unwrap: Callable[[Source, Any], Iterable[Any]]
    has_limit: bool = True


class Unwrapped(NamedTuple):
    """The records of a document, as JSON lines, and what was no record."""

    wrapper: Wrapper
    source: Source
    bad: tuple[BadRow, ...]
    rows: int


def unwrap(source: Source) -> Unwrapped | None:
    """The records of a document; None where the source is none.

    Raises:
        InputError: it is no valid JSON, or says that it is incomplete.
    """
    document = source.document
    if not document or not document.values:
        return None
    value = document.values[0]
    if isinstance(value, dict):
        value = {key.lower(): item for key, item in value.items()}
    for wrapper in WRAPPERS:
        if wrapper.recognise(value):
            rows = list(wrapper.unwrap(source, value))
            bad = [
                BadRow(number, "not a record", str(row))
                for number, row in enumerate(rows, start=1)
                if not isinstance(row, dict)
            ]
            inner = source.with_records(row for row in rows if isinstance(row, dict))
            return Unwrapped(wrapper, inner, (*document.bad, *bad), len(rows) + len(document.bad))
    return None


def _holds(key: str) -> Callable[[Any], bool]:
    """Whether it is an object with a value under this key."""
    return lambda value: isinstance(value, dict) and value.get(key) is not None


def _is_array_with(key: str) -> Callable[[Any], bool]:
    """Whether it is an array with an object that has this key."""
    return lambda value: (
        isinstance(value, list) and any(isinstance(item, dict) and key in item for item in value)
    )


def _failed(source: Source, value: Any) -> list[Any]:
    raise _incomplete(source, value["error"])


def _incomplete(source: Source, error: Any) -> InputError:
    if isinstance(error, dict):
        error = ": ".join(str(error[key]) for key in ("code", "message") if error.get(key)) or error
    return InputError(
        source.name,
        f"the answer is incomplete ({error}); ask for less at a time and export again",
    )


def _tables(source: Source, value: Any) -> Iterator[Any]:
    """Rows of the primary result of Log Analytics (`columns`, `name`) or Kusto (`Columns`)."""
    frames = value if isinstance(value, list) else value["tables"]
    tables = [{k.lower(): v for k, v in f.items()} for f in frames if isinstance(f, dict)]
    for table in tables:
        if table.get("haserrors"):
            raise _incomplete(source, table.get("oneapierrors") or "HasErrors")
    full = [table for table in tables if "rows" in table and "columns" in table]
    primary = [t for t in full if "PrimaryResult" in (t.get("tablekind"), t.get("name"))]
    for table in (primary or full)[:1]:
        names = [column.get("name", column.get("ColumnName")) for column in table["columns"]]
        for row in table["rows"]:
            if isinstance(row, dict) and "OneApiErrors" in row:
                raise _incomplete(source, row["OneApiErrors"])
            fits = isinstance(row, list) and len(row) == len(names)
            yield dict(zip(names, row, strict=True)) if fits else row


def _az(_: Source, value: Any) -> Iterator[Any]:
    """`az monitor log-analytics query` writes str() of every value, so null is 'None'."""
    for row in value:
        is_row = isinstance(row, dict)
        yield {k: "" if v == "None" else v for k, v in row.items()} if is_row else row


def _messages(source: Source, _: Any) -> Iterator[Any]:
    for message in source.document.values if source.document else ():
        records = message.get("records") if isinstance(message, dict) else None
        yield from records if isinstance(records, list) else [message]


def _items(_: Source, value: Any) -> list[Any]:
    return list(value)


def _results(_: Source, value: Any) -> list[Any]:
    return list(value["results"])


WRAPPERS = (
    Wrapper("error", _holds("error"), _failed),
    Wrapper("kusto json", _is_array_with("FrameType"), _tables),
    Wrapper(
        "kusto json",
        lambda value: _holds("tables")(value) and _is_array_with("Columns")(value["tables"]),
        _tables,
    ),
    Wrapper("log analytics api json", _holds("tables"), _tables),
    Wrapper("advanced hunting json", _holds("results"), _results),
    Wrapper("event hub records", _holds("records"), _messages, has_limit=False),
    Wrapper("az json", _is_array_with("TableName"), _az),
    Wrapper("json array", lambda value: isinstance(value, list), _items),
)
"""The kinds of document, in the order in which they are tried."""
