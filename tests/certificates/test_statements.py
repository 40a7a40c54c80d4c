"""The statements that a person reads, the comments above them, and what has no certificate."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbn.certificates import making
from symbn.certificates.claims import proposition
from symbn.certificates.writing import comment, library, write
from symbn.cli import main
from tests.certificates.helpers import certificate, made

GOLDEN = [
    (
        "sum_i xhat_i = 0",
        """\
forall (m : nat) (x : nat -> R) (eps : R),
  (0 < m)%nat -> 0 < eps ->
  bsum m (fun i => xhat m eps x i)
  = 0""",
    ),
    (
        r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2 (x_i - \mu)}{m}",
        """\
forall (m : nat) (x : nat -> R) (i : nat),
  (0 < m)%nat -> (i < m)%nat ->
  derivable_pt_lim (fun t => var m (upd x i t)) (x i)
    (2 * (x i - mean m x) / INR m)""",
    ),
    (
        r"\frac{\partial L}{\partial x_i} = \frac{\gamma}{m s} (m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j)",
        """\
forall (m : nat) (x g : nat -> R) (eps gamma beta : R) (L : (nat -> R) -> R) (i : nat),
  (0 < m)%nat -> (i < m)%nat -> 0 < eps -> has_gradient m L (bn m eps gamma beta x) g ->
  derivable_pt_lim (fun t => L (bn m eps gamma beta (upd x i t))) (x i)
    (gamma / (INR m * std m eps x) * (INR m * g i - bsum m (fun j => g j) - xhat m eps x i"""
        """ * bsum m (fun j => g j * xhat m eps x j)))""",
    ),
    (
        r"\sum_i \frac{\partial L}{\partial x_i} = 0",
        """\
forall (m : nat) (x g : nat -> R) (eps gamma beta : R) (L : (nat -> R) -> R),
  (0 < m)%nat -> 0 < eps -> has_gradient m L (bn m eps gamma beta x) g ->
  exists D1 : nat -> R,
  (forall j, (j < m)%nat -> derivable_pt_lim (fun t => L (bn m eps gamma beta (upd x j t))) (x j)
    (D1 j)) /\\
  bsum m (fun i => D1 i)
  = 0""",
    ),
    (
        r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1 + \hat x_i \hat x_k), \quad i \neq k",
        """\
forall (m : nat) (x : nat -> R) (eps : R) (i k : nat),
  (0 < m)%nat -> (i < m)%nat -> (k < m)%nat -> i <> k -> 0 < eps ->
  derivable_pt_lim (fun t => xhat m eps (upd x k t) i) (x k)
    (- (/ (INR m * std m eps x) * (1 + xhat m eps x i * xhat m eps x k)))""",
    ),
]


@pytest.mark.parametrize(("formula", "statement"), GOLDEN, ids=[formula for formula, _ in GOLDEN])
def test_the_statement_is_the_author_s_own_tree(formula: str, statement: str) -> None:
    assert proposition(certificate(formula).claim) == statement


def test_a_chosen_batch_size_is_a_hypothesis() -> None:
    assert "m = 4%nat ->" in proposition(certificate("sum_j x_j = 4 mu", batch=4).claim)


def test_a_value_that_a_condition_gives_is_a_hypothesis() -> None:
    assert "gamma = std m eps x -> beta = mean m x ->" in proposition(certificate("y_i = x_i if gamma = s, beta = mu").claim)
    text = proposition(certificate(r"\frac{\partial L}{\partial x_i} = 0 \quad\text{if } g_i = a").claim)
    assert "(forall j, (j < m)%nat -> g j = a) ->" in text


def test_a_rule_is_about_any_functions() -> None:
    assert (
        proposition(certificate("(f g)' = f' g + f g'").claim)
        == """\
forall (m : nat) (fprime gprime t0 : R) (f g : R -> R),
  (0 < m)%nat -> derivable_pt_lim f t0 fprime -> derivable_pt_lim g t0 gprime ->
  derivable_pt_lim (fun t => f t * g t) t0
    (fprime * g t0 + f t0 * gprime)"""
    )


def test_the_inner_one_of_two_derivatives_is_a_function_of_the_batch() -> None:
    formula = r"\frac{\partial^2 \sigma^2}{\partial x_i \partial x_k} = \frac2m (\delta_{ik} - \frac1m)"
    assert (
        proposition(certificate(formula).claim)
        == """\
