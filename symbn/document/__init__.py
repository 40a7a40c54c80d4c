"""Files -> located formulas: what is mathematics in a Markdown, LaTeX, HTML, text or reStructuredText file or a notebook, and
where it stands."""
