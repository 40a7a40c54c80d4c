"""Certificates: the statement of an equation and its proof for Coq, whose kernel shares no code with symbn's."""
