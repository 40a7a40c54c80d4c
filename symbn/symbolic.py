r"""Batch norm in SymPy, at a chosen batch size: built with symbols, differentiated by SymPy, decided by a canonical form.

    >>> from symbn import BatchNorm
    >>> layer = BatchNorm(batch=3)
    >>> layer.compare(layer.dx[0], layer.closed_form("dx")[0])
    'equal'

This is the second engine. It shares no code with the kernel's decision: the derivative is SymPy's, and equality is decided
in SymPy's own polynomial rings over Q, in the coordinates mu, c_1, .., c_m with c_m = -(c_1 + .. + c_{m-1}) and eps = s^2 -
var, where s is a free symbol. (`simplify` is heuristic here: it takes 53 s at m = 32 and 78 s to see that a wrong sign is
wrong at m = 8.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm
from typing import Any, Literal, assert_never

import sympy
from sympy import QQ, Expr, Integer, Matrix, Pow, Rational, Symbol
from sympy.polys.rings import PolyElement, PolyRing

from symbn.elaboration.elaborate import Equation
from symbn.elaboration.meaning import (
    LOCAL,
    Constant,
    Meaning,
    OutsideError,
    Plus,
    Quantity,
    Raised,
    Same,
    Slope,
    SumOver,
    Times,
)
from symbn.elaboration.meaning import free, meaning_of_term, names, parts
from symbn.errors import UsageError
from symbn.kernel.term import BATCH, Index
from symbn.layers.batchnorm import EVALUATION, MODES, TRAINING, batch_norm
from symbn.typesetting.latex import to_latex
from symbn.typesetting.mathml import to_mathml
from symbn.typesetting.of_meaning import equation_box

Comparison = Literal["equal", "different", "undecided"]
ARRAYS = ("x", "c", "xhat", "y", "g")
GRADIENTS = {"dx": "x", "dgamma": "gamma", "dbeta": "beta", "dmu": "mu", "dvar": "var", "dxhat": "xhat"}
MAX_BATCH = 256
MAX_WORK = 20_000
# Up to this size a derivative is SymPy's own `diff`; beyond it, the same rules with every subtree visited once.
DIFF_UP_TO = 8


class BatchNorm:
    """The layer at one batch size, as SymPy expressions.

    x, g, c, xhat, y, dx, dxhat: tuples of `batch` expressions (entry i at place i - 1); mu, var, s, gamma, beta, eps, L,
    dgamma, dbeta, dmu, dvar: one expression each. In evaluation mode mu and var are symbols. Raises: UsageError for a batch
    size that cannot be.
    """

    def __init__(self, batch: int, mode: str = TRAINING) -> None:
        if isinstance(batch, bool) or not isinstance(batch, int) or not 1 <= batch <= MAX_BATCH:
            raise UsageError(f"the batch size is a whole number from 1 to {MAX_BATCH}; got {batch!r}")
        if mode not in MODES:
            raise UsageError(f"unknown mode {mode!r}: say train or eval")
        self.batch, self.mode = batch, mode
        self._nodes = _Nodes(batch, mode, frozenset())
        self.x, self.g, self.c, self.xhat, self.y = (self._nodes.array(name) for name in ("x", "g", "c", "xhat", "y"))
        self.mu, self.var, self.s, self.gamma, self.beta, self.eps, self.L = (
            self._nodes.at(name, None) for name in ("mu", "var", "s", "gamma", "beta", "eps", "L")
        )

    def __repr__(self) -> str:
        return f"BatchNorm(batch={self.batch}, mode={self.mode!r})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return what a notebook shows: the definitions of the layer, and the size at which its expressions are written out."""
        about = f"batch norm, {self.mode} mode, m = {self.batch}"
        graph = batch_norm(self.mode)
        boxes = []
        for node in graph.nodes.values():
            if node.definition is not None:
                name = Quantity(node.name, node.formal)
                boxes.append(equation_box(name, meaning_of_term(node.definition)))
        lines = " \\\\\n".join(to_latex(box).replace(" = ", " &= ", 1) for box in boxes)
        return {
            "text/plain": repr(self),
            "text/latex": f"$$\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n$$",
            "text/html": f"<p>{about}</p>" + "".join(f"<p>{to_mathml(box)}</p>" for box in boxes),
        }

    # ------------------------------------------------------------------ derivatives

    @cached_property
    def dx(self) -> tuple[Expr, ...]:
        """dL/dx_i for every i: the exact derivative of the expanded loss."""
        return tuple(self.derivative("L", "x", None, i) for i in range(1, self.batch + 1))

    @cached_property
    def dxhat(self) -> tuple[Expr, ...]:
        """dL/dxhat_i for every i."""
        return tuple(self.derivative("L", "xhat", None, i) for i in range(1, self.batch + 1))

    @cached_property
    def dgamma(self) -> Expr:
        """dL/dgamma."""
        return self.derivative("L", "gamma")

    @cached_property
    def dbeta(self) -> Expr:
        """dL/dbeta."""
        return self.derivative("L", "beta")

    @cached_property
    def dmu(self) -> Expr:
        """dL/dmu through every path: the normalised values and the variance."""
        return self.derivative("L", "mu")

    @cached_property
    def dvar(self) -> Expr:
        """dL/dvar."""
        return self.derivative("L", "var")

    def derivative(self, of: str, by: str, i: int | None = None, k: int | None = None) -> Expr:
        """Return the total derivative d of_i / d by_k of nodes of the graph (1-based; None for a node without index)."""
        return self._slope(lambda nodes: nodes.at(of, i), frozenset({by}), by, k)

    def jacobian(self, of: str, by: str) -> Matrix:
        """Return the matrix of total derivatives d of_i / d by_k. Shape: (batch, batch) for two arrays."""
        rows = range(1, self.batch + 1) if of in ARRAYS else [None]
        columns = range(1, self.batch + 1) if by in ARRAYS else [None]
        return Matrix([[self.derivative(of, by, i, k) for k in columns] for i in rows])

    def rank(self, of: str, by: str) -> int:
        """Return the rank of the Jacobian over the rational functions.

        The value at one point bounds it from below, and proved zero row sums bound it from above. Raises: ArithmeticError if
        they differ.
        """
        jacobian = self.jacobian(of, by)
        columns: int = jacobian.shape[1]
        zero_rows = all(self.compare(sum(jacobian.row(i)), Integer(0)) == "equal" for i in range(jacobian.shape[0]))
        upper = columns - 1 if zero_rows else min(jacobian.shape)
        values = {x: Integer(j * j + j) for j, x in enumerate(self.x)}
        variance = self.var.xreplace(values)
        root = Integer(1) + sympy.ceiling(sympy.sqrt(variance))
        values |= {self.eps: root**2 - variance, self.gamma: Integer(2), self.beta: Integer(1)}
        lower: int = jacobian.xreplace(values).rank()
        if lower != upper:
            raise ArithmeticError(f"the rank lies between {lower} and {upper}")
        return upper

    def closed_form(self, name: str) -> tuple[Expr, ...]:
        """Return the hand-derived closed form of dx, dgamma, dbeta, dmu, dvar or dxhat, as a tuple of expressions.

        Source: S. Ioffe, C. Szegedy, ICML 2015, section 3; the short form of dx by collecting terms.
        """
        m, g, xhat, gamma, s = self.batch, self.g, self.xhat, self.gamma, self.s
        products = sympy.Add(*(a * b for a, b in zip(g, xhat, strict=True)))
        match name:
            case "dx" if self.mode == EVALUATION:
                return tuple(gamma * g_i / s for g_i in g)
            case "dx":
                return tuple(gamma / (m * s) * (m * g_i - sympy.Add(*g) - h * products) for g_i, h in zip(g, xhat, strict=True))
            case "dgamma":
                return (products,)
            case "dbeta":
                return (sympy.Add(*g),)
            case "dmu":
                return (-gamma / s * sympy.Add(*g),)
            case "dvar":
                total = sympy.Add(*(a * b for a, b in zip(g, self.c, strict=True)))
                return (-gamma * total * (self.var + self.eps) ** Rational(-3, 2) / 2,)
            case "dxhat":
                return tuple(gamma * g_i for g_i in g)
            case _:
                raise UsageError(f"no closed form of {name!r}: choose from {', '.join(GRADIENTS)}")

    def check(self, name: str) -> Comparison:
        """Return how the exact derivative compares with the closed form of the same name."""
        exact = getattr(self, name) if name in GRADIENTS else None
        forms = self.closed_form(name)
        entries = exact if isinstance(exact, tuple) else (exact,)
        answers = {self.compare(a, b) for a, b in zip(entries, forms, strict=True)}
        return "equal" if answers == {"equal"} else "different" if "different" in answers else "undecided"

    def compare(self, left: object, right: object) -> Comparison:
        """Decide whether two expressions in the layer's symbols are equal wherever both are defined. Any further symbol is
        free."""
        left, right = _expression(left), _expression(right)
        try:
            return _Canonical(self, (left, right)).compare(left, right)
        except _OutsideError:
            return "undecided"

    def simplify(self, expression: object) -> Expr:
        """Return the expression in the layer's own abbreviations: symbols mu, c_1.., s for the mean, the centred inputs and
        the root.

        Canonical, unlike `sympy.simplify`: equal expressions give the same answer. Raises: ArithmeticError outside the
        fragment.
        """
        expression = _expression(expression)
        try:
            return _Canonical(self, (expression,)).expression(expression)
        except _OutsideError as error:
            raise ArithmeticError(str(error)) from None

    # ------------------------------------------------------------------ what was understood from a text

    def interpret(self, meaning: Meaning, at: Mapping[Index, int]) -> Expr:
        """Return an elaborated expression at this batch size, its derivatives taken by SymPy. Raises: OutsideError."""
        return _Interpreter(self, self._nodes).run(meaning, dict(at))

    def _slope(self, build: Callable[[_Nodes], Expr], cut: frozenset[str], by: str, k: int | None) -> Expr:
        nodes = _Nodes(self.batch, self.mode, cut)
        variable = nodes.at(by, k)
        taken = _differentiate(build(nodes), variable, self.batch)
        return taken.xreplace({symbol: self._nodes.at(name, i) for (name, i), symbol in nodes.cut_symbols.items()})


