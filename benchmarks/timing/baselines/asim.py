"""Sentinel's ASIM rule 'Potential beaconing activity' v1.1.3, within the pair (kinder than it is).

In some hour more than 15 gaps above 10 s; the share of the commonest gap in whole seconds.
"""

import numpy as np


def score(times):
    gaps = np.diff(times)
    hour = np.floor(times[1:] / 3600)[gaps > 10]
    gaps = np.round(gaps[gaps > 10])
    best = 0.0
    for one in np.unique(hour):
        mine = gaps[hour == one]
        if mine.size > 15:
            best = max(best, np.unique(mine, return_counts=True)[1].max() / mine.size)
    return best
