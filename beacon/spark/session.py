"""The Spark session of the command line; in a notebook there is one already."""

import os
import sys
from typing import TYPE_CHECKING

from beacon.errors import BeaconError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def session(master: str | None = None) -> "SparkSession":
    """The running session, or a new one.

    Args:
        master: as Spark names it: `local[2]`, `spark://host:7077`, `yarn`, ...; None leaves it to
            Spark's own configuration.

    Raises:
        BeaconError: PySpark or Java is not installed.
    """
    # Executors need the interpreter that has beacon; on another machine it is at the same place.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise BeaconError(
            "--engine spark needs PySpark: pip install 'beacon-deaddrop[spark]'"
        ) from None
    builder = SparkSession.builder.appName("beacon")
    if master is not None:
        builder = builder.master(master)
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        raise BeaconError(f"Spark does not start (is Java 17 installed?): {error}") from None
