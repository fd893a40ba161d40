"""Stage 7: the ranked frame as a table, CSV, JSON lines or Parquet; nothing is decided here."""

from beacon.report.coverage import inspected
from beacon.report.explain import explain
from beacon.report.formats import SERIALISERS, serialise
from beacon.report.summary import summarise
from beacon.report.table import table

__all__ = ["SERIALISERS", "explain", "inspected", "serialise", "summarise", "table"]
