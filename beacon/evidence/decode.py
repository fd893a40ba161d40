"""Reads what a command line hides in Base64. Nothing is ever executed; lengths are capped."""

import base64
import binascii
import re

LONGEST_BLOB = 65_536
LONGEST_TEXT = 8_192
_DEPTH = 2

_FLAG = re.compile(
    # Any prefix of -EncodedCommand, or -ec; PowerShell takes - / and the typographic dashes.
    r"(?i)(?<![\w])[-/\u2013-\u2015](?:e|ec|en[a-z]{0,12})[\s:]+[\"']?([A-Za-z0-9+/]{8,}={0,2})"
)
_LITERAL = re.compile(r"[\"'`(\s]([A-Za-z0-9+/]{16,}={0,2})[\"'`)\s]")


def decode(command: str, depth: int = _DEPTH) -> str:
    """The text behind -EncodedCommand or a Base64 literal; "" where there is none.

    PowerShell's argument is Base64 of UTF-16LE (Microsoft Learn, about_PowerShell_exe); literals
    that a script decodes itself are mostly UTF-8. A decoded text is read again, twice at most.

    Args:
        command: a command line, hostile.
        depth: how often to look inside what was found.
    """
    blobs = [match[1] for match in _FLAG.finditer(command)]
    if "base64" in command.lower():
        blobs += [match[1] for match in _LITERAL.finditer(f" {command} ")]
    texts = [text for blob in dict.fromkeys(blobs) if (text := _text(blob))]
    if depth > 1:
        texts += [inner for text in texts if (inner := decode(text, depth - 1))]
    return "\n".join(texts)[:LONGEST_TEXT]


def _text(blob: str) -> str:
    """Base64 to text, or "" if what comes out does not read as text."""
    kept = blob[:LONGEST_BLOB].rstrip("=")
    kept = kept[: len(kept) // 4 * 4 + (len(kept) % 4 if len(kept) % 4 != 1 else 0)]
    try:
        raw = base64.b64decode(kept + "=" * (-len(kept) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    wide = len(raw) >= 2 and raw[1::2].count(0) * 2 >= len(raw[1::2])
    text = raw.decode("utf-16-le" if wide else "utf-8", errors="replace")[:LONGEST_TEXT]
    readable = sum(c.isprintable() or c.isspace() for c in text) - text.count("\ufffd")
    return text if text and readable >= 0.9 * len(text) else ""
