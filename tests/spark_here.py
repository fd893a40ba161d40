"""A Spark session for tests; they skip, saying why, where PySpark or Java is absent."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest


def needs_spark() -> None:
    pytest.importorskip("pyspark", reason="PySpark is not installed: pip install -e '.[spark]'")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java, which is not installed")
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"


def local_session() -> Iterator[Any]:
    """Two threads, a zone with half an hour, and no web page."""
    needs_spark()
    os.environ["PYSPARK_SUBMIT_ARGS"] = (
        "--conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=4 "
        "--conf spark.sql.session.timeZone=Asia/Kolkata --conf spark.driver.memory=1g "
        "--conf spark.log.level=ERROR pyspark-shell"
    )
    from beacon.spark import session

    spark = session("local[2]")
    yield spark
    spark.stop()
