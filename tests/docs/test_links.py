"""What README and docs/ point at exists, and README can be read at one go."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.templates import expect_none
from tests.support.intrinsics import ROOT

README_LINES = 120
WIDTH = 125
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def pages(root: Path = ROOT) -> list[Path]:
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def dead_links(page: Path) -> Iterator[str]:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        place, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = page.parent / place if place else page
        if not file.exists():
            yield f"{page.name}: no {target}"
        elif anchor and anchor not in anchors(file):
            yield f"{page.name}: no chapter {target}"


def anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def unknown_tests(page: str) -> Iterator[str]:
    """Tests that a page names and that are not there."""
    known = {
        (file.name, name)
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    for file, name in _TEST.findall(page):
        if (file, name) not in known:
            yield f"{file}::{name}"


def test_every_link_leads_somewhere() -> None:
    expect_none(problem for page in pages() for problem in dead_links(page))


def test_every_rule_of_security_names_tests_that_exist() -> None:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2:4] for line in page.splitlines() if line.startswith("| ")]
    rules = [row for row in rows if row[0].strip() not in {"holds it", "---"}]

    assert rules
    expect_none(unknown_tests(page))
    expect_none(f"{row}: no test" for row in rules if not all(map(_TEST.search, row)))


def test_the_readme_stays_within_two_screens() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= README_LINES
    assert [line for line in lines if len(line) > WIDTH] == []


def test_a_dead_link_and_a_dead_anchor_are_reported(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One: two\n[a](#one-two) [b](gone.md) [c](#three) [d](https://x.example)\n")

    assert list(dead_links(page)) == ["page.md: no gone.md", "page.md: no chapter #three"]


def test_a_test_that_is_gone_is_reported() -> None:
    found = unknown_tests("`test_links.py::test_every_link_leads_somewhere` `test_x.py::test_y`")
    assert list(found) == ["test_x.py::test_y"]
