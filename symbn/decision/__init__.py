"""Finding what the kernel then decides: `decide` tries the readings, `refute` looks for a counterexample. Nothing here can
claim."""
