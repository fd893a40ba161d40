"""Text from an export as a KQL literal: whatever it holds, the query around it stays whole."""

from datetime import UTC, datetime

_NAMED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def text(value: str) -> str:
    r"""A double-quoted KQL string; what a reader could not see is written as `\u202e`.

    Source: Microsoft Learn, "The string data type" (Kusto), string literals.

    >>> print(text('a"b\\c'))
    "a\"b\\c"
    """
    return '"' + "".join(map(_escaped, value)) + '"'


def time(moment: datetime) -> str:
    """A KQL datetime literal in UTC, with the 7 digits that Kusto keeps."""
    return f"datetime({moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z)"


def _escaped(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    code = ord(character)
    if 0xD800 <= code < 0xE000:  # half a character: no UTF-8 text holds one
        return "\\ufffd"
    if character.isprintable():
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
