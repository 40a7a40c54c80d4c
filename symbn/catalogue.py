r"""Every code of a diagnostic or a repair: what it means, an example that gets it, and what to write instead.

It is data, and the tests hold it to what symbn does: the example's answer carries the code, and `cured` is proved.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbn.diagnostic import Value

READER, REPAIR, DOCUMENT = "reader", "repair", "document"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Entry(Value):
    """One code. kind: reader (the formula cannot be read, or leaves something open), repair (a refuted formula's mistake) or
    document (a fault of the document around it).

    cure: what to do, in words. cured: the example put right, where that is one formula; let: the notation it needs.
    """

    code: str
    kind: str
    title: str
    meaning: str
    cure: str
    example: str | None = None
    cured: str | None = None
    let: tuple[str, ...] = ()


_DX = r"\frac{\partial L}{\partial x_i} = "
_S = r"\sqrt{\sigma^2+\epsilon}"
_FORM = rf"\frac{{\gamma}}{{m {_S}}} \left( m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)"
_DVAR = r"\frac{\partial L}{\partial \sigma^2} = -\frac{\gamma}{2} "
_JACOBIAN = r"\frac{\partial \hat x_i}{\partial x_k} = "

# fmt: off
_ENTRIES = (
    # ------------------------------------------------------------------ what cannot be read
    Entry("empty", READER, "no formula", "There is nothing to read between the delimiters.", "Write an equation.", "   "),
    Entry("no-equation", READER, "not an equation", "An expression alone claims nothing, so there is nothing to decide.",
          "Write what it is equal to.", r"\sum_i \hat x_i", r"\sum_i \hat x_i = 0"),
    Entry("no-left-side", READER, "no left side", "The formula begins with a relation sign.",
          "Write what the right side is equal to.", r"= \frac{x_i - \mu}{s}", r"\hat x_i = \frac{x_i - \mu}{s}"),
    Entry("unexpected", READER, "something else was expected", "A sign stands where the grammar has no place for it.",
          "Look at the marked characters; often something before them is missing.", "x_i = 1 +"),
    Entry("unbalanced", READER, "brackets do not match", "A bracket or a brace is never closed, or closes nothing.",
          "Put the other bracket where it belongs.", r"\hat x_i = \frac{(x_i - \mu}{s})", r"\hat x_i = \frac{(x_i - \mu)}{s}"),
    Entry("half-derivative", READER, "half a derivative",
          "Only one part of a fraction has a differential sign. Read as it stands it would be a quotient by accident.",
          "Write the sign on both parts.", r"\frac{\partial\mu}{x_i} = \frac1m", r"\frac{\partial\mu}{\partial x_i} = \frac1m"),
    Entry("missing-argument", READER, "a command lacks its argument", "A TeX command that takes braces has none.",
          "Write the argument in braces.", r"\text x_i = 0"),
    Entry("unknown-character", READER, "a character without meaning", "The character is no part of a formula here.",
          "Leave it out, or write its TeX command.", "x_i = 1 @"),
    Entry("bad-character", READER, "a control character", "The formula holds a control character or broken UTF-8.",
          "Remove it; it often comes from copying out of a PDF.", "x_i = 1\0"),
    Entry("unknown-command", READER, "an unknown command", "symbn does not know this TeX command, and ignores none.",
          "Write it with the commands of ordinary mathematics, or define it as a macro.", r"\mean x = \mu"),
    Entry("unknown-word", READER, "a text that is no word", "Inside \\text{..} only words are read.",
          "Move what is no word out of the formula.", r"x_i = x_i \text{ (50\%)}"),
    Entry("unknown-name", READER, "an unknown name", "The name plays no role that symbn knows.",
          "Say what it is, with --let role=name or in the document's front matter.", r"z_i = \frac{x_i - \mu}{s}",
          r"z_i = \frac{x_i - \mu}{s}", ("normalised=z",)),
    Entry("two-roles", READER, "a name with two roles", "The name may mean two things, and the answer depends on which.",
          "Say which one is meant.", r"\bar x = \frac1m \sum_j x_j", r"\bar x = \frac1m \sum_j x_j", (r"mean=\bar x",)),
    Entry("missing-index", READER, "an index is missing", "Without its index the quantity may be one of several entries.",
          "Write the index.", r"\frac{\partial \hat x}{\partial x_k} = x_i - x_k"),
    Entry("bad-index", READER, "not an index",
          "An index is one letter or one positive whole number, and not every name has one.",
          "Write x_i, x_{ij} or x_1.", r"x_{i+1} = 0"),
    Entry("unmatched-index", READER, "an index free on one side only",
          "A letter that no sum binds stands for every entry. Here it stands on one side only, which is rarely meant.",
          "Sum over it, or rename it to an index of the other side.",
          r"\frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_i",
          r"\frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_j"),
    Entry("bad-bounds", READER, "bounds that are not the whole batch",
          "Sums run over the whole batch, but for named exceptions.",
          "Write \\sum_{j=1}^{m}, or \\sum_{j \\neq i}.", r"\sum_{j=2}^m x_j = m \mu - x_1",
          r"\sum_{j \neq 1} x_j = m \mu - x_1"),
    Entry("bad-exponent", READER, "an exponent that is no number", "Exponents are rational numbers of moderate size.",
          "Write the number.", r"(\sigma^2+\epsilon)^{\gamma} = 1"),
    Entry("bad-derivative", READER, "a derivative by what is no quantity",
          "A derivative is taken by a quantity of the layer or by a free number; a size or an expression is neither.",
          "Name one quantity below.", r"\frac{\partial \mu}{\partial m} = 0"),
    Entry("unsupported-condition", READER, "a condition that is not read",
          "An equation is never judged without its conditions, and of those only i = k and i \\neq k are read.",
          "Leave the condition out if the equation holds without it.",
          r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}, \epsilon = 0",
          rf"\hat x_i = \frac{{x_i - \mu}}{{{_S}}}"),
    Entry("unsupported", READER, "outside what symbn reads", "This is mathematics, but not of the kind that symbn decides.",
          "Write it with sums, products, powers and derivatives, if it can be.", r"\exp(x_i) = 1"),
    Entry("too-long", READER, "too long", "Formulas, numbers and lists of indices have generous limits.",
          "Split the formula.", "9" * 400 + " = 1"),
    Entry("too-deep", READER, "nested too deeply", "Brackets and fractions are read to a generous depth.",
          "Name a part of the formula.", "(" * 200 + "x_i" + ")" * 200 + " = x_i"),
    # ------------------------------------------------------------------ what is wrong with a refuted formula
    Entry("wrong-sign", REPAIR, "a wrong sign", "A term is added that has to be subtracted, or the other way round.",
          "Change the sign.", _DX + _FORM.replace(r"- \hat", r"+ \hat"), _DX + _FORM),
    Entry("missing-factor", REPAIR, "a factor is missing", "A factor such as m, 2 or gamma is forgotten, above or below.",
          "Put it in.", _DX + _FORM.replace("m g_i", "g_i"), _DX + _FORM),
    Entry("extra-factor", REPAIR, "a factor too many", "A factor or a divisor does not belong there.", "Leave it out.",
          r"\frac{\partial L}{\partial \gamma} = \gamma \sum_j g_j \hat x_j",
          r"\frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_j"),
    Entry("wrong-factor", REPAIR, "a wrong factor", "A number is another one, or a quotient is upside down.",
          "Write the right one.",
          r"\frac{\partial s}{\partial \sigma^2} = \frac{1}{3 s}", r"\frac{\partial s}{\partial \sigma^2} = \frac{1}{2 s}"),
    Entry("batch-minus-one", REPAIR, "m - 1 for m", "Batch normalisation divides by m; the unbiased variance divides by m - 1.",
          "Write m, or say that another variance is meant.", r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2(x_i-\mu)}{m-1}",
          r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2(x_i-\mu)}{m}"),
    Entry("exponent-on-root", REPAIR, "the exponent is on the root", "A power that belongs to the radicand is on its root.",
          "Put the exponent on the radicand, or double it.", rf"\hat x_i = (x_i - \mu) ({_S})^{{-0.5}}",
          r"\hat x_i = (x_i - \mu) (\sigma^2+\epsilon)^{-0.5}"),
    Entry("wrong-exponent", REPAIR, "a wrong exponent", "A power is another one, or is missing.", "Write the right exponent.",
          _DVAR + r"(\sigma^2+\epsilon)^{-1/2} \sum_j g_j (x_j-\mu)",
          _DVAR + r"(\sigma^2+\epsilon)^{-3/2} \sum_j g_j (x_j-\mu)"),
    Entry("missing-epsilon", REPAIR, "epsilon is missing", "The variance stands where variance plus epsilon is meant.",
          "Add epsilon.", r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}", rf"\hat x_i = \frac{{x_i - \mu}}{{{_S}}}"),
    Entry("extra-epsilon", REPAIR, "epsilon is too much", "Epsilon is added where the variance alone is meant.",
          "Leave epsilon out.", r"\sum_k (x_k-\mu)^2 = m (\sigma^2 + \epsilon)", r"\sum_k (x_k-\mu)^2 = m \sigma^2"),
    Entry("misplaced-epsilon", REPAIR, "epsilon outside the root", "Epsilon is added to the root, not to the radicand.",
          "Move epsilon under the root.", r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2} + \epsilon}",
          rf"\hat x_i = \frac{{x_i - \mu}}{{{_S}}}"),
    Entry("missing-parentheses", REPAIR, "brackets are missing", "A factor, a sum sign or a minus reaches over one term only.",
          "Put brackets around all that it is meant for.",
          _JACOBIAN + r"\frac{1}{s}(\delta_{ik} - \frac1m - \frac{(x_i-\mu)(x_k-\mu)}{m \sigma^2 + \epsilon})",
          _JACOBIAN + r"\frac{1}{s}(\delta_{ik} - \frac1m - \frac{(x_i-\mu)(x_k-\mu)}{m (\sigma^2 + \epsilon)})"),
    Entry("extra-parentheses", REPAIR, "brackets that are too much", "Brackets hold more than what is multiplied.",
          "Leave them out, or close them earlier.", r"y_i = \gamma (\hat x_i + \beta)", r"y_i = \gamma \hat x_i + \beta"),
    Entry("missing-sum", REPAIR, "a sum sign is missing", "One entry stands where the sum over the batch is meant.",
          "Write the sum sign.", _DX + _FORM.replace(r"- \sum_j g_j -", "- g_i -"), _DX + _FORM),
    Entry("extra-sum", REPAIR, "a sum sign too many", "One entry is meant, but there is a sum over the batch.",
          "Leave the sum sign out.", r"\frac{\partial L}{\partial \hat x_i} = \sum_i \gamma g_i",
          r"\frac{\partial L}{\partial \hat x_i} = \gamma g_i"),
    Entry("wrong-index", REPAIR, "a wrong index", "An entry carries the index of another one.", "Write the right index.",
          _DX + _FORM.replace(r"g_j \hat x_j", r"g_j \hat x_i"), _DX + _FORM),
    Entry("wrong-symbol", REPAIR, "a wrong symbol", "One quantity stands for another: x for the normalised x, beta for gamma.",
          "Write the right one.", r"\frac{\partial L}{\partial \gamma} = \sum_j g_j x_j",
          r"\frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_j"),
    Entry("missing-upstream", REPAIR, "the upstream gradient is missing",
          "The chain rule's outer derivative dL/dy is forgotten.",
          "Multiply by it.", r"\frac{\partial L}{\partial \gamma} = \sum_j \hat x_j",
          r"\frac{\partial L}{\partial \gamma} = \sum_j \frac{\partial L}{\partial y_j} \hat x_j"),
    Entry("extra-upstream", REPAIR, "an upstream gradient too many", "The derivative alone is asked for, without dL/dy.",
          "Leave it out.", _JACOBIAN + r"\frac{\partial L}{\partial y_i} \frac{1}{m s}(m\delta_{ik} - 1 - \hat x_i \hat x_k)",
          _JACOBIAN + r"\frac{1}{m s}(m\delta_{ik} - 1 - \hat x_i \hat x_k)"),
    Entry("missing-term", REPAIR, "a term is missing", "A summand is forgotten.", "Add it.",
          r"y_i = \gamma \hat x_i", r"y_i = \gamma \hat x_i + \beta"),
    Entry("extra-term", REPAIR, "a term too many", "A summand does not belong there.", "Leave it out.",
          r"\hat x_i = \frac{x_i - \mu}{s} + \beta", r"\hat x_i = \frac{x_i - \mu}{s}"),
    Entry("constant-moments", REPAIR, "mean and variance held constant",
          "The formula treats mean and variance as constants. In training both depend on every x, so two terms are missing.",
          "Add the paths through mean and variance, or check in evaluation mode.", _DX + rf"\frac{{\gamma g_i}}{{{_S}}}",
          _DX + _FORM),
    Entry("diagonal-only", REPAIR, "the diagonal of the Jacobian only",
          "Every output depends on every input of the batch; the formula has the entry i = k of that sum alone.",
          "Sum over all outputs.", _DX + r"\frac{\gamma g_i}{s} (1 - \frac1m - \frac{\hat x_i^2}{m})", _DX + _FORM),
    Entry("other-formula", REPAIR, "another formula", "No small edit makes it true; the known closed form is offered instead.",
          "Compare with the closed form.", r"\frac{\partial L}{\partial \beta} = \gamma^2 + 1",
          r"\frac{\partial L}{\partial \beta} = \sum_j \frac{\partial L}{\partial y_j}"),
    Entry("shape-mismatch", READER, "shapes that do not fit",
          "The inner sizes of a matrix product differ, or the two sides of an equation have different shapes.",
          "Transpose a factor, sum over the batch, or write the elementwise product \\odot.",
          r"\nabla_\beta L = J_{1N} \beta", r"\nabla_\beta L = J_{1N} \nabla_Y L"),
    # ------------------------------------------------------------------ faults of the document
    Entry("bad-front-matter", DOCUMENT, "front matter that is not TOML",
          "The lines between the two +++ at the beginning of a document are not TOML.",
          "Write key = \"value\" lines, with a backslash doubled or the value in single quotes.",
          "+++\nbatch = m\n+++\nThe mean is $\\mu = \\frac1m \\sum_i x_i$."),
    Entry("bad-notation", DOCUMENT, "a notation that cannot be",
          "Front matter or a notation file names an unknown role, or gives one no name.",
          "Use the roles of `symbn verify --help`: batch, mean, variance, normalised, ...",
          "+++\nmeen = 'u'\n+++\nThe mean is $u = \\frac1m \\sum_i x_i$."),
    Entry("bad-remark", DOCUMENT, "a remark that is not read",
          "A comment that begins with `symbn:` states neither roles nor a verdict that symbn knows.",
          "Write role=name pairs, or a verdict with a code if you like: `symbn: refuted wrong-sign`.",
          "<!-- symbn: prooved -->\nThe mean is $\\mu = \\frac1m \\sum_i x_i$."),
    Entry("macro-limit", DOCUMENT, "macros without end",
          "Expanding the document's macros takes too many steps, or too much room.",
          "Look for a macro that is defined by itself.",
          "$\\newcommand{\\a}{\\a\\a}$ The mean is $\\mu = \\a$."),
    Entry("bad-document", DOCUMENT, "a document that is not read",
          "The file is missing, is no text, is too large, or is no notebook or no Python although it is called so.",
          "Give its source as UTF-8 text: .md, .tex, .html, .txt, .rst, .ipynb or .py.",
          "a NUL byte: \0"),
    Entry("docstring-escape", DOCUMENT, "a docstring with LaTeX that is not raw",
          "A docstring writes LaTeX with single backslashes, and Python takes one of them for another character: `\\f` is a "
          "form feed, `\\\\` one backslash. It is read as if it were raw.",
          "Put r before the quotes, or double every backslash.",
          '"""The scale has $\\frac{\\partial L}{\\partial \\gamma} = \\sum_j g_j \\hat x_j$."""'),
)
# fmt: on
CATALOGUE = {entry.code: entry for entry in _ENTRIES}
