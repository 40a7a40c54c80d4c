"""The trusted core: terms, their exact values, derivatives, normal forms, and the only makers of verdicts.

Standard library only, nothing above it is imported, at most 1000 lines in all. Read in this order:
`term` (the language), `evaluate` (its meaning), `derive`, `polynomial`, `normal` (the decision), `goal`, `verdict`.
"""
