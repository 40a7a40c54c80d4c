"""Backward functions that are wrong, each in one way that people's are; numeric checks pass some of them."""

import numpy as np


def eps_outside_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    m = x.shape[0]
    std = np.sqrt(var) + eps
    xhat = (x - mu) / std
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def eps_dropped_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    std = np.sqrt(var + eps)
    xhat = (x - mu) / std
    dxhat = dout * gamma
    ivar = 1 / np.sqrt(var)
    dx = ivar * (dxhat - dxhat.mean(axis=0) - (x - mu) * ivar**2 * (dxhat * (x - mu)).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def var_in_last_term_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    std = np.sqrt(var + eps)
    g = dout * gamma
    c = x - mu
    dx = (g - g.mean(axis=0) - c / var * (g * c).mean(axis=0)) / std
    return dx, (dout * c / std).sum(axis=0), dout.sum(axis=0)


def m_minus_1_backward(dout, cache):
    xhat, gamma, ivar = cache
    m = dout.shape[0]
    g = dout * gamma
    dx = ivar * (g - g.sum(axis=0) / m - xhat * (g * xhat).sum(axis=0) / (m - 1))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def square_only_backward(dout, cache):
    xhat, gamma, ivar = cache
    N, D = dout.shape
    g = dout * gamma
    dx = ivar * (g - g.sum(axis=0) / D - xhat * (g * xhat).sum(axis=0) / D)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def square_shapes_backward(dout, cache):
    xhat, gamma, ivar = cache
    g = dout * gamma
    N = dout.shape[0]
    dx = ivar * (g - g.mean(axis=0) - xhat * np.dot(np.ones((1, N)), g * xhat) / N)
    dgamma = np.diag(np.dot(dout.T, xhat))
    dbeta = np.dot(dout, np.ones(N))
    return dx, dgamma, dbeta


def gamma_missing_backward(dout, cache):
    xhat, gamma, ivar = cache
    dx = ivar * (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def diagonal_backward(dout, cache):
    xhat, gamma, ivar = cache
    m = dout.shape[0]
    dx = dout * gamma * ivar / m * (m - 1 - xhat**2)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def not_summed_backward(dout, cache):
    xhat, gamma, ivar = cache
    g = dout * gamma
    dx = ivar * (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0))
    return dx, dout * xhat, dout.sum(axis=0)


def exponent_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    m = x.shape[0]
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu), axis=0) * -0.5 * (var + eps) ** -2
    dmu = -np.sum(dxhat, axis=0) / np.sqrt(var + eps)
    dx = dxhat / np.sqrt(var + eps) + dvar * 2 * (x - mu) / m + dmu / m
    return dx, np.sum(dout * (x - mu) / np.sqrt(var + eps), axis=0), np.sum(dout, axis=0)


def factor_in_dvar_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    m = x.shape[0]
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu), axis=0) * -1 * (var + eps) ** -1.5
    dmu = -np.sum(dxhat, axis=0) / np.sqrt(var + eps)
    dx = dxhat / np.sqrt(var + eps) + dvar * 2 * (x - mu) / m + dmu / m
    return dx, np.sum(dout * (x - mu) / np.sqrt(var + eps), axis=0), np.sum(dout, axis=0)


def cancelling_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    m = x.shape[0]
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu), axis=0) * -1 * (var + eps) ** -1.5
    dmu = -np.sum(dxhat, axis=0) / np.sqrt(var + eps)
    dx = dxhat / np.sqrt(var + eps) + dvar * (x - mu) / m + dmu / m
    return dx, np.sum(dout * (x - mu) / np.sqrt(var + eps), axis=0), np.sum(dout, axis=0)


def unused_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    s = np.sqrt(var + eps)
    xhat = (x - mu) / s
    g = dout * gamma
    dvar = np.sum(g * (x - mu), axis=0) * 0.5 * (var + eps) ** -1.5
    dx = (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0)) / s
    return dx, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


def last_sum_missing_backward(dout, cache):
    xhat, gamma, ivar = cache
    m = dout.shape[0]
    dxhat = dout * gamma
    dx = ivar / m * (m * dxhat - np.sum(dxhat, axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def wrong_sign_backward(dout, cache):
    xhat, gamma, ivar = cache
    m = dout.shape[0]
    dxhat = dout * gamma
    dx = ivar / m * (m * dxhat - np.sum(dxhat, axis=0) + xhat * np.sum(dxhat * xhat, axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def factor_m_backward(dout, cache):
    xhat, gamma, ivar = cache
    m = dout.shape[0]
    dxhat = dout * gamma
    dx = ivar * (m * dxhat - np.sum(dxhat, axis=0) - xhat * np.sum(dxhat * xhat, axis=0))
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def unbiased_backward(dout, cache):
    x, gamma, eps = cache
    mu = x.mean(axis=0)
    var = x.var(axis=0, ddof=1)
    xhat = (x - mu) / np.sqrt(var + eps)
    g = dout * gamma
    dx = (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0)) / np.sqrt(var + eps)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def swapped_backward(dout, cache):
    xhat, gamma, ivar = cache
    g = dout * gamma
    dx = ivar * (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0))
    dgamma = dout.sum(axis=0)
    dbeta = (dout * xhat).sum(axis=0)
    return dx, dgamma, dbeta


def mean_for_sum_backward(dout, cache):
    xhat, gamma, ivar = cache
    g = dout * gamma
    dx = ivar * (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0))
    return dx, (dout * xhat).mean(axis=0), dout.mean(axis=0)


def x_for_xhat_backward(dout, cache):
    x, xhat, gamma, ivar = cache
    g = dout * gamma
    dx = ivar * (g - g.mean(axis=0) - xhat * (g * xhat).mean(axis=0))
    return dx, (dout * x).sum(axis=0), dout.sum(axis=0)


def constant_statistics_backward(dout, cache):
    xhat, gamma, ivar = cache
    return dout * gamma * ivar, (dout * xhat).sum(axis=0), dout.sum(axis=0)
