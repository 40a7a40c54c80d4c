"""The library of the certificates, compiled once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbn.certificates.auditing import Workshop, compile_library, find_coq


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = find_coq()
    if program is None:
        pytest.skip("coqc is not installed: `apt-get install coq` (8.16 or later) has these tests run")
    return compile_library(Workshop(tmp_path_factory.mktemp("coq"), program))
