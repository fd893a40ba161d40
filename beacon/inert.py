"""Makes text from an export harmless where it is shown; everything in an export is hostile."""

import re

import polars as pl

_UNSEEN = re.compile(
    # Control characters, bidirectional and other invisible format characters, line separators,
    # surrogates, and the tag characters that hide text in plain sight.
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
FORMULA_START = (
    r"^[\s\x00-\x1f\x7f-\xa0\u200b-\u200f\u2060\ufeff]*[=+\-@\t\r\n|%\uFF1D\uFF0B\uFF0D\uFF20]"
)
"""How a text begins that a spreadsheet would take for a formula; for `re` and polars alike.

Controls and what has no width are named: the two engines' white space is not the same.
"""


def visible(text: str) -> str:
    r"""Every character that a terminal would obey or hide, written out as `\x1b` or `\u202e`."""
    return _UNSEEN.sub(lambda match: _escaped(match.group()), text)


def cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Text cells that a spreadsheet would take for a formula get a leading apostrophe.

    Source: OWASP, "CSV Injection".
    """
    text = pl.col(pl.String)
    return frame.with_columns(
        pl.when(text.str.contains(FORMULA_START)).then("'" + text).otherwise(text).name.keep()
    )


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
