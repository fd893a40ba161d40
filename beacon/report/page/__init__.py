"""The whole result as one self-contained page; no request ever leaves it."""

from beacon.report.page.render import Run, page

__all__ = ["Run", "page"]
