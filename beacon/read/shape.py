"""What a kind of export is to the reader: a name, how to know it, how to read it."""

from collections.abc import Callable
from typing import NamedTuple

from beacon.read.part import Part
from beacon.read.source import Source
from beacon.settings import ReadSettings


class Shape(NamedTuple):
    """One kind of export.

    Attributes:
        name: shown to the user.
        recognise: whether a source is of this shape, from its content alone.
        scan: reads such a source; raises InputError where it cannot be used.
    """

    name: str
    recognise: Callable[[Source], bool]
    scan: Callable[[Source, ReadSettings], Part]
