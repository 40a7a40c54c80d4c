"""The command line: `command` parses it, one module for each command that is more than a few lines."""

from symbn.cli.command import main

__all__ = ["main"]
