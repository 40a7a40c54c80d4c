"""Backward functions that are right, in the styles in which people write them."""

import numpy as np


def staged_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    N, D = x.shape
    mu = 1.0 / N * np.sum(x, axis=0)
    xmu = x - mu
    sq = xmu**2
    var = 1.0 / N * np.sum(sq, axis=0)
    sqrtvar = np.sqrt(var + eps)
    ivar = 1.0 / sqrtvar
    xhat = xmu * ivar
    gammax = gamma * xhat
    out = gammax + beta
    cache = (xhat, gamma, xmu, ivar, sqrtvar, var, eps)
    return out, cache


def staged_backward(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgammax = dout
    dgamma = np.sum(dgammax * xhat, axis=0)
    dxhat = dgammax * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat * ivar
    dsqrtvar = -1.0 / (sqrtvar**2) * divar
    dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
    dsq = 1.0 / N * np.ones((N, D)) * dvar
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
    dx2 = 1.0 / N * np.ones((N, D)) * dmu
    dx = dx1 + dx2
    return dx, dgamma, dbeta


def staged_backward_alt(dout, cache):
    xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
    m = dout.shape[0]
    dgamma = (dout * xhat).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dxhat = dout * gamma
    dx = ivar / m * (m * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0))
    return dx, dgamma, dbeta


def one_liner_backward(dout, cache):
    x_norm, gamma, istd = cache
    return (
        gamma * istd * (dout - dout.mean(axis=0) - x_norm * (dout * x_norm).mean(axis=0)),
        np.sum(dout * x_norm, axis=0),
        np.sum(dout, axis=0),
    )


def moments_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=0)
    var = (x**2).mean(axis=0) - mean**2
    inv = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv
    return gamma * xhat + beta, {"x": x, "mean": mean, "inv": inv, "gamma": gamma}


def moments_backward(dy, cache):
    x, mean, inv, gamma = cache["x"], cache["mean"], cache["inv"], cache["gamma"]
    n = x.shape[0]
    g = dy * gamma
    dx = inv * (g - g.mean(0) - (x - mean) * inv**2 * ((x - mean) * g).mean(0))
    return {"dx": dx, "dgamma": (dy * (x - mean) * inv).sum(0), "dbeta": dy.sum(axis=0) * n / n}


def paper_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    m = x.shape[0]
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (x - mu) * (-0.5) * (var + eps) ** (-1.5), axis=0)
    dmu = np.sum(dxhat * -1 / np.sqrt(var + eps), axis=0) + dvar * np.mean(-2 * (x - mu), axis=0)
    dx = dxhat / np.sqrt(var + eps) + dvar * 2 * (x - mu) / m + dmu / m
    dgamma = np.sum(dout * (x - mu) / np.sqrt(var + eps), axis=0)
    return dx, dgamma, np.sum(dout, axis=0)


def matrix_backward(dout, cache):
    xhat, gamma, std = cache
    N = dout.shape[0]
    ones = np.ones((1, N))
    dbeta = ones.dot(dout)[0]
    dgamma = np.dot(np.ones(N), dout * xhat)
    center = np.eye(N) - np.ones((N, N)) / N
    dxhat = dout * gamma
    dx = (center @ dxhat - xhat * np.mean(dxhat * xhat, axis=0, keepdims=True)) / std
    return dx, dgamma, dbeta


def in_place_backward(dout, cache):
    xhat, gamma, rstd = cache
    N, _ = dout.shape
    dx = dout * gamma
    projected = (dx * xhat).sum(axis=0) / N
    dx -= dx.mean(axis=0)
    dx -= xhat * projected
    dx *= rstd
    dgamma = np.zeros_like(gamma)
    dgamma += np.einsum("ij,ij->j", dout, xhat)
    return dx, dgamma, dout.sum(0)


def loop_backward(dout, cache):
    xhat, gamma, ivar = cache
    N, D = dout.shape
    dx = np.zeros((N, D))
    dgamma = np.zeros(D)
    dbeta = np.zeros(D)
    for d in range(D):
        dgamma[d] = dout[:, d] @ xhat[:, d]
        dbeta[d] = dout[:, d].sum()
        jacobian = (N * np.eye(N) - 1 - np.outer(xhat[:, d], xhat[:, d])) * ivar[d] / N
        dx[:, d] = jacobian.T @ (dout[:, d] * gamma[d])
    return dx, dgamma, dbeta


def rows_backward(dout, cache):
    x_hat, gamma, inv_std = cache
    D, N = dout.shape
    dbeta = np.sum(dout, axis=1, keepdims=True)
    dgamma = np.sum(dout * x_hat, axis=1, keepdims=True)
    dx_hat = dout * gamma
    total = np.sum(dx_hat, axis=1, keepdims=True)
    dx = inv_std / N * (N * dx_hat - total - x_hat * np.sum(dx_hat * x_hat, axis=1, keepdims=True))
    return dx, dgamma, dbeta


