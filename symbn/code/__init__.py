"""Python backward functions: read or run on exact values, and decided against the exact gradient."""
