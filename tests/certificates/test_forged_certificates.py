"""A forged certificate is refused, each for its own reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.certificates.verifying import Json, answer, record, reread

DX = r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m s} (m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j)"
FALSE = DX.replace(r"- \hat x_i", r"+ \hat x_i")
JACOBIAN = r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1 + \hat x_i \hat x_k), \quad i \neq k"
LOCAL = r"\frac{\partial \hat x_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2+\epsilon}}"
WITHOUT = r"\sum_{j \neq i} (x_j - \mu) = \mu - x_i"
GIVEN = r"\frac{\partial L}{\partial \hat x_i} = g_i \text{ if } \gamma = 1"


def num(text: str) -> Json:
    return {"num": text}


def name(text: str, *at: object) -> Json:
    return {"name": text, "at": list(at)}


def power(base: Json, to: str) -> Json:
    return {"power": base, "to": to}


def total(index: str, body: Json, *but: object) -> Json:
    return {"sum": index, "but": list(but), "of": body}


def stated(left: Json, right: Json, **more: object) -> Json:
    """Return a record that claims to prove an equation, with a text that says what its tree says."""
    blank = {**record("sum_i xhat_i = 0"), "forms": None, "readings": [], "caveats": []}
    return reread({**blank, "left": left, "right": right, **more})


X1, X_I, MU, M, A = name("x", 1), name("x", "i"), name("mu"), name("m"), name("a")
CENTRED = {"plus": [name("x", "j"), {"times": [num("-1"), MU]}]}


def false_with_copied_forms() -> Json:
    return reread({**record(DX), "right": record(FALSE)["right"]})


def changed(text: str, change: Callable[[Json], None], **more: object) -> Json:
    step = {**record(text), **more}
    change(step)
    return step


def with_coefficient(step: Json) -> None:
    step["forms"]["right"]["top"][0][0] = "17"


def with_exponent(step: Json) -> None:
    step["forms"]["left"]["top"][0][1][0][1] = "9"


def with_generator(step: Json) -> None:
    step["forms"]["generators"][0] = name("beta")


def with_zero_bottom(step: Json) -> None:
    step["forms"]["right"]["bottom"] = []


def without_conditions(step: Json) -> None:
    step["conditions"] = []


def without_conditions_at_all(step: Json) -> None:
    step.update(reread({**step, "conditions": []}), forms=None)


def with_other_condition(step: Json) -> None:
    step.update(reread({**step, "conditions": [["i", "=", "k"]]}), forms=None)


def without_batch(step: Json) -> None:
    step.update(reread({**step, "batch": None}), forms=None)


def without_batch_in_silence(step: Json) -> None:
    step["batch"] = None


def with_another_batch(step: Json) -> None:
    step.update(reread({**step, "batch": 4}), forms=None)


def without_caveats(step: Json) -> None:
    step["caveats"] = []


def as_total(step: Json) -> None:
    step["left"]["kind"] = "total"
    step.update(caveats=[], forms=None)


def as_local(step: Json) -> None:
    step["left"]["kind"] = "local"


def with_a_caveat_of_another(step: Json) -> None:
    step["caveats"] = ["dvar/dx is the local derivative, with mu held fixed"]


def without_exclusions(step: Json) -> None:
    step["left"]["but"] = []
    step.update(reread(step), forms=None)


def without_given(step: Json) -> None:
    step.update(reread({**step, "given": []}), forms=None)


def in_evaluation_mode(step: Json) -> None:
    step.update(reread({**step, "mode": "eval"}), forms=None)


def swapped_text(step: Json) -> None:
    step["read_as"] = record("sum_i dL/dx_i = 0")["read_as"]


def other_sign(step: Json) -> None:
    step["right"]["times"].insert(0, num("-1"))
    step.update(reread(step), forms=None)


def as_refuted(step: Json) -> None:
    step["verdict"] = "refuted"


def as_proved(step: Json) -> None:
    step["verdict"] = "proved"


def as_proved_outright(step: Json) -> None:
    step.update(verdict="proved", counterexample=None, true_up_to=None)


def at(**values: object) -> Callable[[Json], None]:
    """Return a change of the counterexample: of its parts, or of its inputs."""

    def change(step: Json) -> None:
        point = step["counterexample"]
        for key, value in values.items():
            (point if key in point else point["values"])[key] = value

    return change


def without_input(step: Json) -> None:
    del step["counterexample"]["values"]["g"]


def computed_input(step: Json) -> None:
    step["counterexample"]["values"]["mu"] = "1"


def true_after_all(step: Json) -> None:
    """A true equation, with the point of a false one, and the values that it has there on both sides."""
    step.update(reread({**step, "right": record(DX)["right"]}))
    step["counterexample"]["right"] = step["counterexample"]["left"]


FORGED = {
    "a false equation with copied normal forms": (false_with_copied_forms, "the stated normal form of the right side is not"),
    "a coefficient of a normal form": (
        lambda: changed(DX, with_coefficient),
        "the stated normal form of the right side is not",
    ),
    "an exponent of a normal form": (lambda: changed(DX, with_exponent), "the stated normal form of the left side is not"),
    "a generator of a normal form": (lambda: changed(DX, with_generator), "the stated normal form of the left side is not"),
    "a normal form over 0": (lambda: changed(DX, with_zero_bottom), "it divides by what is always 0"),
    "a coefficient of the tree": (
        lambda: reread({**record("2 mu = 2 mu"), "forms": None, "right": {"times": [num("3"), MU]}}),
        "the sides are not the same",
    ),
    "a sign of the tree": (lambda: changed(DX, other_sign), "the sides are not the same"),
    "a tree changed in silence": (
        lambda: {**record("2 mu = 2 mu"), "right": {"times": [num("2"), X1]}},
        "the text says something else",
    ),
    "the text of another equation": (lambda: changed(DX, swapped_text), "the text says something else"),
    "a proof presented as a refutation": (
        lambda: changed(DX, as_refuted),
        "it is said to be refuted, and has no counterexample",
    ),
    "a refutation presented as a proof": (
        lambda: changed(FALSE, as_proved),
        "it is said to be proved, and has a counterexample",
    ),
    "the same without its counterexample": (lambda: changed(FALSE, as_proved_outright), "the sides are not the same"),
    "one batch size presented as all": (
        lambda: changed("sum_j (x_j - mu)^3 = 0", without_batch_in_silence, **record("sum_j (x_j - mu)^3 = 0", batch=2)),
        "the text says something else",
    ),
    "the same with its text": (
        lambda: changed("sum_j (x_j - mu)^3 = 0", without_batch, **record("sum_j (x_j - mu)^3 = 0", batch=2)),
        "the sides are not the same",
    ),
    "one batch size presented as another": (
        lambda: changed("sum_j (x_j - mu)^3 = 0", with_another_batch, **record("sum_j (x_j - mu)^3 = 0", batch=2)),
        "the sides are not the same",
    ),
    "without its condition": (lambda: changed(JACOBIAN, without_conditions), "the text says something else"),
    "without its condition, with the text": (
        lambda: changed(JACOBIAN, without_conditions_at_all),
        "the sides are not the same",
    ),
    "with the contrary condition": (lambda: changed(JACOBIAN, with_other_condition), "the sides are not the same"),
    "with conditions that nothing meets": (
        lambda: stated(X_I, X1, conditions=[["i", "=", "k"], ["i", "!=", "k"]]),
        "no indices satisfy the conditions",
    ),
    "without the caveat": (lambda: changed(LOCAL, without_caveats), "the caveats do not name the local derivatives"),
    "a local derivative presented as total": (lambda: changed(LOCAL, as_total), "the sides are not the same"),
    "a total derivative presented as local": (
        lambda: changed("ds/dvar = 1/(2 s)", as_local),
        "the caveats do not name the local derivatives",
    ),
    "a local derivative by what is no parent": (
        lambda: changed("dy_i/dx_i = dy_i/dx_i", as_local),
        "x is not in the definition of y",
    ),
    "the caveat of another derivative": (lambda: changed(LOCAL, with_a_caveat_of_another), "the caveats do not name"),
    "without the exclusion of a sum": (lambda: changed(WITHOUT, without_exclusions), "the sides are not the same"),
    "without the value given to an input": (lambda: changed(GIVEN, without_given), "the sides are not the same"),
    "in another mode": (lambda: changed("sum_i xhat_i = 0", in_evaluation_mode), "the sides are not the same"),
    "a value of the counterexample": (
        lambda: changed(FALSE, at(left="1/16")),
        "at the counterexample the sides are 3/16 and 5/16",
    ),
    "an input of the counterexample": (lambda: changed(FALSE, at(x=["0", "4"], eps="5")), "not as stated"),
    "eps = 0": (lambda: changed(FALSE, at(eps="0")), "is not > 0"),
    "eps < 0": (lambda: changed(FALSE, at(eps="-1/2")), "is not > 0"),
    "too few entries": (lambda: changed(FALSE, at(x=["0"])), "another length than the batch"),
    "too many entries": (lambda: changed(FALSE, at(g=["1", "0", "0"])), "another length than the batch"),
    "an index outside the batch": (lambda: changed(FALSE, at(at={"i": 3})), "a whole number from 1 to 2"),
    "an index without a place": (lambda: changed(FALSE, at(at={})), "does not place the indices"),
    "an index too many": (lambda: changed(FALSE, at(at={"i": 1, "k": 1})), "does not place the indices"),
    "an input without a value": (lambda: changed(FALSE, without_input), "gives no value to g"),
    "a value for what is computed": (lambda: changed(FALSE, computed_input), "a value to what is no input"),
    "values that are equal": (lambda: changed(FALSE, true_after_all), "the sides are equal at the counterexample"),
    "a counterexample that violates the condition": (
        lambda: changed(JACOBIAN.replace("1 +", "2 +"), at(at={"i": 1, "k": 1})),
        "the counterexample violates a condition",
    ),
    "a counterexample of another batch size": (
        lambda: {**record(FALSE, batch=2), "counterexample": record("sum_j (x_j - mu)^3 = 0")["counterexample"]},
        "another batch size than the statement",
    ),
    "a counterexample without the entries named": (
        lambda: reread({**record("x_1 = mu"), "left": name("x", 9)}),
        "does not have the entries that the statement names",
    ),
    "0/0 is 0/0": (
        lambda: stated(*[power({"plus": [A, {"times": [num("-1"), A]}]}, "-1")] * 2),
        "it divides by what is always 0",
    ),
    "1/0 is 1/0, by a sum": (lambda: stated(*[power(total("j", CENTRED), "-1")] * 2), "it divides by what is always 0"),
    "1/0 is 1/0, in this batch": (
        lambda: stated(*[power(total("j", power(CENTRED, "3")), "-1")] * 2, batch=2),
        "it divides by what is always 0",
    ),
    "0/0 where indices differ": (
        lambda: stated(*[power({"delta": ["i", "k"]}, "-1")] * 2),
        "it divides by what is always 0 (case: ",
    ),
    "the root of a square": (lambda: stated(power(power(A, "2"), "1/2"), A), "the sides are not the same"),
    "the root of a product of equals": (lambda: stated(power({"times": [A, A]}, "1/2"), A), "the sides are not the same"),
    "the fourth root of a square": (lambda: stated(power(power(X_I, "4"), "1/4"), X_I), "the sides differ at a point"),
    "true of small batches": (lambda: stated(total("j", power(CENTRED, "3")), num("0")), "the sides are not the same"),
    "true of distinct indices": (lambda: stated({"delta": ["i", "k"]}, num("0")), "the sides are not the same"),
    "an entry taken for the mean": (lambda: stated(X1, MU), "the sides are not the same"),
    "a derivative caught by its sum": (
        lambda: stated({"derivative": total("k", name("x", "k")), "by": name("x", "k"), "kind": "total"}, M),
        "the sides are not the same",
    ),
    "the second derivative of the loss": (
        lambda: stated(
            {"derivative": {"derivative": name("L"), "by": name("x", "i"), "kind": "total"}, "by": MU, "kind": "total"},
            num("0"),
        ),
        "the derivative of an upstream gradient is not determined",
    ),
    "the loss itself": (lambda: stated(name("L"), name("L")), "the loss itself is not determined"),
    "an index that another step has": (lambda: {**record("mu = mu"), "number": 2}, "it is not numbered as step 1"),
    "an unknown verdict": (lambda: {**record("mu = mu"), "verdict": "certain"}, "the verdict is neither proved nor refuted"),
    "a name that prints as a derivative": (
        lambda: {**record("mu = mu"), "left": {"times": [name("dmu"), power(name("dx", "i"), "-1")]}},
        "prints as something else",
    ),
    "a letter for examples and features": (
        lambda: stated(
            {"times": [{"delta": ["i", "k"]}, {"delta": [{"feature": "i"}, {"feature": "k"}]}]}, num("0"), features=True
        ),
        "is an example in one place and a feature in another",
    ),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_certificate_is_refused_for_its_reason(forgery: str) -> None:
    forge, reason = FORGED[forgery]
    try:
        step = forge()
    except Exception as error:
        # What cannot even be read is refused while its text is made.
        assert reason in str(error), f"{type(error).__name__}: {error}"
        return
    state, words = answer(step)
    assert state == "refused", words
    assert reason in words


@pytest.mark.parametrize("text", [DX, FALSE, JACOBIAN, LOCAL, WITHOUT, GIVEN])
def test_what_is_forged_is_verified_when_it_is_left_alone(text: str) -> None:
    assert answer(record(text))[0] == "verified"
