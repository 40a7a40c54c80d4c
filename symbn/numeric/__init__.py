"""The second witness: the same equations in floating-point numbers. It is shown beside a verdict, and is never one."""
