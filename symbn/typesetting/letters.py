r"""A name as the parser spells it (`\hat x`, `\mathcal L`, `\mu`, `xhat`) -> a box, and Unicode letters -> ASCII."""

from __future__ import annotations

import unicodedata

from symbn.syntax.latex import ACCENT_COMMANDS, STYLES
from symbn.syntax.symbols import GREEK
from symbn.typesetting.boxes import Accent, Box, Letter

_GREEK = {name: character for character, name in GREEK.items() if character != "µ"} | {
    name: unicodedata.lookup(f"GREEK {size} LETTER {name.upper()}")
    for size, names in (
        ("SMALL", "zeta iota kappa xi pi upsilon chi psi"),
        ("CAPITAL", "Gamma Delta Theta Lambda Phi Psi Omega"),
    )
    for name in names.replace("Lambda", "Lamda").split()
}
_GREEK["Lambda"] = _GREEK.pop("Lamda")
_SYMBOLS = _GREEK | {
    "varphi": "ϕ", "varrho": "ϱ", "varsigma": "ς", "vartheta": "ϑ", "ell": "ℓ", "top": "⊤", "intercal": "⊺", "infty": "∞",
    "ldots": "…", "cdots": "⋯", "partial": "∂", "nabla": "∇",
}  # fmt: skip
_COMMANDS = {character: name for name, character in _SYMBOLS.items()}
_ASCII = {
    **{character: name for name, character in _GREEK.items()},
    "ε": "eps", "ϵ": "eps", "ℓ": "l", "∂": "d", "∇": "nabla ", "…": "...", "⋯": "...", "∞": "inf", "⊤": "T", "⊺": "T", "−": "-",
    "·": "*", "≠": "!=", "≈": "~=", "∝": "~", "∼": "~", "≤": "<=", "≥": ">=", "∈": "in", "←": "<-", "→": "->", "⇒": "=>",
    "⊙": "(.)", "′": "'", "×": "*",
}  # fmt: skip
_FONTS = {
    "mathcal": "SCRIPT", "mathscr": "SCRIPT", "mathbb": "DOUBLE-STRUCK", "mathbf": "BOLD", "boldsymbol": "BOLD", "bm": "BOLD",
    "pmb": "BOLD", "mathfrak": "FRAKTUR", "mathsf": "SANS-SERIF",
}  # fmt: skip
_WEIGHTS = {"bm": "boldsymbol", "pmb": "boldsymbol", "mathscr": "mathcal"}  # the others want a package


def name_box(name: str) -> Box:
    """Return a name as a box; style and accents are of its letter, whatever their order."""
    prefix, space, rest = name.partition(" ")
    command = prefix.removeprefix("\\")
    if prefix.startswith("\\") and space and command in set(ACCENT_COMMANDS.values()) | {"vec"}:
        return Accent(command, name_box(rest))
    if prefix.startswith("\\") and space and command in STYLES:
        inner = name_box(rest)
        return Accent(inner.accent, _styled(command, inner.base)) if isinstance(inner, Accent) else _styled(command, inner)
    if name.startswith("\\"):
        symbol = name[1:]
        if symbol in _SYMBOLS:
            return Letter(name, _SYMBOLS[symbol])
    if len(name) > 2 and name[0] == "d" and name[1] == "\\":
        inner = name_box(name[1:])
        return Letter(f"d{inner.latex}", f"d{inner.text}") if isinstance(inner, Letter) else inner
    if len(name) == 1 and name.isalnum():
        # A d before another name would be read as a differential.
        return Letter("{d}" if name == "d" else name, name)
    if name.isascii() and name.isalnum():
        return Letter(rf"\mathrm{{{name}}}", name)
    return Letter(rf"\text{{{escaped(name)}}}", name)


def _styled(style: str, inner: Box) -> Box:
    if not isinstance(inner, Letter):
        return inner
    return Letter(rf"\{_WEIGHTS.get(style, style)}{{{inner.latex}}}", "".join(_in_font(c, style) for c in inner.text))


def _in_font(character: str, style: str) -> str:
    """Return the Unicode letter of a font, or the letter itself where there is none."""
    font = _FONTS.get(style)
    if font is None or not character.isascii():
        return character
    if character.isdigit():
        kinds = [f"MATHEMATICAL {font} DIGIT {unicodedata.name(character).rpartition(' ')[2]}"]
    else:
        size = "CAPITAL" if character.isupper() else "SMALL"
        old = {"FRAKTUR": "BLACK-LETTER"}.get(font, font)
        kinds = [f"MATHEMATICAL {font} {size} {character.upper()}", f"{old} {size} {character.upper()}"]
    for kind in kinds:
        try:
            return unicodedata.lookup(kind)
        except KeyError:
            continue
    return character


def to_ascii(text: str) -> str:
    """Return the text in ASCII: Greek letters by their names, what has none by a question mark."""
    return "".join(_ASCII.get(c) or unicodedata.normalize("NFKD", c).encode("ascii", "replace").decode() for c in text)


def escaped(text: str) -> str:
    r"""Return words for inside \text{..}: nothing in them is a command any more, and every letter is one that TeX has."""
    return "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    if character.isascii():
        return _ESCAPES.get(character, character) if character.isprintable() else " "
    if "À" <= character <= "ÿ":
        return character
    if character in _COMMANDS:
        return rf"\ensuremath{{\{_COMMANDS[character]}}}"
    known = to_ascii(character)
    # Without a font for it, TeX would stop.
    return "".join(map(_escaped, known)) if "?" not in known else f"[U+{ord(character):04X}]"


_ESCAPES = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
