"""Answers to the questions people ask, computed: every chain in them is proved, every number is worked out."""

from __future__ import annotations

from symbn.deriving.answers import invariance, moments, triangle

ANSWERS = {
    "triangle": (triangle.article, "the rows of the Jacobian sum to zero, and yet there is a gradient"),
    "moments": (moments.article, "mean and variance as functions of the batch, as constants, or detached"),
    "invariance": (invariance.article, "what does not change the output, and what that means for the gradient"),
}
