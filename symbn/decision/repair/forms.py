r"""Mistakes of the whole side, which no small edit undoes, and the known closed forms in the author's spelling.

*constant-moments*: the side is the derivative with mean and variance held constant, as in evaluation mode.
*diagonal-only*: of dL/dx_i = sum_k g_k d y_k/d x_i the side has the term k = i alone.
*other-formula*: the side is another formula altogether.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbn.decision.decide import proved
from symbn.decision.repair.edits import Candidate
from symbn.decision.repair.search import Found, Question
from symbn.decision.repair.sieve import alone
from symbn.decision.repair.view import View
from symbn.elaboration.elaborate import readings
from symbn.elaboration.meaning import OutsideError
from symbn.elaboration.readings import TooManyReadingsError
from symbn.elaboration.resolving import resolve
from symbn.errors import UnreadableError
from symbn.layers.batchnorm import EVALUATION, TRAINING
from symbn.syntax.tree import Additive, Derivative, Group, Name, Node, Scripted, children, number_value

_CONSTANT = (
    "the mean and the variance are held constant here, which is right in evaluation mode only: in training both depend on "
    "every x"
)
_DIAGONAL = "only the term of the Jacobian with equal indices is here: every output depends on every input of the batch"
_OTHER = "this is another formula: no small edit makes it true"


def misunderstood(question: Question) -> Found | None:
    """Return the closed form if the side is a known misunderstanding of it."""
    view = question.view
    if not _holds_derivative(view.target) or view.notation.mode != TRAINING:
        return None
    code, message = "", ""
    if _proved_constant(question):
        code, message = "constant-moments", _CONSTANT
    elif (letter := _by_input(view)) is not None and _is_diagonal(question, letter):
        code, message = "diagonal-only", _DIAGONAL
    return replacement(question, code, message) if code else None


def replacement(question: Question, code: str = "other-formula", message: str = _OTHER) -> Found | None:
    """Return the first known closed form that is proved."""
    view = question.view
    question.proofs = max(question.proofs, 3)
    for form in closed_forms(view):
        candidate = Candidate(40, code, message, ((view.side, form),))
        if question.passes(question.value(candidate.edits)) and (found := question.proved(candidate)) is not None:
            return found
    return None


def _proved_constant(question: Question) -> bool:
    view = question.view
    if question.written is not None and not any(question.written) and number_value(view.root) is None:
        # With constant moments many a derivative is 0; a side that happens to be 0 is no sign of that misunderstanding.
        return False
    notation = replace(view.notation, mode=EVALUATION)
    try:
        equation = proved(readings(view.target, view.root, question.conditions, notation, question.batch), 1.0)
    except (UnreadableError, OutsideError, TooManyReadingsError):
        return False
    return equation is not None and not equation.reading.caveats


def _is_diagonal(question: Question, letter: str) -> bool:
    view = question.view
    diagonal = f"{view.upstream(letter)} {view.derivative(view.array('y', letter), view.array('x', letter))}"
    node = alone(diagonal, view.latex)
    return node is not None and question.value_of(node) == question.written is not None


def _holds_derivative(node: Node) -> bool:
    return isinstance(node, Derivative) or any(_holds_derivative(child) for child in children(node))


def _by_input(view: View) -> str | None:
    """Return the index i if the other side is dL/dx_i."""
    for role, letter in _asked(view):
        if role == "L/x":
            return letter
    return None


def _asked(view: View) -> Iterator[tuple[str, str]]:
    """Yield what the other side asks for, such as L/x, with its index or indices."""
    node = view.target
    while isinstance(node, Group):
        node = node.body
    if isinstance(node, Derivative) and len(node.by) == 1:
        of = node.of
        while isinstance(of, Group):
            of = of.body
        centred = isinstance(of, Additive) and [view.role(term) for term in of.terms] == ["x", "mu"] and of.signs == (1, -1)
        role, by = "c" if centred else view.role(of), view.role(node.by[0])
        if role is not None and by is not None:
            yield f"{role}/{by}", _letters(view, of) + _letters(view, node.by[0])
    elif isinstance(node, Name | Scripted) and (found := resolve(node, view.notation)) is not None and found.power is None:
        yield f"L/{found.role}" if found.adjoint else found.role, _letters(view, node)


def _letters(view: View, node: Node) -> str:
    return "".join(place.text for place in view.index_places(node) if place.text != "\\ell")


def closed_forms(view: View) -> Iterator[str]:
    """Yield right sides for what the other side asks for, in the author's spelling."""
    for asked, letters in _asked(view):
        i = letters[:1] or "i"
        k = letters[1:2] or i
        spare = view.spare() if view.spare() not in (i, k) else next(c for c in "jkl" if c not in (i, k))
        form = _form(view, asked, i, k, spare)
        if form is not None:
            yield form if view.latex else _plain(form)
    if number_value(view.target) is None and not view.is_batch(view.target):
        yield from ("0", "1", view.batch())