class _Nodes:
    """The nodes as expressions over the inputs and the nodes that are cut, which are symbols of their own."""

    def __init__(self, batch: int, mode: str, cut: frozenset[str]) -> None:
        self.batch, self.mode, self.cut = batch, mode, cut
        self.cut_symbols: dict[tuple[str, int | None], Symbol] = {}
        self.memo: dict[tuple[str, int | None], Expr] = {}

    def array(self, name: str) -> tuple[Expr, ...]:
        return tuple(self.at(name, i) for i in range(1, self.batch + 1))

    def at(self, name: str, i: int | None) -> Expr:
        if (name in ARRAYS) != (i is not None):
            raise UsageError(f"{name} {'needs an' if name in ARRAYS else 'has no'} index")
        if (name, i) not in self.memo:
            self.memo[name, i] = self.build(name, i)
        return self.memo[name, i]

    def build(self, name: str, i: int | None) -> Expr:
        inputs = {"x", "g", "gamma", "beta", "eps"} | ({"mu", "var"} if self.mode == EVALUATION else set())
        if name in inputs:
            positive = True if name in ("eps", "var") else None
            return Symbol(name if i is None else f"{name}_{i}", real=True, positive=positive)
        if name in self.cut:
            symbol = Symbol(
                f"{name}_cut" if i is None else f"{name}_cut_{i}", real=True, positive=True if name == "s" else None
            )
            self.cut_symbols[name, i] = symbol
            return symbol
        match name:
            case "mu":
                return sympy.Add(*self.array("x")) / self.batch
            case "c":
                return self.at("x", i) - self.at("mu", None)
            case "var":
                return sympy.Add(*(entry**2 for entry in self.array("c"))) / self.batch
            case "s":
                return sympy.sqrt(self.at("var", None) + self.at("eps", None))
            case "xhat":
                return self.at("c", i) / self.at("s", None)
            case "y":
                return self.at("gamma", None) * self.at("xhat", i) + self.at("beta", None)
            case "L":
                return sympy.Add(*(a * b for a, b in zip(self.array("g"), self.array("y"), strict=True)))
            case _:
                raise UsageError(f"unknown node {name!r}")


