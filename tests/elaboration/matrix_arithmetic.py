"""Matrix expressions as data, written out as LaTeX and worked out on arrays of exact fractions: what the reading is held to.

Nothing of symbn is used here. An expression is a tuple (operation, operands..); its shape is a pair of the letters m, n, 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random

Rows = list[list[Fraction]]
Expression = tuple[object, ...]
Shape = tuple[str, str]

# In vector mode a column has one feature, and parameters are numbers.
LATEX = {
    True: {"X": "X", "H": r"\hat X", "Y": "Y", "G": r"\nabla_Y L", "GH": r"\nabla_{\hat X} L", "GX": r"\nabla_X L"},
    False: {"X": "x", "H": r"\hat x", "Y": "y", "G": r"\nabla_y L", "GH": r"\nabla_{\hat x} L", "GX": r"\nabla_x L"},
}
PARAMETERS = {
    "gamma": r"\gamma",
    "beta": r"\beta",
    "mu": r"\mu",
    "var": r"\sigma^2",
    "ggamma": r"\nabla_\gamma L",
    "gbeta": r"\nabla_\beta L",
}
CONSTANTS = {"one": (r"\mathbf 1", ("m", "1")), "J": (r"J_{1m}", ("1", "m")), "I": ("I", ("m", "m"))}


@dataclass(frozen=True)
class Layer:
    """The layer at one point: X is m x n; every root is rational."""

    m: int
    n: int
    values: dict[str, Rows]


def layer(m: int, n: int, random: Random) -> Layer:
    """Return the layer at a random point. Two features have roots s1 - s2 = t, s1 + s2 = (var1 - var2)/t, so that both are
    rational."""
    x = [[Fraction(random.randint(-4, 4)) for _ in range(n)] for _ in range(m)]
    g = [[Fraction(random.randint(-4, 4)) for _ in range(n)] for _ in range(m)]
    gamma, beta = ([Fraction(random.choice((-3, -2, 2, 3, 5))) for _ in range(n)] for _ in range(2))
    mu = [sum((row[c] for row in x), Fraction(0)) / m for c in range(n)]
    var = [sum(((row[c] - mu[c]) ** 2 for row in x), Fraction(0)) / m for c in range(n)]
    difference = var[0] - var[-1]
    if difference:
        t = Fraction(1, 1) if difference > 0 else Fraction(-1)
        while ((difference / t + t) / 2) ** 2 <= var[0]:
            t /= 2
        s = [(difference / t + t) / 2, (difference / t - t) / 2][:n]
    else:
        s = [Fraction(int(max(var)) + random.randint(2, 4))] * n
    hat = [[(row[c] - mu[c]) / s[c] for c in range(n)] for row in x]
    y = [[gamma[c] * row[c] + beta[c] for c in range(n)] for row in hat]
    gh = [[gamma[c] * row[c] for c in range(n)] for row in g]
    gx = [
        [
            sum(
                (gh[k][c] * ((Fraction(int(i == k)) - Fraction(1, m)) - hat[i][c] * hat[k][c] / m) for k in range(m)),
                Fraction(0),
            )
            / s[c]
            for c in range(n)
        ]
        for i in range(m)
    ]
    ggamma = [sum((g[i][c] * hat[i][c] for i in range(m)), Fraction(0)) for c in range(n)]
    gbeta = [sum((g[i][c] for i in range(m)), Fraction(0)) for c in range(n)]
    rows = {"gamma": gamma, "beta": beta, "mu": mu, "var": var, "s": s, "ggamma": ggamma, "gbeta": gbeta}
    data = {"X": x, "H": hat, "Y": y, "G": g, "GH": gh, "GX": gx}
    one = [[Fraction(1)] for _ in range(m)]
    eye = [[Fraction(int(i == k)) for k in range(m)] for i in range(m)]
    # d xhat_i / d x_k, of the first feature
    jacobian = [[(eye[i][k] - Fraction(1, m) - hat[i][0] * hat[k][0] / m) / s[0] for k in range(m)] for i in range(m)]
    constants = {"one": one, "J": [[Fraction(1)] * m], "I": eye, "D": jacobian}
    return Layer(m, n, {**data, **{name: [row] for name, row in rows.items()}, **constants})


def shape(e: Expression, wide: bool) -> Shape:
    match e:
        case ("leaf", str(name)) if name in LATEX[True]:
            return ("m", "n") if wide else ("m", "1")
        case ("leaf", "D"):
            return ("m", "m")
        case ("leaf", str(name)) if name in CONSTANTS:
            return CONSTANTS[name][1]
        case ("leaf", _):
            return ("1", "n") if wide else ("1", "1")
        case ("T", tuple(a)):
            rows, columns = shape(a, wide)
            return (columns, rows)
        case ("times", tuple(a), tuple(b)):
            return (shape(a, wide)[0], shape(b, wide)[1])
        case ("scaled", _, tuple(a)) | ("square", tuple(a)) | ("over s", tuple(a)):
            return shape(a, wide)
        case ("plus" | "minus" | "odot", tuple(a), tuple(b)):
            return max(shape(a, wide), shape(b, wide), key=lambda s: "1mn".index(s[0]) + "1mn".index(s[1]))
    raise ValueError(e)


def latex(e: Expression, wide: bool) -> str:
    match e:
        case ("leaf", str(name)):
            if name == "D":
                return r"\frac{\partial\hat x}{\partial x}"
            return LATEX[wide].get(name) or PARAMETERS.get(name) or CONSTANTS[name][0]
        case ("T", tuple(a)):
            return rf"\left({latex(a, wide)}\right)^\top"
        case ("times", tuple(a), tuple(b)):
            return rf"\left({latex(a, wide)}\right)\left({latex(b, wide)}\right)"
        case ("odot", tuple(a), tuple(b)):
            return rf"\left({latex(a, wide)}\right)\odot\left({latex(b, wide)}\right)"
        case ("plus", tuple(a), tuple(b)):
            return rf"\left({latex(a, wide)}\right)+\left({latex(b, wide)}\right)"
        case ("minus", tuple(a), tuple(b)):
            return rf"\left({latex(a, wide)}\right)-\left({latex(b, wide)}\right)"
        case ("scaled", str(by), tuple(a)):
            return rf"{by}\left({latex(a, wide)}\right)"
        case ("square", tuple(a)):
            return rf"\left({latex(a, wide)}\right)^{{\circ 2}}"
        case ("over s", tuple(a)):
            return rf"\frac{{{latex(a, wide)}}}{{\sqrt{{\sigma^2+\epsilon}}}}"
    raise ValueError(e)


def value(e: Expression, at: Layer) -> Rows:
    match e:
        case ("leaf", str(name)):
            return at.values[name]
        case ("T", tuple(a)):
            return [list(column) for column in zip(*value(a, at), strict=True)]
        case ("times", tuple(a), tuple(b)):
            left, right = value(a, at), value(b, at)
            columns = list(zip(*right, strict=True))
            return [[sum((p * q for p, q in zip(row, column, strict=True)), Fraction(0)) for column in columns] for row in left]
        case ("scaled", str(by), tuple(a)):
            factor = {"2": Fraction(2), "-": Fraction(-1), "m": Fraction(at.m), r"\frac1m": Fraction(1, at.m)}[by]
            return [[factor * entry for entry in row] for row in value(a, at)]
        case ("square", tuple(a)):
            return [[entry**2 for entry in row] for row in value(a, at)]
        case ("over s", tuple(a)):
            s = at.values["s"][0]
            return [[entry / s[c if len(s) > 1 else 0] for c, entry in enumerate(row)] for row in value(a, at)]
        case (str(operation), tuple(a), tuple(b)):
            left, right = value(a, at), value(b, at)
            height, width = max(len(left), len(right)), max(len(left[0]), len(right[0]))
            left, right = stretched(left, height, width), stretched(right, height, width)
            return [[joined(operation, left[i][k], right[i][k]) for k in range(width)] for i in range(height)]
    raise ValueError(e)


def stretched(rows: Rows, height: int, width: int) -> Rows:
    wide = [row * width if len(row) < width else row for row in rows]
    return wide * height if len(wide) < height else wide


def joined(operation: str, a: Fraction, b: Fraction) -> Fraction:
    return a + b if operation == "plus" else a - b if operation == "minus" else a * b


# ---------------------------------------------------------------------- random expressions


def grown(random: Random, want: Shape, wide: bool, depth: int) -> Expression:
    """Return a random expression of the shape."""
    if depth <= 0 or random.random() < 0.12:
        leaf = _leaf(random, want, wide)
        if leaf is not None:
            return leaf
    choice = random.choice(("times", "plus", "minus", "odot", "scaled", "T", "square", "over s", "row", "times", "times"))
    sizes = ("m", "n", "1") if wide else ("m", "1")
    if depth < -4:
        return _last(random, want)
    if choice == "T":
        return ("T", grown(random, (want[1], want[0]), wide, depth - 1))
    if choice in ("plus", "minus", "odot"):
        return (choice, grown(random, want, wide, depth - 1), grown(random, want, wide, depth - 1))
    if choice == "scaled":
        return ("scaled", random.choice(("2", "-", "m", r"\frac1m")), grown(random, want, wide, depth - 1))
    if choice == "square" and depth > 1:
        return ("square", grown(random, want, wide, 0))
    if choice == "over s" and (not wide or want in (("m", "n"), ("1", "n"))):
        return ("over s", grown(random, want, wide, depth - 1))
    if choice == "row" and wide and want == ("m", "n"):
        operation = random.choice(("plus", "minus", "odot"))
        return (operation, grown(random, want, wide, depth - 1), grown(random, ("1", "n"), wide, 0))
    inner = random.choice([size for size in sizes if size != "n" or random.random() < 0.2] or ["m"])
    return ("times", grown(random, (want[0], inner), wide, depth - 1), grown(random, (inner, want[1]), wide, depth - 1))


def _leaf(random: Random, want: Shape, wide: bool) -> Expression | None:
    data, parameter = (("m", "n"), ("1", "n")) if wide else (("m", "1"), ("1", "1"))
    for place, turned in ((want, False), ((want[1], want[0]), True)):
        names = [name for name, (_, own) in CONSTANTS.items() if own == place]
        if place == data:
            names += LATEX[True]
        if place == parameter and not (turned and not wide):
            names += PARAMETERS
        if place == ("m", "m") and not wide:
            names.append("D")
        if names:
            leaf: Expression = ("leaf", random.choice(names))
            return ("T", leaf) if turned and want[0] != want[1] else leaf
    return None


def _last(random: Random, want: Shape) -> Expression:
    one: dict[str, Expression] = {
        "m": ("leaf", "one"),
        "1": ("times", ("leaf", "J"), ("leaf", "one")),
        "n": ("T", ("leaf", random.choice(sorted(PARAMETERS)))),
    }
    if want == ("1", "1"):
        return one["1"]
    left, right = one[want[0]], one[want[1]]
    if want[0] == "1":
        return ("T", right)
    if want[1] == "1":
        return left
    return ("times", left, ("T", right))


def rewritten(e: Expression, random: Random, wide: bool) -> Expression:
    """Return an expression that is equal by the rules of matrix algebra."""
    match e:
        case ("leaf", _):
            return e
        case ("T", ("times", tuple(a), tuple(b))) if random.random() < 0.7:
            return ("times", ("T", rewritten(b, random, wide)), ("T", rewritten(a, random, wide)))
        case ("T", (("plus" | "minus") as sign, tuple(a), tuple(b))) if shape(a, wide) == shape(b, wide):
            return (sign, ("T", rewritten(a, random, wide)), ("T", rewritten(b, random, wide)))
        case ("times", tuple(a), (("plus" | "minus") as sign, tuple(b), tuple(c))) if shape(b, wide) == shape(c, wide):
            return (sign, ("times", rewritten(a, random, wide), b), ("times", a, rewritten(c, random, wide)))
        case ("times", ("times", tuple(a), tuple(b)), tuple(c)):
            return ("times", rewritten(a, random, wide), ("times", b, rewritten(c, random, wide)))
        case ("odot" | "plus" as sign, tuple(a), tuple(b)) if random.random() < 0.7:
            return (sign, rewritten(b, random, wide), rewritten(a, random, wide))
        case ("square", tuple(a)):
            return ("odot", a, rewritten(a, random, wide))
        case ("scaled", str(by), tuple(a)):
            return ("scaled", by, rewritten(a, random, wide))
        case (str(operation), *parts):
            return (operation, *(rewritten(part, random, wide) for part in parts if isinstance(part, tuple)))
    raise ValueError(e)


def mutated(e: Expression, random: Random, wide: bool) -> Expression:
    """Return the expression with one small change that keeps its shape; it may still be equal."""
    match e:
        case ("leaf", _):
            leaf = _leaf(random, shape(e, wide), wide)
            return leaf if leaf is not None and random.random() < 0.7 else ("scaled", random.choice(("2", "m")), e)
        case ("plus", tuple(a), tuple(b)) if random.random() < 0.3:
            return ("minus", a, b)
        case ("minus", tuple(a), tuple(b)) if random.random() < 0.3:
            return ("plus", a, b)
        case ("scaled", _, tuple(a)) if random.random() < 0.3:
            return a
        case (str(operation), *parts):
            places = [place for place, part in enumerate(parts) if isinstance(part, tuple)]
            place = random.choice(places)
            changed = list(parts)
            part = changed[place]
            assert isinstance(part, tuple)
            changed[place] = mutated(part, random, wide)
            return (operation, *changed)
    raise ValueError(e)
