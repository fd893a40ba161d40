"""The errors a user can cause, each one paragraph that names the fix."""

from collections.abc import Sequence


class BeaconError(Exception):
    """Base of every error that `beacon` raises on purpose; its text is for the user."""


class InputError(BeaconError):
    """An input cannot be used.

    Attributes:
        part: the file (and zip member) concerned, as the user would name it.
        reason: what is wrong and what is allowed, without the file name.
    """

    def __init__(self, part: str, reason: str) -> None:
        self.part = part
        self.reason = reason
        super().__init__(f"{part}: {reason}")


def unusable(problems: Sequence[InputError]) -> InputError:
    """One error for inputs of which none can be used: it lists every problem."""
    if len(problems) == 1:
        return problems[0]
    listed = "\n".join(map(str, problems)) or "pass a file, a folder or a glob"
    return InputError("no input can be used", listed)


class SettingsError(BeaconError):
    """A setting has an unknown name or a value that is not allowed."""


class OutputError(BeaconError):
    """A result cannot be written where it was asked for."""
