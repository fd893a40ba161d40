"""What a channel is: everything one program on one host says to one domain."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from beacon.schema import KEY

STRAND = (*KEY, "strand")


class Channels(NamedTuple):
    """All channels of an export, or of some of its hosts.

    Attributes:
        frame: one row a channel (G rows), sorted by host, process, domain.
        times: float64 seconds since 1970, ascending inside each channel (N values).
        offsets: int64, length G + 1; channel g owns times[offsets[g]:offsets[g + 1]].
        instances: int64 codes of the run of the program behind each time; -1 where unknown.
    """

    frame: pl.DataFrame
    times: NDArray[np.float64]
    offsets: NDArray[np.int64]
    instances: NDArray[np.int64]
