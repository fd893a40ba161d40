"""What an encoded command line says: decoded for reading, never run."""

import base64
import binascii
import re

_MOST_CHARACTERS = 4_000
_ENCODED = re.compile(
    # -EncodedCommand in any of its abbreviations, or an argument of FromBase64String.
    r"(?:[-/\u2013\u2014]e(?:c|nc?|nco[a-z]*)?[\s:]+|frombase64string\(\s*)[\"']?"
    r"([A-Za-z0-9+/]{8,65536}={0,2})",
    re.IGNORECASE,
)


def decoded(command_line: str) -> str | None:
    """The first base64 payload of a command line as text, at most 4,000 characters of it.

    PowerShell encodes UTF-16LE (Microsoft Learn, "about_PowerShell_exe"); other tools UTF-8.

    >>> decoded("powershell -enc aQBlAHgAIAAkAHgA")
    'iex $x'
    """
    for match in _ENCODED.finditer(command_line):
        text = _text(match[1])
        if text is not None:
            return text[:_MOST_CHARACTERS]
    return None


def _text(encoded: str) -> str | None:
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        return None
    for encoding in ("utf-16-le", "utf-8") if b"\0" in raw else ("utf-8",):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text and sum(map(_readable, text)) > 0.9 * len(text):
            return text
    return None


def _readable(character: str) -> bool:
    return character.isprintable() or character in "\r\n\t"
