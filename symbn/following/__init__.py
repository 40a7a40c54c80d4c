"""Following a derivation: which formulas are claims, which are definitions or hypotheses, what continues what, and whether each
member of a chain still equals its first one."""