def vector_backward(dout, x, gamma, eps):
    m = len(x)
    mu = x.sum() / m
    var = np.var(x)
    xhat = (x - mu) / np.sqrt(var + eps)
    dx = gamma / np.sqrt(var + eps) * (dout - dout.sum() / m - xhat * np.dot(dout, xhat) / m)
    return dx, np.dot(dout, xhat), np.sum(dout)


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    x_T = x.T
    mu = np.mean(x_T, axis=0)
    var = np.var(x_T, axis=0)
    std = np.sqrt(var + eps)
    x_norm = ((x_T - mu) / std).T
    out = gamma * x_norm + beta
    return out, (x_norm, gamma, std)


def layernorm_backward(dout, cache):
    x_norm, gamma, std = cache
    dgamma = np.sum(dout * x_norm, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_norm = (dout * gamma).T
    xn = x_norm.T
    D = xn.shape[0]
    dx = (D * dx_norm - np.sum(dx_norm, axis=0) - xn * np.sum(dx_norm * xn, axis=0)) / (D * std)
    return dx.T, dgamma, dbeta


def layernorm_backward_keepdims(dout, cache):
    x_norm, gamma, std = cache
    std = std[:, None]
    g = dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True) - x_norm * (g * x_norm).mean(axis=-1, keepdims=True)) / std
    return dx, (dout * x_norm).sum(axis=0), dout.sum(axis=0)


def core_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if bn_param["mode"] == "train":
        sample_mean = x.mean(axis=0)
        sample_var = x.var(axis=0)
        inv_std = 1.0 / np.sqrt(sample_var + eps)
        x_norm = (x - sample_mean) * inv_std
        out = gamma * x_norm + beta
        cache = (x_norm, gamma, inv_std)
        running_mean = momentum * running_mean + (1 - momentum) * sample_mean
        running_var = momentum * running_var + (1 - momentum) * sample_var
    elif bn_param["mode"] == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
    else:
        raise ValueError("Invalid forward batchnorm mode")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache


def core_backward(dout, cache):
    x_norm, gamma, inv_std = cache
    N = dout.shape[0]
    dx_norm = dout * gamma
    dx = inv_std * (dx_norm - np.mean(dx_norm, axis=0) - x_norm * np.mean(dx_norm * x_norm, axis=0))
    dgamma = np.sum(dout * x_norm, axis=0)
    dbeta = np.sum(dout, axis=0)
    return dx, dgamma, dbeta


def spatial_core_forward(x, gamma, beta, bn_param):
    N, C, H, W = x.shape
    flat = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, cache = core_forward(flat, gamma, beta, bn_param)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), cache


def spatial_core_backward(dout, cache):
    N, C, H, W = dout.shape
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, C)
    dx, dgamma, dbeta = core_backward(flat, cache)
    dx = dx.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return dx, dgamma, dbeta


def channels_last_backward(grad_output, saved):
    x_hat, weight, rstd = saved
    n, h, w, c = grad_output.shape
    count = n * h * w
    grad_weight = np.sum(grad_output * x_hat, axis=(0, 1, 2))
    grad_bias = np.sum(grad_output, axis=(0, 1, 2))
    grad_input = weight * rstd * (grad_output - grad_bias / count - x_hat * grad_weight / count)
    return grad_input, grad_weight, grad_bias


def fixed_eps_backward(dout, cache):
    x, gamma = cache
    mean = np.mean(x, axis=0)
    var = np.var(x, axis=0)
    ivar = 1.0 / np.sqrt(var + 1e-5)
    xhat = (x - mean) * ivar
    g = gamma * dout
    dx = ivar * (g - np.mean(g, axis=0) - xhat * np.mean(g * xhat, axis=0))
    return dx, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


def from_unbiased_backward(dout, cache):
    x, gamma, eps = cache
    N = x.shape[0]
    var = x.var(axis=0, ddof=1) * (N - 1) / N
    c = x - x.mean(axis=0)
    ivar = (var + eps) ** -0.5
    g = dout * gamma
    dx = ivar * (g - g.mean(axis=0)) - c * ivar**3 * (g * c).mean(axis=0)
    return dx, np.sum(dout * c * ivar, axis=0), np.sum(dout, axis=0)


def by_var_backward(dout, cache):
    x, mu, var, gamma, eps = cache
    g = dout * gamma
    corrected = var / (var + eps)
    c = x - mu
    dx = (g - g.mean(axis=0) - corrected * c / var * (g * c).mean(axis=0)) / np.sqrt(var + eps)
    return dx, (dout * c).sum(axis=0) / np.sqrt(var + eps), dout.sum(axis=0)
