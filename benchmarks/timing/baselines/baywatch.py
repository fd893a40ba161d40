"""BAYWATCH (Hu et al., DSN 2016, doi 10.1109/DSN.2016.50), its periodicity stage.

Periodogram of the counts; candidates exceed the largest power seen in random permutations; a
candidate is verified on the autocorrelation. Score: the excess of the best verified candidate.
"""

import numpy as np

from benchmarks.timing.baselines.binned import autocorrelation, counts

PERMUTATIONS = 8


def score(times):
    if times.size < 4:
        return 0.0
    series, _ = counts(times)
    rng = np.random.default_rng(series.size)
    power = np.abs(np.fft.rfft(series - series.mean()))[2:-1] ** 2
    shuffled = np.stack([rng.permutation(series) for _ in range(PERMUTATIONS)])
    null = np.abs(np.fft.rfft(shuffled - series.mean(), axis=1))[:, 2:-1] ** 2
    if power.size < 3:
        return 0.0
    threshold = null.max(1).mean()
    frequency = power.argmax()
    lag = series.size / (frequency + 2)
    near = autocorrelation(series)[max(1, int(lag * 0.95)) : int(lag * 1.05) + 2]
    verified = near.max(initial=0.0)
    return float(power[frequency] / max(threshold, 1e-9)) * max(verified, 0.0)
