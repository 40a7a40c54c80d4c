r"""Layer normalisation: batch normalisation with the roles of the axes exchanged, so that one example is a layer of its own.

    mu = (1/m) sum_j x_j      c_i = x_i - mu      var = (1/m) sum_j c_j^2      s = (var + eps)^(1/2)
    xhat_i = c_i / s          y_i = gamma_i xhat_i + beta_i                    L = sum_k g_k y_k  (first order)

Here i runs over the m features of one example, and each has its own scale and shift: x, c, xhat, y, g, gamma, beta: (m,); mu,
var, s, eps > 0: scalars. Examples do not interact; what they share is gamma and beta, whose gradients are the sums of the
examples'.
Source: J. L. Ba, J. R. Kiros, G. E. Hinton, Layer Normalization, 2016.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from symbn.kernel.term import BATCH, Entry, Index, Sum, add, mul
from symbn.layers.batchnorm import batch_norm
from symbn.layers.graph import Graph


@cache
def layer_norm() -> Graph:
    """Return the graph of the layer for one example."""
    i, j = Index("i"), Index("j")
    nodes = dict(batch_norm().nodes)
    for name in ("gamma", "beta"):
        nodes[name] = replace(nodes[name], slots=(BATCH,))
    scaled = add(mul(Entry("gamma", (i,)), Entry("xhat", (i,))), Entry("beta", (i,)))
    nodes["y"] = replace(nodes["y"], definition=scaled)
    nodes["L"] = replace(nodes["L"], definition=Sum(j, mul(Entry("g", (j,)), Entry("y", (j,)))))
    return Graph("layer norm", nodes)
