"""Certificates of formulas, for tests."""

from __future__ import annotations

from symbn.certificates.making import Made, made_of
from symbn.certificates.writing import Certificate
from symbn.checking import check_formula
from symbn.elaboration.notation import Notation
from symbn.judging import Options


def made(*formulas: str, mode: str = "train", batch: int | None = None, let: tuple[str, ...] = ()) -> list[Made]:
    options = Options(Notation(mode=mode).with_lets(let), batch, keep=True)
    return made_of(step for formula in formulas for step in check_formula(formula, options))


def certificate(formula: str, batch: int | None = None) -> Certificate:
    (only,) = made(formula, batch=batch)
    assert only.certificate is not None, only.reason
    return only.certificate
