"""Sentinel's Fortinet beacon rule: gaps above 60 s, Tukey outliers beyond 1.5 replaced by the
mean, more than 4 gaps, mean of at least 600 s; low standard deviation over mean.
"""

import numpy as np


def score(times):
    gaps = np.diff(times)
    gaps = gaps[gaps > 60]
    if gaps.size <= 4:
        return -9.0
    q1, q3 = np.quantile(gaps, (0.25, 0.75))
    fence = 1.5 * (q3 - q1)
    gaps = np.where((gaps < q1 - fence) | (gaps > q3 + fence), gaps.mean(), gaps)
    return -gaps.std() / gaps.mean() - (5.0 if gaps.mean() < 600 else 0.0)
