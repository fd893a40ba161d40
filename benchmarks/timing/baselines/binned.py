"""Evenly spaced counts, which all spectral detectors start from."""

import numpy as np

BINS = 2048


def counts(times, bins=BINS, shortest=1.0):
    """(counts, seconds a bin): one-second bins, or coarser ones where there would be too many."""
    span = times[-1] - times[0] + 1e-9
    number = int(np.clip(np.ceil(span / shortest), 8, bins))
    return np.histogram(times, number, (times[0], times[-1] + 1e-6))[0].astype(float), span / number


def autocorrelation(series):
    centred = series - series.mean()
    power = np.abs(np.fft.rfft(centred, 2 * series.size)) ** 2
    raw = np.fft.irfft(power)[: series.size]
    return raw / raw[0] if raw[0] > 0 else raw
