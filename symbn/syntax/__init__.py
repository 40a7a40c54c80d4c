"""Characters -> tree. LaTeX and plain text are scanned apart (`latex`, `plain`) into the same tokens and read by one
`parser`."""
