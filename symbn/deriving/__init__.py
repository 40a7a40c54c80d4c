"""Derivations that symbn writes itself: every line is proved by the kernel before anybody sees it."""