class _Interpreter:
    def __init__(self, layer: BatchNorm, nodes: _Nodes) -> None:
        self.layer, self.nodes = layer, nodes

    def run(self, meaning: Meaning, at: dict[Index, int]) -> Expr:
        match meaning:
            case Constant(value=value):
                return Rational(value.numerator, value.denominator)
            case Quantity(name="m"):
                return Integer(self.layer.batch)
            case Quantity(name="L"):
                raise OutsideError("the loss is known only through its gradient")
            case Quantity(name=name, indices=indices):
                if any(index.axis != BATCH for index in indices) or name == "n":
                    raise OutsideError("SymPy is run on one feature only")
                places = [_place(index, at) for index in indices]
                if name in (*ARRAYS, "mu", "var", "s", "gamma", "beta", "eps"):
                    return self.nodes.at(name, places[0] if places else None)
                return Symbol("_".join(["free", name, *map(str, places)]), real=True)
            case Same(left=left, right=right):
                return Integer(int(_place(left, at) == _place(right, at)))
            case SumOver(index=index, excluding=excluding, body=body):
                if index.axis != BATCH:
                    raise OutsideError("SymPy is run on one feature only")
                skipped = {_place(other, at) for other in excluding}
                places = [p for p in range(1, self.layer.batch + 1) if p not in skipped]
                return sympy.Add(*(self.run(body, {**at, index: p}) for p in places))
            case Plus(terms=terms):
                return sympy.Add(*(self.run(t, at) for t in terms))
            case Times(factors=factors):
                return sympy.Mul(*(self.run(f, at) for f in factors))
            case Raised(base=base, exponent=exponent):
                return Pow(self.run(base, at), Rational(exponent.numerator, exponent.denominator))
            case Slope():
                return self.slope(meaning, at)
            case _:
                assert_never(meaning)

    def slope(self, slope: Slope, at: dict[Index, int]) -> Expr:
        if self.nodes.cut:
            raise OutsideError("nested derivatives by inner nodes are left to the kernel")
        by = slope.by
        k = _place(by.indices[0], at) if by.indices else None
        known = by.name in (*ARRAYS, "mu", "var", "s", "gamma", "beta", "eps")
        if isinstance(slope.of, Quantity) and slope.of.name == "L":
            if not known:
                return Integer(0)
            return self.layer._slope(lambda nodes: nodes.at("L", None), frozenset({by.name}), by.name, k)
        cut = frozenset({by.name})
        if slope.kind == LOCAL and isinstance(slope.of, Quantity):
            cut = frozenset({"x", "mu", "var", "xhat", "y", by.name}) - {slope.of.name}
        if not known:
            return _differentiate(self.run(slope.of, at), self.run(by, at), self.layer.batch)
        return self.layer._slope(lambda nodes: _Interpreter(self.layer, nodes).run(slope.of, at), cut, by.name, k)


