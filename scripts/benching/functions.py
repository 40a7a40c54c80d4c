"""Batch norm as people write it: one forward, and backwards of which most are subtly wrong.

Each is read by `symbn code` from this file, and run by the numeric checks with NumPy arrays and torch tensors. Shapes: x, dout
and dx: (m, d); gamma, beta, dgamma and dbeta: (d,).
"""

from __future__ import annotations

from typing import Any


def forward(x: Any, gamma: Any, beta: Any, eps: Any) -> tuple[Any, Any]:
    """Return batch norm of x, and what the backwards need."""
    c = x - x.mean(axis=0)
    var = (c**2).mean(axis=0)
    s = (var + eps) ** 0.5
    xhat = c / s
    return gamma * xhat + beta, (xhat, gamma, s, c, var, eps)


def backward_right(dout: Any, cache: Any) -> tuple[Any, Any, Any]:
    """Return the gradients: the closed form."""
    xhat, gamma, s, _c, _var, _eps = cache
    m = dout.shape[0]
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma / (m * s) * (m * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


def backward_sign(dout: Any, cache: Any) -> tuple[Any, Any, Any]:
    """A wrong sign."""
    xhat, gamma, s, _c, _var, _eps = cache
    m = dout.shape[0]
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma / (m * s) * (m * dout - dbeta + xhat * dgamma)
    return dx, dgamma, dbeta


def backward_no_eps(dout: Any, cache: Any) -> tuple[Any, Any, Any]:
    """No eps in the standard deviation outside."""
    xhat, gamma, _s, _c, var, _eps = cache
    m = dout.shape[0]
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma / (m * var**0.5) * (m * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


def backward_eps_outside(dout: Any, cache: Any) -> tuple[Any, Any, Any]:
    """eps outside of the root."""
    xhat, gamma, _s, _c, var, eps = cache
    m = dout.shape[0]
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma / (m * (var**0.5 + eps)) * (m * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


def backward_eps_squared(dout: Any, cache: Any) -> tuple[Any, Any, Any]:
    """eps squared under the root."""
    xhat, gamma, _s, _c, var, eps = cache
    m = dout.shape[0]
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma / (m * (var + eps**2) ** 0.5) * (m * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


def backward_no_eps_in_last(dout: Any, cache: Any) -> tuple[Any, Any, Any]:
    """No eps in the last term."""
    xhat, gamma, s, c, var, _eps = cache
    m = dout.shape[0]
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma / (m * s) * (m * dout - dbeta - c / var * (dout * c).sum(axis=0))
    return dx, dgamma, dbeta


def backward_projection(dout: Any, cache: Any) -> tuple[Any, Any, Any]:
    """The last term as a projection on xhat: divided by its length, which is m only without eps."""
    xhat, gamma, s, _c, _var, _eps = cache
    m = dout.shape[0]
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    dx = gamma / s * (dout - dbeta / m - xhat * dgamma / (xhat**2).sum(axis=0))
    return dx, dgamma, dbeta
