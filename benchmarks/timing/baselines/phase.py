"""Phase tests at human periods: Rayleigh's Z (small-sample p) and the H-test.

H = max_m (Z^2_m - 4 m + 4), m up to 20 in the paper, here 8 (de Jager, Raubenheimer and
Swanepoel 1989, A&A 221:180; P(> H) = exp(-0.4 H)). The span must hold three periods.
"""

import numpy as np

PERIODS = np.array([5, 10, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 21_600.0])
HARMONICS = 8
MOST = 1000


def _powers(times):
    times = times[:MOST] - times[0]
    periods = PERIODS[times[-1] >= PERIODS * 3]
    if times.size < 4 or not periods.size:
        return None
    z = np.exp(2j * np.pi * (times[:, None] / periods % 1))
    powers, wave = [], np.ones_like(z)
    for _ in range(HARMONICS):
        wave = wave * z
        powers.append(2 * np.abs(wave.sum(0)) ** 2 / times.size)
    return np.array(powers)


def rayleigh(times):
    powers = _powers(times)
    return 0.0 if powers is None else float(powers[0].max())


def h_test(times):
    powers = _powers(times)
    if powers is None:
        return 0.0
    m = np.arange(1, HARMONICS + 1)[:, None]
    return float((np.cumsum(powers, 0) - 4 * m + 4).max())
