"""Tree -> meaning -> goals. `notation` says which names play which roles, `elaborate` gives a tree its meanings, one for each
admissible reading (`readings`), and `meaning` is the language of what was understood."""
