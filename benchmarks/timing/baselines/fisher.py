"""Fisher's g test (Fisher 1929) on counts, as in msticpy's polling detection, all terms kept.

P(g > x) = sum_{k=1}^{floor(1/x)} (-1)^{k-1} C(m, k) (1 - k x)^{m-1}; its first term where the
alternating sum would cancel.
"""

import numpy as np
from scipy.special import comb

from benchmarks.timing.baselines.binned import counts


def log_p(g, m):
    if m <= 30:
        k = np.arange(1, int(1 / g) + 1)
        p = np.sum((-1.0) ** (k - 1) * comb(m, k) * (1 - k * g).clip(0) ** (m - 1))
        return np.log(np.clip(p, 1e-300, 1))
    return min(np.log(m) + (m - 1) * np.log1p(-min(g, 1 - 1e-12)), 0.0)


def score(times):
    series, _ = counts(times)
    power = np.abs(np.fft.rfft(series - series.mean()))[1:-1] ** 2
    total = power.sum()
    return -log_p(power.max() / total, power.size) if total > 0 else 0.0
