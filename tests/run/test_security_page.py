"""docs/SECURITY.md names a test for each threat, and these tests exist."""

from __future__ import annotations

import re

from tests.run.conftest import ROOT


def test_every_named_test_exists() -> None:
    page = (ROOT / "docs" / "SECURITY.md").read_text()
    named = set(re.findall(r"`(test_\w+)`", page))
    files = (ROOT / "tests").rglob("test_*.py")
    written = {
        name
        for file in files
        for name in re.findall(r"^\s*def (test_\w+)\(", file.read_text(), re.MULTILINE)
    }
    assert named
    assert sorted(named - written) == []


def test_every_threat_has_a_test() -> None:
    page = (ROOT / "docs" / "SECURITY.md").read_text()
    rows = re.findall(r"^\| (?!threat|---)(.+?) \|.*\|(.*)\|$", page, re.MULTILINE)
    assert len(rows) > 30
    assert [threat for threat, tests in rows if "`test_" not in tests] == []
