"""The second witness: the same equations in floating-point numbers. What it finds is shown beside a verdict, and is never one."""
