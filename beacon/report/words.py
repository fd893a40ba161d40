"""Numbers as an analyst reads them; every output takes its words from here."""

from typing import Any

Row = dict[str, Any]

_UNITS = (("d", 86_400.0), ("h", 3_600.0), ("min", 60.0))


def duration(seconds: float) -> str:
    """A duration in at most two units: '30.0 s', '15 min 2 s', '6 h', '1 d 2 h'.

    >>> duration(30.04), duration(902), duration(21_600), duration(59.97)
    ('30.0 s', '15 min 2 s', '6 h', '1 min')
    """
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    for (unit, size), (below, step) in zip(_UNITS, (*_UNITS[1:], ("s", 1.0)), strict=True):
        parts = round(seconds / step)
        if parts * step >= size:
            whole, rest = divmod(parts, round(size / step))
            return f"{whole} {unit} {rest} {below}" if rest else f"{whole} {unit}"
    raise AssertionError("a minute or more has a unit")


def cadence(row: Row) -> str:
    """How often: 'every 30.0 s ±2 %'; how many where no period could be fitted."""
    if row["period_seconds"] is None:
        return f"{row['polls']} polls, no period"
    jitter = row["jitter_fraction"]
    spread = "" if jitter is None else f" ±{100 * jitter:.0f} %"
    return f"every {duration(row['period_seconds'])}{spread}"


def reasons(row: Row, most: int | None = None) -> str:
    """What moved the score, strongest first: 'timing +4.2, dead-drop service +1.0'."""
    moved = sorted(
        (e for e in row["evidence"] if e["state"] == "fired" and round(e["weight"], 1) != 0),
        key=lambda e: (-abs(e["weight"]), e["name"]),
    )
    return ", ".join(f"{e['name']} {e['weight']:+.1f}" for e in moved[:most])
