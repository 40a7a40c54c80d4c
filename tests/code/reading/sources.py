"""Little functions of every operation that is read, and whole backward passes in the styles that people write."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent, indent

from tests.code.reading.values import IMAGES, PLAIN, Layout


@dataclass(frozen=True)
class Source:
    name: str
    text: str
    layout: Layout = PLAIN


def body(name: str, text: str, layout: Layout = PLAIN, before: str = "") -> Source:
    """Return a function f of the layout's arguments with the body given."""
    head = f"def f({', '.join(layout.arguments)}):\n"
    return Source(name, f"import numpy as np\n{dedent(before)}\n{head}{indent(dedent(text).strip(), '    ')}\n", layout)


FUNCTIONS = (
    body("entry by entry", "return (2 * x - g / 3 + 1) * (x - 1) + x ** 2 - -x"),
    body("powers", "return x ** -1.5, x ** 0.5, np.power(x, 3), np.sqrt(x), np.square(g), np.reciprocal(x), x ** -1"),
    body("ufuncs", "return np.add(x, g), np.subtract(x, 1), np.multiply(2., g), np.divide(x, g), np.negative(x), np.true_divide(1, x)"),
    body("broadcast features", "return gamma * x + beta"),
    body("broadcast examples", "return w[:, None] * x + w[:, np.newaxis], w.reshape(-1, 1) - x, np.expand_dims(w, 1) * g"),
    body("outer by broadcasting", "return w[:, None] * gamma, gamma[None, :] + w[:, None], np.outer(w, gamma), w[:, None] - w"),
    body("sums", "return x.sum(axis=0), np.sum(x, 1), x.sum(), np.sum(x, axis=-1, keepdims=True), x.sum(axis=(0, 1), keepdims=True)"),
    body("means", "return x.mean(axis=0), np.mean(x, axis=1), x.mean(0, keepdims=True), x.mean(), np.average(x, axis=0)"),
    body("variances", "return x.var(axis=0), np.var(x, axis=1), x.var(), np.std(x + w[:, None], 0), x.std(axis=1, keepdims=True)"),
    body("variance of examples by hand", "return ((x - x.mean(axis=0)) ** 2).mean(axis=0), np.var(x, 0, ddof=0)"),
    body("a sum of a sum", "return x.sum(axis=0).sum(), (x * x.sum(axis=0)).sum(axis=1), (x * x.sum(axis=1)[:, None]).sum(axis=0)"),
    body("sums inside sums", "return np.sum(x * np.sum(g * np.sum(x, axis=0), axis=0), axis=0), (x.sum(1)[:, None] * g).sum(1)"),
    body("sizes", "N, D = x.shape\nreturn N * x + D, x / N, 1. / N * g, x * N ** -1 + N ** 2, (N * D) * w, x / x.size"),
    body("size arithmetic", "return x.shape[0] + 1, len(x) * w, x * (len(x) - 1), x / (x.size // x.shape[1]), float(len(x)) * x"),
    body("half sizes", "N, D = x.shape\nreturn (N + 1) / 2 * x, x.size / N, -N + g, N / D * x, (1 - N) * x, np.sqrt(N) * x"),
    body("dot", "return np.dot(x.T, g), np.dot(x, g.T), x.dot(gamma), w.dot(x), np.dot(w, w), x @ g.T, x.T @ w"),
    body("dot with ones", "N, D = x.shape\nreturn np.dot(np.ones(N), x), np.ones((1, N)) @ x, np.ones((N, N)) @ x, np.ones((D, D)) @ gamma"),
    body("dot over length one", "return w[:, None] @ gamma[None, :], np.dot(w.reshape(-1, 1), gamma.reshape(1, -1)), w[None] @ w[:, None]"),
    body("gram and its products", "G = x @ x.T\nreturn G, G @ G, G @ x, x.T @ G @ x, G * w, G * w[:, None], G.sum(axis=0)"),
    body("transposed squares", "G = w[:, None] * np.dot(x, g.T)\nreturn G.T, G - G.T, G.T @ G, (G * G.T).sum(axis=1), G.swapaxes(0, 1)"),
    body("inner and trace", "return np.inner(x, g), np.inner(w, w), np.trace(x @ g.T), np.diag(x @ g.T), (x @ g.T).trace()"),
    body("einsum", "return np.einsum('ij,ij->j', x, g), np.einsum('ij,j->i', x, gamma), np.einsum('ij,kj->ik', x, g), np.einsum('ij->ji', x)"),
    body("einsum without an arrow", "return np.einsum('ij,ij', x, g), np.einsum('ij,jk', x, g.T), np.einsum('i,j', w, gamma)"),
    body("unit matrix", "N, D = x.shape\nreturn np.eye(N) @ x, (np.eye(N) - 1. / N) @ x, np.identity(D) * gamma, np.diag(gamma), np.diag(w) @ x"),
    body("centring matrix squared", "N, D = x.shape\nP = np.eye(N) - np.ones((N, N)) / N\nreturn P @ P - P, np.dot(P, x), P.sum(axis=0)"),
    body("new arrays", "N, D = x.shape\nreturn np.zeros((N, D)), np.ones(D), np.full((N, 1), 0.5), np.zeros_like(x), np.ones_like(w) * 2, np.full_like(x, 3)"),
    body("transposes", "return x.T, np.transpose(x), x.T.T - x, x.T * w, np.swapaxes(x, 0, 1), x.transpose(1, 0), np.moveaxis(x, 0, 1)"),
    body("axes of length one", "y = x[:, None]\nreturn y, y[:, 0], y.squeeze(1), np.squeeze(y, axis=1), x[None], x[..., None], x[None, :, None, :]"),
    body("mean of one example", "mu = x.mean(axis=0, keepdims=True)\nreturn mu[0], mu[-1] * 2, mu.T, x - mu, mu.reshape(-1), mu.ravel(), mu.squeeze(0)"),
    body("reshapes", "N, D = x.shape\nreturn w.reshape(N, 1), w.reshape((1, -1)), x.reshape(N, D), x.reshape(x.shape), x.reshape(N, 1, -1), x.reshape(-1, D)"),
    body("tiles", "N, D = x.shape\nreturn np.tile(gamma, (N, 1)), np.tile(w[:, None], (1, D)), np.tile(x.mean(0), (N, 1)) - x, np.repeat(gamma[None], N, axis=0)"),
    body("broadcast to", "return np.broadcast_to(gamma, x.shape) * x, np.broadcast_to(w[:, None], x.shape)"),
    body("in place", "y = x * 2\ny += 1\ny -= g\ny *= gamma\ny /= w[:, None]\ny **= 2\nreturn y, x"),
    body("in place through another name", "y = x\ny += 1\nreturn x, y"),
    body("in place through a view", "y = x.copy()\nt = y.T\nt *= w\nr = y[:, None]\nr += 1\nreturn y, t, r"),
    body("in place of an argument", "def h(a):\n    a *= 2\n    return a.sum()\ns = h(x)\nreturn x + s"),
    body("a view of the input", "t = x.T\nx -= x.mean(axis=0)\nreturn t, x"),
    body("a square changed by its transpose", "G = np.outer(w, w) * w\nG += G.T\nH = G.T\nH -= w\nreturn G, H"),
    body("whole assignments", "y = np.zeros_like(x)\ny[:] = gamma\nz = np.empty_like(x)\nz[...] = g\nz[:, :] = z + y\nz[:] *= 2\nreturn y, z"),
    body("fill and assign one", "y = np.zeros_like(x)\ny.fill(2.5)\ny[:, None] = y[:, None] + 1\nreturn y"),
    body("copies", "y = np.array(x)\nz = x.copy()\nu = np.copy(x)\nv = x.astype(float)\ny += 1\nz += 2\nu += 3\nv += 4\nreturn x, y, z, u, v"),
    body("a reshape that is not changed", "t = x.T.reshape(x.shape[1], -1)\nreturn t * 2, x"),
    body("rebinding after a reshape", "y = (x * 2).reshape(x.shape)\ny += 1\nreturn y"),
    body("tuples and stars", "a, (b, *rest) = x, (g, w, gamma)\na, b = b, a\nreturn a, b, rest[0], len(rest)"),
    body("dicts", "d = {'x': x, 'k': 2}\nd['y'] = d['x'] * d.get('k', 1)\ne = d.pop('k')\nd['x'] += 1\nreturn d['y'] * e, d.setdefault('z', g), d, x"),
    body("lists", "l = [x, g]\nl.append(w)\nl += [gamma]\nreturn l[-1], l[0] + l[1], l[1:3], [2 * a for a in l]"),
    body("loops over containers", "y = 0\nfor k, a in enumerate((x, g)):\n    y = y + (k + 1) * a\nfor a, b in zip([x], [g]):\n    y += a * b\nreturn y"),
    body("ranges and breaks", "y = x\nfor k in range(5):\n    if k == 3:\n        break\n    if k % 2:\n        continue\n    y = y + k * g\nelse:\n    y = 0\nreturn y"),
    body("sum of generators", "return sum(k * x for k in range(3)), sum([x, g]), {k: a for k, a in [('a', x)]}['a'], max(1, 2) * x"),
    body("late binding", "k = 1\nh = lambda a: a * k\nk = 3\nls = [lambda: j * x for j in range(3)]\nreturn h(x), ls[0]()"),
    body("generators are used up", "z = (a for a in (x, g))\nfor a in z:\n    break\ns = sum(z)\nreturn s, len(list(z))"),
    body("ifs that are known", "y = x if x.ndim == 2 else w\nif eps is None:\n    y = g\nelif len(x.shape) != 2 or not True:\n    y = w\nreturn y"),
    body("tests of sizes that hold for all", "assert x.shape == g.shape\nassert x.shape[0] == len(w) and x.shape[0] >= 1\nreturn x if x.size > 0 else g"),
    body("modes", "return h(x, mode='train', scale=2), h(g, 'test'), h(w, *('train',), **{'scale': 3})", before="""
        def h(a, mode, *, scale=1, **more):
            if mode == 'train':
                return a * scale
            elif mode == 'test':
                return -a
            else:
                raise ValueError('Invalid mode')
        """),
    body("helpers and constants", "return norm(x) * TWO + centred(x, 0)", before="""
        from math import sqrt as root
        from numpy import sum as total
        TWO = 2
        def centred(a, axis=0):
            return a - a.mean(axis)
        def norm(a):
            return centred(a) / root(9) + total(a, axis=0)
        """),
    body("defaults are kept", "return h(1)[0] * x + len(h(2)) * g, h.__name__ if False else 1", before="""
        def h(a, seen=[]):
            seen.append(a)
            return seen
        """),
    body("texts", "s = f'shape {x.shape}'\nprint(s, f'{3:.2f}', end='')\n'a doc string'\nm = 'Train'.lower()\nreturn (x, m) if m == 'train' else g"),
    body("recursion", "def h(k):\n    return x if k == 0 else h(k - 1) * 2\nreturn h(3)"),
    body("numbers", "return 7 // 2 * x, 7 % 4, 2 ** -1, 2 ** 0.5 * x, 1 / 3, -7 // 2, True + 1, abs(-2.5), 0.1 + 0.2, int(3), 4 ** 0.5"),
    body("float types", "return x * np.float64(2), x.astype(np.float64) + np.zeros(x.shape, dtype=np.float64), np.ones_like(x, dtype=float), np.sum(x, dtype=np.float64)"),
    body("product of a shape", "M = np.prod(x.shape)\nreturn x / M, x.reshape(x.shape[0], np.prod(x.shape[1:])), M * w"),
    body("variance with one degree less", "return x.var(axis=0, ddof=1) * (len(x) - 1) if False else x"),
    # Images: the examples are the positions (n, h, w).
    body("image sums", "return x.sum(axis=(0, 2, 3)), x.mean((0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3)), x.sum()", IMAGES),
    body("image layouts", """
        N, C, H, W = x.shape
        t = x.transpose(0, 2, 3, 1).reshape(-1, C)
        mu = t.mean(axis=0)
        back = (t - mu).reshape(N, H, W, C).transpose(0, 3, 1, 2)
        rows = x.transpose(1, 0, 2, 3).reshape(C, N * H * W)
        other = x.transpose(2, 3, 0, 1).reshape(H * W * N, C)
        return t, mu, back, rows, rows @ rows.T, other, other.reshape(H, W, N, C), other.sum(axis=0), x - mu[None, :, None, None]
        """, IMAGES),
    body("image broadcasts", """
        M = x.shape[0] * x.shape[2] * x.shape[3]
        y = gamma.reshape(1, -1, 1, 1) * x + beta[:, None, None] + x.sum(axis=(0, 2, 3)).reshape((1, x.shape[1], 1, 1)) / M
        return y, np.einsum('nchw,nchw->c', x, g), np.ones((x.shape[0], 1, 1, 1)) * x, np.ones((M, 1)) @ gamma[None], x / M
        """, IMAGES),
    body("half flattened images", "N, C, H, W = x.shape\ny = x.reshape(N, C, H * W)\nreturn y, y.sum(axis=(0, 2)), y.reshape(N, C, H, W) - x", IMAGES),
    body("images in place", "y = x.transpose(0, 2, 3, 1) * 1\ny -= gamma\nt = y.transpose(0, 3, 1, 2)\nt *= 2\nreturn y, t", IMAGES),
)  # fmt: skip