forall (m : nat) (x : nat -> R) (i k : nat),
  (0 < m)%nat -> (i < m)%nat -> (k < m)%nat ->
  exists D1 : (nat -> R) -> nat -> R,
  exists D2 : nat -> nat -> R,
  (forall x' j, (j < m)%nat -> derivable_pt_lim (fun t => var m (upd x' j t)) (x' j)
    (D1 x' j)) /\\
  (forall j l, (j < m)%nat -> (l < m)%nat -> derivable_pt_lim (fun t => D1 (upd x l t) j) (x l)
    (D2 j l)) /\\
  D2 i k
  = 2 / INR m * (delta i k - / INR m)"""
    )


@pytest.mark.parametrize("formula", [r"\frac{x_i-\mu}{x_i-\mu} = 1", r"\frac{\sigma^2}{\sigma^2} = 1"])
def test_of_hypotheses_that_contradict_each_other_nothing_follows(formula: str) -> None:
    (alone,) = made(formula, batch=1)
    assert alone.step.verdict == "proved"
    assert alone.certificate is None
    assert "satisfies the hypotheses" in alone.reason
    (two,) = made(formula, batch=2)
    assert two.certificate is not None


def test_a_local_derivative_moves_one_parent_only() -> None:
    text = proposition(certificate(r"\frac{\partial \hat x_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2+\epsilon}}").claim)
    assert "fun t => (upd x i t i - mean m x) / sqrt (var m x + eps)" in text


@pytest.mark.parametrize("text", ["a *) b", '(*) "', "(**) Axiom bad : False. (*", 'say "end *) Axiom', "(((* *)))", "*(*)*"])
def test_a_comment_cannot_be_left(text: str) -> None:
    inner = comment(text)[2:-2]
    assert "*)" not in inner
    assert "(*" not in inner
    assert '"' not in inner


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        (
            r"\frac{\partial^2 y_i}{\partial x_k \partial \gamma} = \frac{\partial \hat x_i}{\partial x_k}",
            "a derivative of a derivative",
        ),
        # Coq's power with a real exponent is 1 at 0, so that the statement would be another one.
        (r"(\sigma^2)^{3/2} = \sigma^2 \sqrt{\sigma^2}", "a fractional power of what may be 0"),
        (
            r"\frac{\partial \hat x_{ij}}{\partial x_{kl}} = \delta_{jl} \frac{\partial \hat x_{ij}}{\partial x_{kj}}",
            "several features",
        ),
        (r"\mu \approx 0", "only exact equality is decided"),
        ("x_i = z_i", "unknown name"),
    ],
)
def test_what_has_no_certificate_says_why(formula: str, reason: str) -> None:
    (only,) = made(formula)
    assert only.certificate is None
    assert reason in only.reason


def test_the_files_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", "dL/dbeta = sum_j g_j", "mu = 0", "-o", str(tmp_path / "out")]) == 0
    claims = (tmp_path / "out" / "Claims.v").read_text("utf-8")
    assert "(* proved: dL/dbeta = sum_j g_j *)" in claims
    assert "(* refuted: mu = 0 *)" in claims
    assert "~ Claims.claim_2" in (tmp_path / "out" / "Proofs.v").read_text("utf-8")
    assert sorted(path.name for path in (tmp_path / "out" / "library").iterdir()) == sorted(library())
    assert "2 of 2 steps" in capsys.readouterr().out


def test_a_notation_file_says_what_names_mean_in_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.md").write_text("$$\\frac{\\partial q}{\\partial x_i} = \\frac1m$$\n", "utf-8")
    (tmp_path / "notes.toml").write_text("mean = 'q'\n", "utf-8")
    wanted = ["certify", str(tmp_path / "notes.md"), "-o", str(tmp_path / "out")]
    assert main(wanted) == 3
    assert main([*wanted, "--notation", str(tmp_path / "notes.toml")]) == 0
    assert main([*wanted, "--notation", str(tmp_path)]) == 0
    assert "1 of 1 steps" in capsys.readouterr().out


def test_nothing_to_certify_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["certify", "--check"]) == 2
    assert main(["certify", "mu = mu"]) == 2
    assert "say where" in capsys.readouterr().err


def test_the_folder_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["certify", "mu = mu", "-o", str(tmp_path / "file")]) == 2


def test_only_known_files_are_in_the_library() -> None:
    for text in library().values():
        assert "Admitted" not in text
        assert "Axiom" not in text
        assert write is not None


def test_a_feature_that_makes_no_difference_has_no_place_at_the_point() -> None:
    (found,) = made(r"\sum_{k=1}^{m} \frac{d}{d\hat x_{kz}} \left[ x_{iz} - \mu_z \right] = 1")
    assert found.step.verdict == "refuted"
    assert found.certificate is not None, found.reason


def test_a_fault_of_ours_costs_one_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("broken")

    monkeypatch.setattr(making, "refutation_of", broken)
    false, true = made("mu = 0", "sum_i xhat_i = 0")
    assert false.certificate is None
    assert "bug in symbn" in false.reason
    assert true.certificate is not None
