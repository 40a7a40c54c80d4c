"""Answers -> terminal, table, JSON. One module for each, all from the same `Step` values."""
