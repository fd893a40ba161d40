"""The same detection on Spark: a table, a DataFrame in a notebook, or Parquet files.

    import beacon
    result = beacon.spark.score("DeviceNetworkEvents")      # or a DataFrame, or files

table -> values -> look -> partition -> engine
canonical columns, the rule on distinct values, counts over all rows, channels of whole hosts, rank.

Spark reads, filters, shuffles and retries; a partition holds all rows of some hosts, and the stages
of the local engine work on it. What crosses to the driver is small: hours of hosts, and channels.
"""

from beacon.spark.engine import score
from beacon.spark.session import session

__all__ = ["score", "session"]
