"""The command line: parse, call one function, print. Data to stdout, all else to stderr."""

import sys
from collections.abc import Sequence

from beacon.cli.app import app
from beacon.errors import BeaconError, SettingsError

__all__ = ["app", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; a user's mistake ends in one paragraph, not in a traceback.

    Exits 0 when it ran, 1 when an input or a file could not be used, 2 on wrong usage.
    """
    try:
        app(args=None if arguments is None else list(arguments))
    except BeaconError as error:
        from beacon.inert import visible

        for line in str(error).splitlines():
            print(f"beacon: {visible(line)}", file=sys.stderr)  # noqa: T201
        raise SystemExit(2 if isinstance(error, SettingsError) else 1) from None
