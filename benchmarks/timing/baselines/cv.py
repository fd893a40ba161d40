"""Coefficient of variation of the gaps: plain, and calibrated by n against a Poisson process.

For n gaps the shares of the span are uniform on the simplex (Dirichlet, Rao and Sobel 1980):
tabulated by simulation, and past its reach by the volume of the ball of that CV.
"""

from functools import lru_cache

import numpy as np
from scipy.special import gammaln

SIZES = np.array([2, 3, 4, 5, 6, 8, 11, 16, 25, 40, 70, 130, 300, 1000, 3000])
DRAWS = 2000


@lru_cache(maxsize=1)
def _table():
    rng = np.random.default_rng(0)
    rows = []
    for n in SIZES:
        gaps = rng.exponential(1, (DRAWS, n))
        rows.append(np.sort(gaps.std(1) / gaps.mean(1)))
    return rows


def plain(times):
    """Minus the coefficient of variation, whatever n."""
    gaps = np.diff(times)
    return -gaps.std() / gaps.mean() if gaps.size > 1 and gaps.mean() > 0 else -9.0


def score(times):
    """-ln p of a CV as low as this among Poisson series of as many gaps."""
    gaps = np.diff(times)
    n = gaps.size
    if n < 2 or gaps.mean() <= 0:
        return -1.0
    cv = max(gaps.std() / gaps.mean(), 1e-5)
    null = _table()[np.abs(np.log(SIZES / n)).argmin()]
    rank = np.searchsorted(null, cv)
    ball = (n - 1) / 2 * np.log(np.pi) - gammaln((n + 1) / 2) + (n - 1) * np.log(cv / np.sqrt(n))
    volume = ball + gammaln(n) - 0.5 * np.log(n)
    if rank < 20:
        return -min(volume, np.log((rank + 1) / (DRAWS + 1)))
    return -np.log((rank + 1) / (DRAWS + 2))
