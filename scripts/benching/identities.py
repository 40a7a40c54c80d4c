r"""What is asked: identities of batch norm as LaTeX, for symbn, and written out at a size, for the algebra systems.

The letters written out are x_1.., g_1.. (the upstream gradient), w (gamma) and eps; u, v, h_j are the mean, the variance
and the normalised inputs. With features a second number follows: x1_2 is the first example of the second feature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from scripts.benching.formula import Formula, Identity, Letter, Slope, formula, total

HALF = Fraction(1, 2)
CLOSED = r"\frac{\partial L}{\partial x_1} = \frac{\gamma}{m s}\left(m g_1 - \sum_j g_j - \hat x_1 \sum_j g_j \hat x_j\right)"
JACOBIAN = r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{m s}\left(m \delta_{ik} - 1 - \hat x_i \hat x_k\right)"


@dataclass(frozen=True, slots=True)
class Layer:
    """Batch norm at one size, on one feature. names: the parts in order of definition."""

    size: int
    feature: str = ""

    def at(self, letter: str, j: int) -> Letter:
        return Letter(f"{letter}{j}{self.feature}")

    def all(self, letter: str) -> list[Formula]:
        return [self.at(letter, j) for j in range(1, self.size + 1)]

    def part(self, letter: str) -> Letter:
        return Letter(f"{letter}{self.feature}")

    @property
    def names(self) -> tuple[tuple[str, Formula], ...]:
        u, v, s, m = self.part("u"), self.part("v"), self.part("s"), self.size
        centred = [x - u for x in self.all("x")]
        return (
            (u.name, total(self.all("x")) / m),
            (v.name, total([c**2 for c in centred]) / m),
            (s.name, (v + Letter("eps")) ** HALF),
            *((self.at("h", j).name, c / s) for j, c in enumerate(centred, 1)),
            (self.part("L").name, total([g * self.part("w") * h for g, h in zip(self.all("g"), self.all("h"), strict=True)])),
        )

    def closed(self, i: int, sign: int = -1) -> Formula:
        """Return the closed form of dL/dx_i; with the other sign before its last term it is wrong."""
        dots = total([g * h for g, h in zip(self.all("g"), self.all("h"), strict=True)])
        inside = self.at("g", i) * self.size - total(self.all("g")) + self.at("h", i) * dots * sign
        return self.part("w") / (self.part("s") * self.size) * inside

    def slope(self, i: int) -> Formula:
        return Slope(self.part("L"), self.at("x", i))


Builder = Callable[[int], Identity]


@dataclass(frozen=True, slots=True)
class Asked:
    """An identity. true: for every m >= 1, or false for some; the sizes asked of others have the same truth.

    latex: for symbn. written: for the others, None where it has no meaning for them. size: at which they are asked.
    """

    key: str
    about: str
    true: bool
    latex: str
    written: Builder | None
    size: int = 3


def _closed(sign: int) -> Builder:
    def build(m: int) -> Identity:
        layer = Layer(m)
        return Identity(layer.names, ((layer.slope(1), layer.closed(1, sign)),))

    return build


def _jacobian(sign: int) -> Builder:
    def build(m: int) -> Identity:
        layer = Layer(m)
        entries = []
        for i in range(1, m + 1):
            for k in range(1, m + 1):
                bracket = formula(m * (i == k) + sign) - layer.at("h", i) * layer.at("h", k)
                entries.append((Slope(layer.at("h", i), layer.at("x", k)), bracket / (layer.part("s") * m)))
        return Identity(layer.names, tuple(entries))

    return build


SIZED = (
    Asked("closed", "closed form of dL/dx_1", True, CLOSED, _closed(-1)),
    Asked("closed-wrong", "the same with a wrong sign", False, CLOSED.replace(r"- \hat x_1", r"+ \hat x_1"), _closed(1)),
    Asked("jacobian", "all m x m entries of the Jacobian of xhat", True, JACOBIAN, _jacobian(-1)),
    Asked("jacobian-wrong", "the same with a wrong sign", False, JACOBIAN.replace("- 1", "+ 1"), _jacobian(1)),
)

# Asked for every m only: what is left of the layer's derivatives if a sum is differentiated as if it had no index.
SUMS = (
    Asked("mean-slope", "d mu/dx_k = 1/m", True, r"\frac{\partial \mu}{\partial x_k} = \frac{1}{m}", None),
    Asked("mean-slope-wrong", "d mu/dx_k = 0", False, r"\frac{\partial \mu}{\partial x_k} = 0", None),
)


def _one(make: Callable[[Layer], tuple[Formula, Formula]]) -> Builder:
    def build(m: int) -> Identity:
        layer = Layer(m)
        return Identity(layer.names, (make(layer),))

    return build


def _two_features(sign: int) -> Builder:
    def build(m: int) -> Identity:
        layers = [Layer(m, "_1"), Layer(m, "_2")]
        names = tuple(name for layer in layers for name in layer.names)
        loss = ("L", total([layer.part("L") for layer in layers]))
        equations = [(Slope(Letter("L"), layer.at("x", i)), layer.closed(i, sign)) for layer in layers for i in range(1, m + 1)]
        return Identity((*names, loss), tuple(equations))

    return build


def _mean_of(layer: Layer, power: int) -> Formula:
    return total([h**power for h in layer.all("h")]) / layer.size


def _centred(layer: Layer, power: int) -> Formula:
    return total([(x - layer.part("u")) ** power for x in layer.all("x")])


def _weighted(layer: Layer) -> Formula:
    return total([layer.at("h", i) * layer.slope(i) for i in range(1, layer.size + 1)])


def _dots(layer: Layer) -> Formula:
    return total([g * h for g, h in zip(layer.all("g"), layer.all("h"), strict=True)])


def _spread(layer: Layer) -> Formula:
    return total([x**2 for x in layer.all("x")]) / layer.size - layer.part("u") ** 2


_TWO = (
    r"\frac{\partial L}{\partial x_{ic}} = \frac{\gamma_c}{m \sqrt{\sigma_c^2+\epsilon}}"
    r"\left(m g_{ic} - \sum_j g_{jc} - \hat x_{ic} \sum_j g_{jc} \hat x_{jc}\right)"
)

HARD = (
    Asked("mean-of-squares", "mean xhat^2 = var/(var + eps)", True,
          r"\frac{1}{m}\sum_i \hat x_i^2 = \frac{\sigma^2}{\sigma^2+\epsilon}",
          _one(lambda n: (_mean_of(n, 2), n.part("v") / (n.part("v") + Letter("eps"))))),
    Asked("features", "dL/dx_ic with gamma_c, shape (m, n)", True, _TWO, _two_features(-1)),
    Asked("weighted", "sum xhat_i dL/dx_i = gamma eps/(var + eps)^(3/2) sum g_j xhat_j", True,
          r"\sum_i \hat x_i \frac{\partial L}{\partial x_i} ="
          r" \frac{\gamma\epsilon}{(\sigma^2+\epsilon)^{3/2}} \sum_j g_j \hat x_j",
          _one(lambda n: (_weighted(n), n.part("w") * Letter("eps") / (n.part("v") + Letter("eps")) ** (3 * HALF) * _dots(n)))),
    Asked("spelling", "var = mean x^2 - mean^2", True, r"\sigma^2 = \frac{1}{m}\sum_j x_j^2 - \mu^2",
          _one(lambda n: (n.part("v"), _spread(n)))),
    Asked("constant", "sum dL/dx_i = 0", True, r"\sum_i \frac{\partial L}{\partial x_i} = 0",
          _one(lambda n: (total([n.slope(i) for i in range(1, n.size + 1)]), formula(0)))),
    Asked("fourth-root", "(sqrt(var + eps))^(-3/2) = (var + eps)^(-3/4)", True,
          r"(\sqrt{\sigma^2+\epsilon})^{-3/2} = (\sigma^2+\epsilon)^{-3/4}",
          _one(lambda n: (n.part("s") ** (-3 * HALF), (n.part("v") + Letter("eps")) ** Fraction(-3, 4)))),
    Asked("absolute", "sqrt(a^2)^2 = a^2", True, r"(\sqrt{\gamma^2})^2 = \gamma^2",
          _one(lambda n: (((n.part("w") ** 2) ** HALF) ** 2, n.part("w") ** 2))),
    Asked("telescope", "sum (x_i^2 - 1)/(x_i - 1) = sum x_i + m", True, r"\sum_i \frac{x_i^2-1}{x_i-1} = \sum_i x_i + m",
          _one(lambda n: (total([(x**2 - 1) / (x - 1) for x in n.all("x")]), total(n.all("x")) + n.size))),
    Asked("second", "d^2 xhat_1/dx_1^2 by the quotient rule", True,
          r"\frac{\partial}{\partial x_1}\left(\frac{\partial \hat x_1}{\partial x_1}\right)"
          r" = \frac{1}{m s^2}\left(-3\hat x_1 (1 - \frac{1}{m}) + \frac{3}{m} \hat x_1^3\right)",
          _one(lambda n: (
              Slope(Slope(n.at("h", 1), n.at("x", 1)), n.at("x", 1)),
              (n.at("h", 1) * Fraction(3 - 3 * n.size, n.size) + n.at("h", 1) ** 3 * Fraction(3, n.size))
              / (n.part("s") ** 2 * n.size)))),
    Asked("root", "sqrt(a^2) = a", False, r"\sqrt{\gamma^2} = \gamma",
          _one(lambda n: ((n.part("w") ** 2) ** HALF, n.part("w")))),
    Asked("no-eps", "mean xhat^2 = 1", False, r"\frac{1}{m}\sum_i \hat x_i^2 = 1",
          _one(lambda n: (_mean_of(n, 2), formula(1)))),
    Asked("skew", "sum c_i^3 = 0 (true for m <= 2)", False, r"\sum_i (x_i-\mu)^3 = 0",
          _one(lambda n: (_centred(n, 3), formula(0)))),
    Asked("quartic", "sum c_i^4 = (sum c_i^2)^2/2 (true for m <= 3)", False,
          r"\sum_i (x_i-\mu)^4 = \frac{1}{2}\left(\sum_i (x_i-\mu)^2\right)^2",
          _one(lambda n: (_centred(n, 4), _centred(n, 2) ** 2 * HALF)), 4),
    Asked("unbiased", "var = sum c_i^2/(m - 1)", False, r"\sigma^2 = \frac{1}{m-1}\sum_i (x_i-\mu)^2",
          _one(lambda n: (n.part("v"), _centred(n, 2) / (n.size - 1)))),
    Asked("features-wrong", "dL/dx_ic with a wrong sign, shape (m, n)", False,
          _TWO.replace(r"- \hat x", r"+ \hat x"), _two_features(1)),
)  # fmt: skip