def _form(view: View, asked: str, i: str, k: str, j: str) -> str | None:
    m, gamma, mu, var, eps = view.batch(), view.name("gamma"), view.name("mu"), view.name("var"), view.name("eps")
    spread = f"{var} + {eps}"
    s, total = f"\\sqrt{{{spread}}}", f"\\sum_{j}"
    if view.capital:
        return _matrix_form(view, asked, gamma, s)

    def at(role: str, letter: str) -> str:
        return view.upstream(letter) if role == "g" else view.array(role, letter)

    same = f"\\delta_{{{i}{k}}}" if i != k else "1"
    jacobian = f"\\left( {same} - \\frac{{1}}{{{m}}} - \\frac{{{at('xhat', i)} {at('xhat', k)}}}{{{m}}} \\right)"
    forms = {
        "L/x": f"\\frac{{{gamma}}}{{{m} {s}}} \\left( {m} {at('g', i)} - {total} {at('g', j)} "
               f"- {at('xhat', i)} {total} {at('g', j)} {at('xhat', j)} \\right)",
        "L/xhat": f"{gamma} {at('g', i)}",
        "L/y": at("g", i) if any(use.found.role == "g" for use in view.uses) else None,
        "L/gamma": f"{total} {at('g', j)} {at('xhat', j)}",
        "L/beta": f"{total} {at('g', j)}",
        "L/mu": f"-\\frac{{{gamma}}}{{{s}}} {total} {at('g', j)}",
        "L/var": f"-\\frac{{{gamma}}}{{2}} ({spread})^{{-3/2}} {total} {at('g', j)} ({at('x', j)} - {mu})",
        "xhat/x": f"\\frac{{1}}{{{s}}} {jacobian}",
        "y/x": f"\\frac{{{gamma}}}{{{s}}} {jacobian}",
        "y/xhat": f"{gamma} {same}" if i != k else gamma,
        "y/gamma": at("xhat", i),
        "y/beta": "1",
        "c/x": f"{same} - \\frac{{1}}{{{m}}}",
        "mu/x": f"\\frac{{1}}{{{m}}}",
        "var/x": f"\\frac{{2 ({at('x', i)} - {mu})}}{{{m}}}",
        "s/x": f"\\frac{{{at('xhat', i)}}}{{{m}}}",
        "xhat/var": f"-\\frac{{1}}{{2}} ({at('x', i)} - {mu}) ({spread})^{{-3/2}}",
        "xhat/mu": f"-\\frac{{1}}{{{s}}}",
        "xhat": f"\\frac{{{at('x', i)} - {mu}}}{{{s}}}",
        "y": f"{gamma} {at('xhat', i)} + {view.name('beta')}",
        "mu": f"\\frac{{1}}{{{m}}} {total} {at('x', j)}",
        "var": f"\\frac{{1}}{{{m}}} {total} ({at('x', j)} - {mu})^2",
        "s": s,
    }  # fmt: skip
    return forms.get(asked)


def _matrix_form(view: View, asked: str, gamma: str, s: str) -> str | None:
    m, hat, g, ones = view.batch(), view.name("xhat"), view.upstream(""), "\\mathbf 1"
    weighted = f"{ones}^\\top ({hat} \\odot {g})"
    forms = {
        "L/x": f"\\frac{{{gamma}}}{{{m} {s}}} \\odot"
        f" \\left( {m} {g} - {ones} {ones}^\\top {g} - {hat} \\odot ({ones} {weighted}) \\right)",
        "L/xhat": f"{g} \\odot {gamma}",
        "L/gamma": weighted,
        "L/beta": f"{ones}^\\top {g}",
        "y": f"{hat} \\odot {gamma} + {view.name('beta')}",
    }
    return forms.get(asked)


def _plain(form: str) -> str:
    r"""Return a form of this module in plain text; it holds \frac, \sqrt, \sum, \left and \right only."""
    for old, new in (("\\left(", "("), ("\\right)", ")"), ("\\sum", "sum"), ("\\sqrt", "sqrt"), ("\\delta", "delta")):
        form = form.replace(old, new)
    while "\\frac" in form:
        start = form.rindex("\\frac")
        top, after = _argument(form, start + len("\\frac"))
        bottom, end = _argument(form, after)
        form = f"{form[:start]}(({top})/({bottom})){form[end:]}"
    while "sqrt{" in form:
        start = form.rindex("sqrt{")
        inner, end = _argument(form, start + len("sqrt"))
        form = f"{form[:start]}sqrt({inner}){form[end:]}"
    return form.replace("^{", "^(").replace("-3/2}", "-3/2)")


def _argument(form: str, start: int) -> tuple[str, int]:
    depth = 0
    for place in range(start, len(form)):
        depth += (form[place] == "{") - (form[place] == "}")
        if depth == 0:
            return form[start + 1 : place], place + 1
    return form[start:], len(form)
