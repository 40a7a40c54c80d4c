"""Unicode characters that stand for TeX commands, shared by both scanners."""

from __future__ import annotations

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "varepsilon",
    "ϵ": "epsilon",
    "η": "eta",
    "θ": "theta",
    "λ": "lambda",
    "μ": "mu",
    "µ": "mu",
    "ν": "nu",
    "ρ": "rho",
    "σ": "sigma",
    "τ": "tau",
    "φ": "phi",
    "ω": "omega",
    "ℓ": "ell",
}
COMMANDS = {"∂": "\\partial", "∑": "\\sum", "Σ": "\\sum", "∏": "\\prod", "√": "\\sqrt", "∇": "\\nabla", "𝔼": "\\expectation"}
MARKS = {
    "−": "-",
    "–": "-",
    "·": "*",
    "×": "*",
    "∗": "*",
    "⋅": "*",
    "⊙": "\\odot",
    "∘": "\\odot",
    "÷": "/",
    "′": "'",
    "∞": "\\infty",
}
RELATIONS = {"≠": "\\neq", "≈": "\\approx", "≡": "\\equiv", "∝": "\\propto", "≤": "\\le", "≥": "\\ge", "∈": "\\in", "≔": ":="}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
SUBSCRIPTS = {
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
    "ᵢ": "i",
    "ⱼ": "j",
    "ₖ": "k",
    "ₗ": "l",
    "ₙ": "n",
    "ₘ": "m",
    "ₜ": "t",
}
ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde"}

GREEK_NAMES = frozenset(GREEK.values()) | frozenset(
    [
        "zeta",
        "iota",
        "kappa",
        "xi",
        "pi",
        "varrho",
        "varsigma",
        "upsilon",
        "varphi",
        "chi",
        "psi",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Phi",
        "Psi",
        "Omega",
        "vartheta",
    ]
)
# Inside a plain text these words are the commands of the same meaning.
RELATION_COMMANDS = {
    "neq": "\\neq",
    "ne": "\\neq",
    "approx": "\\approx",
    "equiv": "=",
    "propto": "\\propto",
    "le": "\\le",
    "leq": "\\le",
    "ge": "\\ge",
    "geq": "\\ge",
    "lt": "<",
    "gt": ">",
    "in": "\\in",
    "triangleq": ":=",
    "coloneqq": ":=",
    "colon": ":",
    "sim": "\\sim",
    "leftarrow": "\\leftarrow",
    "gets": "\\leftarrow",
    "Rightarrow": "\\Rightarrow",
    "implies": "\\Rightarrow",
    "to": "\\to",
    "rightarrow": "\\to",
}
