"""Like Elastic's Network Beaconing package 1.3.3 (elastic/integrations, packages/beaconing),
without byte counts: 360 buckets; low variation of counts where most buckets are filled, or the
autocovariance averaged over multiples of a period.
"""

import numpy as np

from benchmarks.timing.baselines.binned import autocorrelation

BUCKETS = 360


def score(times):
    recent = times[times >= times[-1] - 21_600]
    bars = np.histogram(recent, BUCKETS, (times[-1] - 21_600, times[-1] + 1e-6))[0].astype(float)
    filled = np.flatnonzero(bars)
    if filled.size < 7 or np.ptp(filled) < 12:
        return 0.0
    bars = bars[filled[0] :]
    steady = 1 - bars.std() / bars.mean() if (bars > 0).mean() > 0.5 else 0.0
    acf = autocorrelation(bars)
    periods = range(2, max(3, bars.size // 6))
    comb = [acf[period : period * 6 + 1 : period].mean() for period in periods]
    return float(max(steady, max(comb, default=0.0)))
