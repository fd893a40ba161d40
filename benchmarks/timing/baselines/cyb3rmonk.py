"""Cyb3rMonk's beacon query for Microsoft Defender (Cyb3r-Monk/Threat-Hunting-and-Detection,
ba88a25): more than 15 events, at most 3 outlying gaps, standard deviation below half the mean.
"""

import numpy as np


def score(times):
    gaps = np.diff(times)
    if times.size <= 15 or gaps.mean() <= 0:
        return -9.0
    q1, q3 = np.quantile(gaps, (0.1, 0.9))  # series_outliers: Tukey fences on these quantiles
    outliers = (gaps > q3 + 2 * (q3 - q1)) | (gaps < q1 - 2 * (q3 - q1))
    return -gaps.std() / gaps.mean() - (5.0 if outliers.sum() > 3 else 0.0)
