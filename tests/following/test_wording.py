"""Words around conditions and names: what they say besides is never passed over."""

from __future__ import annotations

import pytest

from tests.following.documents import verdicts

MEAN = "$\\mu = x_1$"
KRONECKER = "$\\frac{\\partial x_k}{\\partial x_i} = 1$"
SCALED = "$\\frac{\\partial L}{\\partial \\hat x_i} = g_i$"


@pytest.mark.parametrize(
    "words",
    [
        "$m = 1$, of course, and the mean is always",
        "$m = 1$ [3], and",
        "$m = 1$ (see [3]) and",
        "$m = 1$ holds, and",
        "$m = 1$ only, and the mean is",
        "$m = 1$ -- and the mean is",
        "$m = 1$, and",
    ],
)
def test_a_condition_behind_a_claim_proves_that_claim_and_no_other(words: str) -> None:
    assert verdicts(f"$\\sigma^2 = 0$ if {words} {MEAN}.") == ["proved", "assumed", "undecided"]


def test_a_condition_on_indices_behind_a_claim_proves_that_claim_and_no_other() -> None:
    claim = "$\\frac{\\partial x_i}{\\partial x_k} = 1$ if $i = k$"
    for words in (" as usual, and", " (diagonal) and"):
        assert verdicts(f"{claim}{words} {KRONECKER} off the diagonal.") == ["proved", "assumed", "undecided"]


def test_a_condition_before_two_claims_is_for_both() -> None:
    assert verdicts(f"When $m = 1$, $\\sigma^2 = 0$ and {MEAN}.") == ["assumed", "proved", "proved"]


@pytest.mark.parametrize(
    "condition",
    [
        "when $\\gamma = 1$ fails",
        "when $\\gamma = 1$ is not assumed",
        "if $\\gamma = 1$ is dropped",
        "for $\\gamma = 1$ and for every other scale",
        "for $\\gamma = 1$ and any other $\\gamma$",
        "for $\\gamma = 1$, or for that matter any $\\gamma$",
        "for $\\gamma = 1$ and any other scale, and $y_i = \\gamma\\hat x_i + \\beta$",
    ],
)
def test_a_condition_that_its_sentence_denies_or_widens_proves_nothing(condition: str) -> None:
    assert verdicts(f"We have {SCALED} {condition}.")[0] == "undecided"


@pytest.mark.parametrize("words", ["", ", as expected", " (see [2])", ", since there is no scale then"])
def test_a_condition_with_plain_words_behind_it_is_used(words: str) -> None:
    assert verdicts(f"We have {SCALED} if $\\gamma = 1${words}.") == ["proved", "assumed"]


def test_a_condition_of_a_claim_that_is_denied_proves_nothing() -> None:
    assert verdicts(f"It is not true that {SCALED} if $\\gamma = 1$.")[0] == "undecided"


@pytest.mark.parametrize(
    "between",
    [
        "Assume now $m > 1$. Then",
        "Now for general $m$,",
        "For larger batches,",
        "In contrast, with several examples,",
        "Contradiction. Hence",
        "The following holds without any assumption:",
        "\n\n**General batches.** For a batch of $m$ examples,",
        "\n\nWe have",
        "\n\n---\n\nWe have",
        "\n2. We have",
    ],
)
def test_an_assumption_that_may_have_ended_proves_nothing(between: str) -> None:
    found = verdicts(f"1. Let $m = 1$. Then $\\sigma^2 = 0$. {between} {MEAN}.")
    assert found == ["assumed", "caveat", "undecided"]


@pytest.mark.parametrize(
    "text",
    [
        "It would be wrong to assume $m = 1$.",
        "One cannot simply assume $m = 1$.",
        "Many posts assume $m = 1$; we do not.",
        "Suppose for contradiction $m = 1$.",
        "We study it here.[^1]\n\n[^1]: Here we assume $m = 1$.\n\nThe layer:",
    ],
)
def test_what_is_no_assumption_of_the_text_proves_nothing(text: str) -> None:
    assert verdicts(f"{text} Then {MEAN}.") == ["assumed", "undecided"]


def test_an_assumption_proves_with_a_caveat_in_its_paragraph() -> None:
    for text in ("Assume $m = 1$. Then", "For simplicity, we now assume $m = 1$.\nThen"):
        assert verdicts(f"{text} {MEAN}.") == ["assumed", "caveat"]
    assert verdicts("Assume $m = 1$. Then\n\n$$\\sigma^2 = 0$$\n\nand therefore\n\n$$\\mu = x_1$$") == [
        "assumed",
        "caveat",
        "caveat",
    ]


@pytest.mark.parametrize(
    ("words", "claim"),
    [
        ("Let $g_i$ be the derivative of the loss with respect to $x_i$.", "$\\frac{\\partial L}{\\partial y_i} = g_i$"),
        ("Let $g_i$ be the derivative of the loss with respect to $x_i$.", "$\\sum_i g_i = 0$"),
        ("Let $g_i$ be the gradient of the loss w.r.t. the normalised input $\\hat x_i$.", SCALED),
        ("Let $g_i$ denote $\\frac{\\partial L}{\\partial \\hat x_i}$.", "$\\frac{\\partial L}{\\partial y_i} = g_i$"),
        ("We write $s$ for $\\sigma^2 + \\epsilon$.", "$\\hat x_i = \\frac{x_i - \\mu}{s}$"),
        ("Here $N$ is the batch size and $m$ the number of features.", "$\\mu = \\frac1m \\sum_i x_i$"),
        ("Here `m` denotes the momentum.", "$\\mu = \\frac1m \\sum_i x_i$"),
        ("Let $c$ denote the standardised input $\\hat x$.", "$c_i = x_i - \\mu$"),
        ("Here $\\sigma^2$ is the unbiased variance.", "$\\sum_i (x_i - \\mu)^2 = m \\sigma^2$"),
    ],
)
def test_what_words_rename_is_undecided(words: str, claim: str) -> None:
    assert verdicts(f"{words} Then {claim}.") == ["undecided"]


