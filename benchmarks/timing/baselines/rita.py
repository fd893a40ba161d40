"""RITA v5 beacon score (activecm/rita, a3c5150) without data sizes.

score = mean of ts, dur and hist; the fourth weight, sizes, is spread since an export of
connections has none. Whole seconds, last 24 h, at least four distinct ones.
"""

import numpy as np


def _quartiles(values):
    half = values.size // 2
    return np.median(values[:half]), np.median(values), np.median(values[-half:])


def _ts(stamps):
    gaps = np.diff(stamps)
    gaps = np.sort(gaps[gaps > 0])
    if gaps.size < 3:
        return 0.0
    q1, q2, q3 = _quartiles(gaps)
    flat = q3 - q1 < 10 or q2 in (q1, q3)
    skew = 0.0 if flat else (q1 + q3 - 2 * q2) / (q3 - q1)
    mad = np.median(np.abs(gaps - q2))
    spread = max(0.0, 1 - mad / q2) if q2 >= 1 else 1.0
    return round(((1 - abs(skew)) + spread) / 2, 3)


def _hist(bars):
    cv = bars.std() / bars.mean()
    even = 0.0 if cv > 1 else round(1 - cv, 3)
    filled = bars[bars > 0]
    if filled.size < 11:
        return even
    width = np.ceil(bars.max() * 0.05)
    _, groups = np.unique(np.floor(filled / width), return_counts=True)
    return max(even, min(1.0, round(np.sort(groups)[-2:].sum() / (filled.size - 1), 3)))


def _dur(bars, stamps, low, high):
    filled = bars > 0
    if filled.sum() < 6:
        return 0.0
    coverage = min(1.0, (stamps[-1] - stamps[0]) / (high - low))
    run = longest = 0
    for bar in np.concatenate((filled, filled)):
        run = run + 1 if bar else 0
        longest = max(longest, run)
    return max(coverage, min(1.0, min(longest, 24) / 12))


def score(times):
    stamps = np.floor(times[times >= times[-1] - 86_400])
    if np.unique(stamps).size < 4:
        return 0.0
    low, high = stamps[0], max(stamps[-1], stamps[0] + 24)
    if times[-1] - times[0] < 86_400:  # the data set is a day, whatever this pair's span
        low = high - 86_400
    bars = np.histogram(stamps, 24, (low, high))[0]
    return (_ts(stamps) + _dur(bars, stamps, low, high) + _hist(bars)) / 3
