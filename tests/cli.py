"""Runs the command line in this process, as `beacon ARGUMENTS` would."""

import contextlib
import io
from typing import NamedTuple

from beacon.cli import main


class Run(NamedTuple):
    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


def run(*arguments: object) -> Run:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 1
    return Run(code, out.buffer.getvalue(), err.getvalue())
