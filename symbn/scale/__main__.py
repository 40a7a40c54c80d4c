"""`python -m symbn.scale`: a worker, for `symbn.scale.asking`."""

from symbn.scale.worker import main

main()
