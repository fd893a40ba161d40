"""Jitter-Trap (Varonis 2025, varonis.com/blog/jitter-trap): are the gaps uniform?

Kolmogorov-Smirnov p-value of the gaps between their smallest and their largest.
"""

import numpy as np
from scipy.special import kolmogorov


def score(times):
    gaps = np.sort(np.diff(times))
    if gaps.size < 4 or gaps[-1] <= gaps[0]:
        return 0.0
    u = (gaps - gaps[0]) / (gaps[-1] - gaps[0])
    n = gaps.size
    distance = max((np.arange(1, n + 1) / n - u).max(), (u - np.arange(n) / n).max())
    return float(kolmogorov(np.sqrt(n) * distance))
