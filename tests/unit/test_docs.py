"""What the documents say of the code is so: files and symbols exist, walks are the trails, records are uniform."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.bounds import bounds
from tests.trail import ROOT, TRAILS, Trail, symbols_of, walk

DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
DOCUMENTS = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *DECISIONS]
_LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)(?:#[\w-]+)?\)")
_STATUS = re.compile(
    r"Status: (accepted|superseded by \[\d+\]\(\d{4}-[\w-]+\.md\)) · Date: (\d{4}-\d{2}-\d{2})"
)


def links_of(document: Path) -> list[tuple[str, str]]:
    """Text and target of every link to a file of this repository."""
    found = _LINK.findall(document.read_text(encoding="utf-8"))
    return [(text, target) for text, target in found if "://" not in target]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_and_every_symbol_that_a_document_links_to_exists(document: Path) -> None:
    for text, target in links_of(document):
        file = (document.parent / target).resolve()
        assert file.exists(), target
        if file.suffix == ".py" and text.startswith("`"):
            assert text.strip("`") in symbols_of(file.relative_to(ROOT).as_posix()), (text, target)


@pytest.mark.parametrize("trail", TRAILS, ids=lambda trail: trail.title)
def test_a_walk_in_the_architecture_is_the_trail_that_the_gate_walks(trail: Trail) -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    walked = [
        f"{n}. [`{step.stop.symbol}`](../{step.stop.path})" for n, step in enumerate(walk(trail), start=1)
    ]
    [section] = [part for part in text.split("\n## ") if walked[-1] in part]
    assert re.findall(r"^\d+\. \[`[\w.]+`\]\([\w./]+\)", section, re.MULTILINE) == walked


def test_the_map_names_only_places_that_exist() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    places = re.findall(r"^\| `([\w/.]+)` \|", text, re.MULTILINE)
    assert {"domain/", "app/", "http/kit/", "http/transport/", "http/site.py", "bootstrap/"} <= set(places)
    for place in places:
        assert (ROOT / "portfolio_app" / place).exists(), place


@pytest.mark.parametrize("record", DECISIONS, ids=lambda path: path.name)
def test_a_decision_has_its_number_a_status_and_a_date(record: Path) -> None:
    title, empty, status, after, *_ = record.read_text(encoding="utf-8").splitlines()
    assert title.startswith(f"# {int(record.name[:4])}. ")
    assert (empty, after) == ("", "")
    found = _STATUS.fullmatch(status)
    assert found is not None, status
    date.fromisoformat(found[2])


@pytest.mark.parametrize("record", DECISIONS, ids=lambda path: path.name)
def test_a_record_holds_one_decision(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert text.count("**Context.**") <= 1
    assert text.count("**Decision.**") <= 1


def test_the_glossary_explains_each_of_twenty_words_once() -> None:
    words = re.findall(r"^\| \*\*([\w ]+)\*\* \|", (DOCS / "glossary.md").read_text(), re.MULTILINE)
    assert len(words) == len(set(words)) == 20
    assert words == sorted(words)


_TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def rows_of(heading: str) -> list[list[str]]:
    """The cells of a table of the register, under its heading, without its head."""
    section = (DOCS / "security.md").read_text(encoding="utf-8").partition(f"\n## {heading}")[2]
    lines = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_every_row_of_the_register_of_threats_names_its_defence_its_code_and_a_test() -> None:
    rows = rows_of("Threats")
    assert len(rows) > 30
    for threat, defence, code, tests in rows:
        assert threat
        assert defence
        assert _LINK.search(code) or code == "`requirements.txt`", threat
        assert _TEST.search(tests), threat


def test_every_threat_has_a_test_that_fails_while_make_bounds_switches_its_defence_off() -> None:
    """A row that has none says `not switched off:` and why, beside its tests."""
    switched = {bound.function for bound in bounds()}
    missing = [
        threat
        for threat, _, _, tests in rows_of("Threats")
        if switched.isdisjoint("::".join(named) for named in _TEST.findall(tests))
        and "not switched off: " not in tests
    ]
    assert missing == []


def test_every_bound_that_make_bounds_switches_off_names_a_test_of_its_own() -> None:
    named = [bound.function.split("::") for bound in bounds()]
    assert [test for file, test in named if f"def {test}(" not in (ROOT / "tests" / file).read_text()] == []
    assert len({bound.test for bound in bounds()}) == len({bound.name for bound in bounds()}) == len(named)


def test_every_requirement_is_met_by_a_test_or_says_why_not() -> None:
    rows = rows_of("OWASP ASVS")
    assert len({number for row in rows for number in re.findall(r"\d+\.\d+\.\d+", row[0])}) > 80
    for number, requirement, state, why in rows:
        assert requirement, number
        assert state in ("met", "n/a", "open"), number
        assert _TEST.search(why) if state == "met" else len(why) > 20, number


def test_every_test_that_the_register_of_threats_names_exists() -> None:
    named = _TEST.findall((DOCS / "security.md").read_text(encoding="utf-8"))
    files = {file: (ROOT / "tests" / file).read_text(encoding="utf-8") for file, _ in named}
    assert named
    assert [(file, test) for file, test in named if f"def {test}(" not in files[file]] == []