CHOSEN_ONLY = (
    body("loop over examples", "y = np.zeros_like(x)\nfor i in range(x.shape[0]):\n    y[i] = x[i] - x.mean(axis=0)\nreturn y"),
    body("entries", "y = x.copy()\ny[0, 0] = 3\ny[-1] += 1\ny[:, 0] *= gamma[0]\nreturn y, x[0], x[0, 0], x[:, :1]"),
    body("branches on sizes", "N, D = x.shape\nif N == 1:\n    return x * 0\nreturn x if N > D else g"),
    body("mixing reshape", "N, D = x.shape\nreturn x.reshape(D, N), x.ravel(), x.T.reshape(-1), x.flatten().sum()"),
    body("stacks", "return np.concatenate([x, g], axis=0), np.stack([w, w]), np.vstack((gamma, beta)), np.array([gamma, beta])"),
    body("whole numbers", "N, D = x.shape\na = np.arange(N)\nreturn a * w, x[np.arange(N), 0], np.full((N, D), 2) * x, a / 2 + w"),
    body("views at chosen sizes", "y = x.copy()\nt = y.reshape(-1)\nt += 1\ny[0][...] = 2\nreturn y, t"),
    body("unpacking arrays", "rows = [r * 2 for r in x]\nfirst, *rest = x\nreturn rows, first, np.squeeze(x[:1])"),
    body("jacobian by loops", "N = len(w)\nJ = np.zeros((N, N))\nfor i in range(N):\n    for j in range(N):\n        J[i, j] = (i == j) - 1 / N\nreturn J @ x"),
)  # fmt: skip
