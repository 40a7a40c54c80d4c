"""Straight-line NumPy code, read by an interpreter of ours that executes nothing."""

from symbn.code.reading.all_sizes import AllSizes
from symbn.code.reading.chosen import ChosenShapes
from symbn.code.reading.interpreter import read
from symbn.code.reading.space import Space

__all__ = ["AllSizes", "ChosenShapes", "Space", "read"]
