"""Published detectors of beaconing, each written anew from its formula; higher is more periodic.

Every one takes one series of seconds, ascending, and returns one number; none is tuned.
`collapsed` ones see polls (a gap above 4 s starts a poll) instead of connections.
"""

import numpy as np

from benchmarks.timing.baselines import (
    asim,
    baywatch,
    cv,
    cyb3rmonk,
    elastic,
    fisher,
    fortinet,
    jitter_trap,
    periods_detect,
    phase,
    rita,
)  # fmt: skip


def polls(times, burst_seconds=4.0):
    """First event of each run of gaps up to `burst_seconds`."""
    return times[np.concatenate(([True], np.diff(times) > burst_seconds))]


DETECTORS = {
    "CV": cv.plain,
    "CV calibrated": cv.score,
    "CV polls": lambda times: cv.score(polls(times)),
    "RITA": rita.score,
    "RITA polls": lambda times: rita.score(polls(times)),
    "BAYWATCH": baywatch.score,
    "Fisher g": fisher.score,
    "KQL periods": periods_detect.score,
    "Elastic": elastic.score,
    "Cyb3rMonk": cyb3rmonk.score,
    "ASIM": asim.score,
    "Fortinet": fortinet.score,
    "Jitter-Trap": jitter_trap.score,
    "Rayleigh": phase.rayleigh,
    "H": phase.h_test,
}
