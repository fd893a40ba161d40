"""Stage 7: the ranked frame as a table, a page, a ticket or rows elsewhere; nothing is decided."""

from beacon.report.coverage import inspected
from beacon.report.explain import explain
from beacon.report.formats import SERIALISERS, serialise
from beacon.report.page import Run
from beacon.report.render import OUTPUTS, render
from beacon.report.summary import converted, shown, summarise
from beacon.report.table import table

__all__ = [
    "OUTPUTS",
    "SERIALISERS",
    "Run",
    "converted",
    "explain",
    "inspected",
    "render",
    "serialise",
    "shown",
    "summarise",
    "table",
]
