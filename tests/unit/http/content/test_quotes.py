"""Quoted code is what the source says, or nothing is built."""

import sys
from pathlib import Path

import pytest

from portfolio_app.http.content.source import REPOSITORY, Quoted, Symbol, SymbolLost, find, passage

SOURCE = '''\
"""A module."""

LIMIT: Final = 3


class Port(Protocol):
    """A port."""

    @property
    def size(self) -> int:
        """How many."""
        return LIMIT


def wire(
    *,
    port: Port,
) -> Port:
    return port
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "module.py").write_text(SOURCE)
    return tmp_path


@pytest.mark.parametrize("quoted", Quoted)
def test_everything_quoted_is_the_source_as_it_stands(quoted: Quoted) -> None:
    found = passage(quoted)
    lines = (REPOSITORY / found.path).read_text().splitlines()[found.line - 1 :]

    assert found.text
    assert [line.strip() for line in found.text.splitlines()] == [
        line.strip() for line in lines[: len(found.text.splitlines())]
    ]


def test_a_constant_a_class_and_a_method_are_found_by_name(root: Path) -> None:
    assert find(Symbol("module.py", "LIMIT"), root).text == "LIMIT: Final = 3"
    assert find(Symbol("module.py", "Port"), root).line == 6
    assert find(Symbol("module.py", "Port.size"), root).text.splitlines()[0] == "@property"


def test_a_signature_ends_where_the_body_begins(root: Path) -> None:
    assert find(Symbol("module.py", "wire", signature=True), root).text.splitlines()[-1] == ") -> Port:"


@pytest.mark.parametrize("symbol", ["Gone", "Port.gone", "LIMIT.x"])
def test_a_renamed_symbol_is_named_in_one_sentence(root: Path, symbol: str) -> None:
    with pytest.raises(SymbolLost, match=rf"^module\.py has no {symbol}, which a page quotes: .*\.$"):
        find(Symbol("module.py", symbol), root)


def test_a_file_that_is_gone_is_named_too(root: Path) -> None:
    with pytest.raises(SymbolLost, match=r"^gone\.py has no Port"):
        find(Symbol("gone.py", "Port"), root)


def test_nothing_is_imported_to_be_quoted(root: Path) -> None:
    (root / "harmful.py").write_text("raise SystemExit\n\ndef quoted(): ...\n")

    assert find(Symbol("harmful.py", "quoted"), root).line == 3
    assert "harmful" not in sys.modules