@pytest.mark.parametrize(
    "words",
    [
        "We now overwrite $r_i$ with $\\hat x_i$.",
        "From here on, $r_i$ denotes $\\hat x_i$.",
        "From now on $r_i$ means the output.",
    ],
)
def test_a_name_of_the_text_that_words_rename_has_no_known_meaning(words: str) -> None:
    found = verdicts(f"Let $r_i = x_i - \\mu$. {words} Then $\\sum_i r_i^2 = m \\sigma^2$.")
    assert found == ["proved", "undecided"]


def test_a_name_that_is_defined_again_has_its_new_meaning() -> None:
    found = verdicts("Let $r_i = x_i - \\mu$. Redefine $r_i = \\hat x_i$. Then $\\sum_i r_i^2 = m \\sigma^2$.")
    assert found == ["proved", "proved", "refuted"]


@pytest.mark.parametrize(
    "words",
    [
        "Let $g_i$ be the gradient of the loss with respect to $y_i$.",
        "Let $g_i$ denote $\\frac{\\partial L}{\\partial y_i}$.",
        "Here $\\mu$ is the mean, $\\sigma^2$ the variance and $m$ the batch size.",
        "We write $g_i$ for the upstream gradient.",
    ],
)
def test_words_that_repeat_the_usual_meaning_change_nothing(words: str) -> None:
    assert verdicts(f"{words} Then $\\frac{{\\partial L}}{{\\partial \\beta}} = \\sum_i g_i$ and $\\mu = x_1$.") == [
        "proved",
        "refuted",
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "for $k \\in \\{1,\\dots,m\\}\\setminus\\{i\\}$",
        "for $k \\in S$",
        "for $i$ and $k$ unequal",
        "for any $k$ other than $i$",
        "where k is not i",
        "for another example",
        "if the indices differ",
        "off-diagonal",
    ],
)
def test_a_restriction_that_is_not_read_leaves_doubt(condition: str) -> None:
    assert verdicts(f"We have $\\frac{{\\partial x_i}}{{\\partial x_k}} = 0$ {condition}.")[0] == "undecided"


@pytest.mark.parametrize(
    "condition",
    [
        "For constant inputs",
        "If the inputs are all the same,",
        "With only one element in the batch",
        "With frozen statistics",
        "We stop the gradient at the mean, so",
        "When the inputs vanish,",
        "If $x_i = C$ for every $i$, then",
        "We require the inputs to be zero. Then",
    ],
)
def test_a_condition_in_words_leaves_doubt(condition: str) -> None:
    assert verdicts(f"{condition} $\\sigma^2 = 0$.")[-1] == "undecided"


def test_nothing_is_in_doubt_where_the_words_set_no_condition() -> None:
    for words in ("It is easy to see that", "For all $i$ we have", "For $i \\in B$ we get", "Then for any $i$,"):
        assert verdicts(f"{words} $\\frac{{\\partial L}}{{\\partial x_i}} = g_i$.") == ["refuted"]


@pytest.mark.parametrize(
    "example",
    [
        "Take $m = 2$, $x_1 = 0$ and $x_2 = 4$. Then",
        "With $m=2$, $x_1 = 1$, $x_2 = 3$:",
        "Say $m=2$, $x_1 = 1$, $x_2 = 3$. Then",
        "For the batch $x = (1, 3)$ we get",
        "Let $x = [1, 3]^\\top$. Then",
    ],
)
def test_worked_numbers_leave_doubt_on_what_follows(example: str) -> None:
    assert verdicts(f"{example} $\\mu = 2$.")[-1] == "undecided"


@pytest.mark.parametrize(
    "formula",
    [
        "\\gamma = 1 \\implies \\frac{\\partial L}{\\partial \\hat x_i} = g_i",
        "i = k \\Rightarrow \\frac{\\partial x_i}{\\partial x_k} = 1",
        "\\sigma^2 = 0 \\implies \\hat x_i = 0",
    ],
)
def test_the_conclusion_of_an_implication_is_not_refuted_without_its_premise(formula: str) -> None:
    assert "refuted" not in verdicts(f"$${formula}$$")


@pytest.mark.parametrize(
    "words",
    [
        "If the mean were zero ($\\mu = 0$), we would have",
        "Using $\\mu = 0$ we find",
        "Were $\\mu = 0$, we would have",
        "The inputs are centred, i.e. $\\mu = 0$. Then",
        "Because $\\sum_i x_i = 0$ here,",
    ],
)
def test_a_value_that_the_words_suppose_is_no_claim(words: str) -> None:
    assert verdicts(f"{words} $\\sigma^2 = \\frac1m\\sum_i x_i^2$.") == ["assumed", "undecided"]
    assert verdicts("Hence $\\mu = 0$.") == ["refuted"]


def test_what_is_inserted_is_a_condition() -> None:
    assert verdicts("Inserting $\\gamma = s$ and $\\beta = \\mu$ we recover $y_i = x_i$.") == ["assumed", "assumed", "proved"]


def test_a_node_that_is_defined_otherwise_leaves_doubt_on_what_follows() -> None:
    assert verdicts(f"We define $y_i = \\hat x_i$ (no affine part). Then {SCALED}.") == ["refuted", "undecided"]


def test_a_condition_that_the_sentence_leaves_behind_proves_nothing() -> None:
    for words in (", whereas for larger batches", " but always"):
        assert verdicts(f"If $m = 1$ we get $\\sigma^2 = 0${words} {MEAN}.") == ["assumed", "proved", "undecided"]