def _expression(value: object) -> Expr:
    """Return a SymPy expression or a Python number as an expression; text is refused, it would have to be executed."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, int | Fraction):
        return Rational(value.numerator, value.denominator)
    raise UsageError(f"not a SymPy expression: {value!r}")


def _size(meaning: Meaning, batch: int) -> int:
    """Return about how many nodes the expression has once its sums are written out and its powers multiplied out."""
    own = sum(_size(part, batch) for part in parts(meaning)) + 1
    match meaning:
        case SumOver():
            return own * batch
        case Raised(base=base, exponent=exponent) if exponent.denominator == 1 and not isinstance(base, Constant):
            width = batch if names(base) & {"y", "xhat", "c", "mu", "var"} else 1
            return own * (1 if width == 1 else min(MAX_WORK + 1, width ** min(abs(exponent.numerator) // 2, 8)))
        case _:
            return own


def _place(index: Index, at: Mapping[Index, int]) -> int:
    return index.name if isinstance(index.name, int) else at[index]


def _differentiate(expression: Expr, variable: Symbol, batch: int) -> Expr:
    if batch <= DIFF_UP_TO:
        return sympy.diff(expression, variable)
    return staged_derivative(expression, variable)


def staged_derivative(expression: Expr, variable: Symbol) -> Expr:
    """Return d expression / d variable, visiting every shared subtree once (`diff` walks it again at each use)."""
    memo: dict[Expr, Expr] = {}

    def run(node: Expr) -> Expr:
        if node not in memo:
            memo[node] = compute(node)
        return memo[node]

    def compute(node: Expr) -> Expr:
        if node == variable:
            return Integer(1)
        if not node.args:
            return Integer(0)
        if isinstance(node, sympy.Add):
            return sympy.Add(*(run(term) for term in node.args))
        if isinstance(node, sympy.Mul):
            slopes = [(place, run(factor)) for place, factor in enumerate(node.args)]
            return sympy.Add(
                *(sympy.Mul(*node.args[:place], slope, *node.args[place + 1 :]) for place, slope in slopes if slope != 0)
            )
        if isinstance(node, Pow) and node.exp.is_Rational:
            return node.exp * node.base ** (node.exp - 1) * run(node.base)
        return sympy.diff(node, variable)

    return run(expression)


def distinct(expressions: Sequence[Expr]) -> list[Expr]:
    """Return every different subexpression once (`atoms` and `free_symbols` walk a shared one again at each use)."""
    found: dict[Expr, None] = {}
    waiting = list(expressions)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting.extend(node.args)
    return list(found)


class _OutsideError(Exception):
    """The expression is outside what the canonical form decides."""


class _Canonical:
    """Quotients of polynomials over Q in mu, c_1 .. c_m, g_1 .. g_m, t and the other symbols, with t^q = s and eps = s^2 - var.

    The powers of t are kept apart, so that denominators in s cost nothing: a value is (top, bottom, e), top t^e / bottom.
    """

    def __init__(self, layer: BatchNorm, expressions: Sequence[Expr]) -> None:
        self.layer = layer
        nodes = distinct(expressions)
        powers = [node for node in nodes if isinstance(node, Pow) and node.exp.is_Rational]
        # Nested roots multiply: sqrt(sqrt(v + eps)) wants t with t^2 = s.
        self.q = 1
        for degree in {int(node.exp.q) for node in powers if node.exp.q > 1}:
            self.q = lcm(self.q, degree)
        self.q = max(1, self.q // 2) * (2 if any(self.nested(node) for node in powers) else 1)
        training = layer.mode == TRAINING
        own = {*layer.x, layer.eps} if training else {layer.eps}
        others = sorted({node for node in nodes if isinstance(node, Symbol)} - own, key=str)
        m = layer.batch
        names = ["t", *(["mu", *(f"c_{j}" for j in range(1, m + 1))] if training else []), *(str(symbol) for symbol in others)]
        if not training and layer.var not in others:
            names.append("var")
            others = [*others, layer.var]
        self.ring = PolyRing(names, QQ)
        gens = self.ring.gens
        self.t = gens[0]
        self.entries = gens[2 : 2 + m] if training else ()
        self.symbols: dict[Expr, PolyElement] = dict(zip(others, gens[len(gens) - len(others) :], strict=True))
        if training:
            self.symbols |= {x: gens[1] + c for x, c in zip(layer.x, self.entries, strict=True)}
            variance = sum((c**2 for c in self.entries), self.ring.zero) * QQ(1, m)
        else:
            variance = self.symbols[layer.var]
        self.symbols[layer.eps] = self.t ** (2 * self.q) - variance
        self.memo: dict[Expr, tuple[PolyElement, PolyElement, int]] = {}

    def nested(self, node: Expr) -> bool:
        inner = (below for below in distinct([node.base]) if isinstance(below, Pow)) if node.exp.q > 1 else ()
        return any(below.exp.is_Rational and below.exp.q > 1 for below in inner)

    def compare(self, left: Expr, right: Expr) -> Comparison:
        a, b, _ = self.plus(self.run(left), self.run(-right))
        top, bottom = self.reduced(a), self.reduced(b)
        if bottom == 0:
            raise _OutsideError("a division by zero")
        return "equal" if top == 0 else "different"

    def expression(self, expression: Expr) -> Expr:
        top, bottom, shift = self.run(expression)
        s = Symbol("s", positive=True)
        symbols = [Symbol(str(name), real=True) for name in self.ring.symbols]
        value = (
            sympy.together(self.reduced(top).as_expr(*symbols) / self.reduced(bottom).as_expr(*symbols)) * symbols[0] ** shift
        )
        return sympy.factor(value.subs(symbols[0], s ** Rational(1, self.q)))

    def reduced(self, polynomial: PolyElement) -> PolyElement:
        """Return the polynomial with c_m = -(c_1 + .. + c_{m-1}) put in."""
        if not self.entries or polynomial == 0:
            return polynomial
        *front, last = self.entries
        return polynomial.compose(last, -sum(front, self.ring.zero))

    def tidy(self, polynomial: PolyElement) -> PolyElement:
        """Shorten a linear form a_1 c_1 + .. + a_m c_m by a multiple of c_1 + .. + c_m = 0.

        SymPy writes x_1 - mu as (1 - 1/m) x_1 - x_2/m - ..; this makes it c_1 again instead of m terms.
        """
        if len(polynomial) < len(self.entries) or len(self.entries) < 2:
            return polynomial
        linear = [polynomial.coeff(c) for c in self.entries]
        usual = max(set(linear), key=linear.count)
        if usual == 0:
            return polynomial
        return polynomial - sum(self.entries, self.ring.zero) * usual

    def run(self, node: Expr) -> tuple[PolyElement, PolyElement, int]:
        if node not in self.memo:
            self.memo[node] = self.compute(node)
        return self.memo[node]

    def compute(self, node: Expr) -> tuple[PolyElement, PolyElement, int]:
        one = self.ring.one
        if node.is_Rational:
            return self.ring(QQ(node.p, node.q)), one, 0
        if node in self.symbols:
            return self.symbols[node], one, 0
        if isinstance(node, sympy.Add):
            total = (self.ring.zero, one, 0)
            for term in node.args:
                total = self.plus(total, self.run(term))
            return self.tidy(total[0]), total[1], total[2]
        if isinstance(node, sympy.Mul):
            top, bottom, shift = one, one, 0
            for factor in node.args:
                a, b, e = self.run(factor)
                top, bottom, shift = top * a, bottom * b if b != one else bottom, shift + e
            return top, bottom, shift
        if isinstance(node, Pow) and node.exp.is_Rational:
            return self.power(node.base, Fraction(int(node.exp.p), int(node.exp.q)))
        raise _OutsideError(f"{type(node).__name__} is not decided")

    def power(self, base: Expr, exponent: Fraction) -> tuple[PolyElement, PolyElement, int]:
        top, bottom, shift = self.run(base)
        if top == 0 and exponent < 0:
            raise _OutsideError("a division by zero")
        if exponent.denominator == 1:
            count = abs(exponent.numerator)
            if count > 64:
                raise _OutsideError("the exponent is too large")
            single = self.t_power(top)
            if exponent < 0 and single is not None and bottom == self.ring.one:
                coefficient, power = single
                return self.ring(1 / coefficient**count), bottom, -count * (power + shift)
            top, bottom = top**count, bottom**count
            return (top, bottom, shift * count) if exponent > 0 else (bottom, top, -shift * count)
        single = self.t_power(top) or self.t_power(self.reduced(top))
        if single is None or bottom != self.ring.one:
            raise _OutsideError("a root of something that is no power of s")
        coefficient, power = single
        root = sympy.Rational(int(coefficient.numerator), int(coefficient.denominator)) ** Rational(1, exponent.denominator)
        raised = Fraction(power + shift) * exponent
        if coefficient < 0 or not root.is_Rational or raised.denominator != 1:
            raise _OutsideError("an irrational root")
        return self.ring(QQ(root.p, root.q) ** exponent.numerator), self.ring.one, raised.numerator

    def t_power(self, polynomial: PolyElement) -> tuple[Any, int] | None:
        """Return (coefficient, e) if the polynomial is coefficient t^e."""
        if len(polynomial) != 1:
            return None
        ((monomial, coefficient),) = polynomial.terms()
        return (coefficient, monomial[0]) if not any(monomial[1:]) else None

    def plus(
        self, left: tuple[PolyElement, PolyElement, int], right: tuple[PolyElement, PolyElement, int]
    ) -> tuple[PolyElement, PolyElement, int]:
        (a, b, e), (c, d, f) = left, right
        if a == 0:
            return right
        if c == 0:
            return left
        low = min(e, f)
        a = a * self.t ** (e - low) if e > low else a
        c = c * self.t ** (f - low) if f > low else c
        return (a + c, b, low) if b == d else (a * d + c * b, b * d, low)


def ask(equation: Equation) -> tuple[Comparison, str]:
    """Return SymPy's answer on an elaborated equation at its batch size, and the reason where there is none.

    The positions are interchangeable, so each free index takes one position beyond the explicit ones, in every combination.
    """
    assert equation.batch is not None
    if equation.graph.nodes["x"].slots != (BATCH,):
        return "undecided", "SymPy is run on one feature only"
    if max(_size(equation.left, equation.batch), _size(equation.right, equation.batch)) > MAX_WORK:
        return "undecided", "written out, the expression is too large for SymPy"
    layer = BatchNorm(equation.batch, equation.mode)
    indices = sorted(
        set(free(equation.left) | free(equation.right)) | {i for c in equation.conditions for i in (c.left, c.right)},
        key=lambda i: str(i.name),
    )
    explicit = [i.name for i in indices if isinstance(i.name, int)]
    named = [i for i in indices if isinstance(i.name, str)]
    places = range(1, min(equation.batch, max([0, *explicit]) + len(named)) + 1)
    answers: set[Comparison] = set()
    for choice in product(places, repeat=len(named)):
        at = dict(zip(named, choice, strict=True))
        values = {i: at.get(i, i.name) for i in indices}
        if not all((values[c.left] == values[c.right]) == c.equal for c in equation.conditions):
            continue
        try:
            answers.add(layer.compare(layer.interpret(equation.left, at), layer.interpret(equation.right, at)))
        except OutsideError as error:
            return "undecided", str(error)
    if "different" in answers:
        return "different", ""
    return ("equal", "") if answers == {"equal"} else ("undecided", "it is outside the canonical form")
