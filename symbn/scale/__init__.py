"""Very many derivations, and graders: text in, JSON out.

    >>> from symbn.scale import grade
    >>> '"proved": 1' in grade("$\\\\sum_i \\\\hat x_i = 0$")
    True

`grade` answers one text within a time limit; `check_many` answers any number of them, in this process, on processes of this
machine, or on a Dask cluster, and yields a `Record` for each. The record is the same wherever it was made.
"""

from symbn.scale.documents import Document
from symbn.scale.grading import grade
from symbn.scale.many import check_many
from symbn.scale.records import Record, Rules

__all__ = ["Document", "Record", "Rules", "check_many", "grade"]
