"""Like KQL series_periods_detect (learn.microsoft.com): evenly binned counts, period of at least
4 bins and at most half the series, scored 0 to 1 by the autocorrelation hill it stands on.
"""

from benchmarks.timing.baselines.binned import autocorrelation, counts


def score(times):
    if times.size < 4:
        return 0.0
    series, _ = counts(times, bins=1024)
    acf = autocorrelation(series)[: series.size // 2]
    if acf.size < 6:
        return 0.0
    hill = (acf[1:-1] >= acf[:-2]) & (acf[1:-1] >= acf[2:])
    hill[:3] = False
    return float(acf[1:-1][hill].max(initial=0.0))
