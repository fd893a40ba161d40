"""Learns the weights: logistic regression with signs, bounds, and a pull towards what was known.

Minimises log-loss + pull * sum (w - prior)^2 / 2 with every weight between its limits: a maximum
a posteriori estimate under a normal prior that is cut off at the limits. Strengths are centred on
`ordinary`, so that a term that is not observable counts as average.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]


class Limits(NamedTuple):
    """What the weights may be.

    Attributes:
        prior: (K,) where they are pulled to.
        low, high: (K,) the least and the most.
        pull: (K,) inverse variances of the prior, in rows of full information.
    """

    prior: Floats
    low: Floats
    high: Floats
    pull: Floats


def centred(strengths: Floats, ordinary: Floats) -> Floats:
    """Strengths (n, K) less their ordinary values (K,); what is not observable (nan) is 0."""
    return np.nan_to_num(strengths - ordinary, nan=0.0)


def fit(
    x: Floats,
    poller: NDArray[np.bool_],
    limits: Limits,
    importance: Floats | None = None,
    intercept: float | None = None,
) -> tuple[Floats, float]:
    """Fit weights.

    Args:
        x: (n, K) centred strengths.
        poller: (n,) the truth.
        limits: what the weights may be.
        importance: (n,) what each row counts; 1 where None.
        intercept: log-odds of an average row; fitted where None.

    Returns:
        Weights (K,), and the intercept.
    """
    y = np.asarray(poller, float)
    rows = np.ones(y.size) if importance is None else importance

    def loss(theta: Floats) -> tuple[float, Floats]:
        w, b = theta[:-1], theta[-1]
        z = x @ w + b
        error = rows * (expit(z) - y)
        away = w - limits.prior
        # log(1 + e^z) - y z, without overflow
        value = rows @ (np.logaddexp(0.0, z) - y * z) + limits.pull @ away**2 / 2
        return float(value), np.append(x.T @ error + limits.pull * away, error.sum())

    free = (-20.0, 20.0) if intercept is None else (intercept, intercept)
    start = np.append(
        np.clip(limits.prior, limits.low, limits.high), -4.0 if intercept is None else intercept
    )
    found = minimize(
        loss,
        start,
        jac=True,
        bounds=[*zip(limits.low, limits.high, strict=True), free],
        method="L-BFGS-B",
        options={"maxiter": 300},
    )
    return found.x[:-1], float(found.x[-1])
