"""Every text that the source shows is marked, and stands in the English file; nothing else does."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard, get_args

import pytest

from portfolio_app import language
from portfolio_app.app.burst import words as burst
from portfolio_app.app.ports.security import SecurityEvent
from portfolio_app.domain.burst import ledger, receipt
from portfolio_app.domain.burst.ledger import Cause, Ledger
from portfolio_app.domain.chat.mute import MuteLength
from portfolio_app.domain.chat.reactions import Sign
from portfolio_app.http.content import markdown
from portfolio_app.http.content.resume import _Resume
from portfolio_app.http.kit.button import Mode
from portfolio_app.http.kit.shell import CONNECTION_STATES

PACKAGE = Path(language.__file__).parent
ENGLISH = tomllib.loads((language.SHIPPED / "en.toml").read_text(encoding="utf-8"))
MARKS = {"t", "parts", "_html"}
SPEAK = (
    "http/account", "http/attacks", "http/burst", "http/chat", "http/home", "http/kit", "http/live", "http/log",
    "http/moderation", "http/showcase", "http/writing", "http/frame.py", "http/unsent.py",
    "app/account/letters.py", "app/burst/charts.py", "app/burst/pace.py",
    "app/burst/worded.py", "app/burst/words.py",
)  # fmt: skip
"""Where every text that a visitor reads is marked. Decision 61 says what stays English."""
RULES = (
    "domain/account", "domain/chat", "app/account", "app/chat", "app/moderation", "app/errors.py", "app/identity.py",
    "domain/burst", "app/burst", "infra/db/batch.py", "infra/db/runs.py",
)  # fmt: skip
READS_AS_WORDS = re.compile(r"[A-ZÉ][a-zé]+( [\w'’]|$|…|\.)|.*[a-z,:;.)] [a-z{]")
NO_WORDS = re.compile(
    r"(Date\.parse|--\(|new \{\}|public, max-age|attachment;|OrderedDict|noopener|no-store|article rooms|beacon|"
    r"presence could|announce queue|push (room|author)|Emission|Posted|const |\(prefers|default-src|\.replaceAll|<|"
    r"body\{|:root|"
    r"stream |reader |session ended|server stopping|still here|the live log of one|curl -N|Too many streams|"
    r"There is no such trace|navigation, until|waiting for the document|websocket handshake|receiving the document|"
    r"first paint|largest contentful|Openers$|what the websocket of this page|\{\} in another$|"
    r"\{sources|sandbox \{|Batch\.outcomes|guest \{|not run$|frozen dataclass|mypy strict|"
    r"writing a letter|\{\}( /s, p50 \{\})?, ms|\{\} /s, p50|"
    r"Escape$|Lobby$|demo |painted |\{author\}|(Prose|Follow|Whenever|Kept|Dialog|Moving|Passkey|Unfolding)$|"
    r"(Edge|Opera|Firefox|Chrome|Safari|Android|Windows|Mac OS X|Linux)$)"
)


def files(*places: str) -> list[Path]:
    """The Python files of these folders, without what only the style guide shows."""
    found = [path for place in places for path in (PACKAGE / place).rglob("*.py")]
    found += [PACKAGE / place for place in places if place.endswith(".py")]
    return [path for path in found if path.name not in ("specimens.py", "specimen.py", "head.py")]


def texts(node: ast.AST) -> str | None:
    """A literal, with `{}` for what is filled into it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            "{}" if isinstance(part, ast.FormattedValue) else str(part.value) for part in node.values
        )
    return None


def marked() -> Iterator[str]:
    """Every text that the package has looked up."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if _is_mark(node) and isinstance(text := node.args[0], ast.Constant):
                yield str(text.value)


def _is_mark(node: ast.AST) -> TypeGuard[ast.Call]:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    # `language.t`: the same where the language is handed in.
    return (isinstance(called, ast.Name) and called.id in MARKS) or (
        isinstance(called, ast.Attribute) and called.attr == "t"
    )


def unmarked(path: Path) -> Iterator[tuple[int, str]]:
    """Literals of a file that read as words, and are neither marked nor documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(node.value)
        # What an attack sends is no text of the page.
        sent = isinstance(node, ast.Call) and ast.unparse(node.func) == "Post"
        if _is_mark(node) or isinstance(node, ast.JoinedStr) or sent:
            skipped |= set(ast.walk(node)) - {node}
    for node in ast.walk(tree):
        text = None if node in skipped else texts(node)
        text = text if text and re.search("[a-z]{2}", re.sub("<[^>]*>", "", text)) else None
        known = text in ENGLISH["said"] or (text and NO_WORDS.match(text.strip()))
        if text and READS_AS_WORDS.match(text.strip()) and not known:
            yield node.lineno, text  # type: ignore[attr-defined] # literals have lines


@pytest.mark.parametrize("path", files(*SPEAK), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_text_of_a_component_is_looked_up(path: Path) -> None:
    assert list(unmarked(path)) == []


def test_the_english_file_has_what_is_looked_up_and_nothing_else() -> None:
    assert set(marked()) == set(ENGLISH["words"])
    assert all(key == value for table in language.TABLES for key, value in ENGLISH[table].items())


def test_what_rules_and_use_cases_say_is_known() -> None:
    english = language.read(language.SHIPPED / "en.toml")
    german = language.read(language.SHIPPED / "de.toml")
    for path in files(*RULES):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        spoken = (ast.Raise, ast.Return) if "start.py" in path.name else ast.Raise  # which returns its reason
        raised = [call for node in ast.walk(tree) if isinstance(node, spoken) for call in ast.walk(node)]
        raised += [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and "super()" in ast.unparse(node)
        ]
        pieces = {piece for node in raised if isinstance(node, ast.JoinedStr) for piece in node.values}
        for text in filter(None, (texts(node) for node in raised if node not in pieces)):
            said = text.replace("{}", "7")
            if READS_AS_WORDS.match(said):
                assert german.said(said) != said, f"{path}: {said}"
                assert english.said(said) == said


@pytest.mark.parametrize(
    "name",
    [
        *burst.STOPS.values(), *burst.PARTS.values(), *burst.MODES.values(), *map(str.lower, burst.MODES.values()),
        *burst.OUTCOMES, *filter(None, Cause), *Ledger, *ledger._WHY.values(), ledger._NO_ID, ledger._UNREPORTED,
        ledger._STRAY_ROW, ledger._REFUSED_ROW, receipt._UNKNOWN, burst.UNLISTED,
        *(text for of in burst.LEDGERS.values() for text in of if text),
        *(name.capitalize() for name in (*burst.LEDGERS, *burst.OUTCOMES)),
        burst.AWAITED, burst.TIMES, burst.PACE_AWAITED, burst.ALL_FOUND, burst.NOT_KEPT, burst.NOTHING_ENDED,
        burst.NOTHING_ANSWERED, burst.SLOWEST, burst.CAUSES, burst.STATUSES,
        *Sign, *MuteLength, *SecurityEvent, *CONNECTION_STATES, *get_args(Mode),
        *(kind.capitalize() for kind in (*markdown._CALLOUTS, *_Resume.model_fields) if kind != "work"),
    ],
)  # fmt: skip
def test_names_that_pages_show_are_known(name: str) -> None:
    assert str(name) in ENGLISH["said"]


def test_texts_of_scripts_are_those_of_the_file() -> None:
    scripts = {
        file: file.read_text(encoding="utf-8") for place in SPEAK for file in (PACKAGE / place).glob("*.js*")
    }
    whole = "\n".join(scripts.values())
    assert [text for text in ENGLISH["scripts"] if f'"{text}"' not in whole] == []
    for file, source in scripts.items():
        code = re.sub(r"^import [^\n]*|//[^\n]*|/\*.*?\*/", "", source, flags=re.MULTILINE | re.DOTALL)
        found = re.findall(r'(?<![=(,]\[)"([A-Z][a-z]+(?: [^"]*[a-z.])?|[A-Za-z][^"]* [a-z]+[^"]*\.)"', code)
        keys = {"Enter", "Escape", "Home", "End", "Tab"}
        assert [
            text
            for text in found
            if text not in ENGLISH["scripts"] and text not in keys and "Arrow" not in text
        ] == [], file


def test_pages_ask_for_a_run_in_the_language_of_the_site() -> None:
    worded = {"with_words", "worded", "worded_summary", "worded_summaries", "compared"}
    calls = [
        ast.unparse(node)
        for path in files("http/burst")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in worded
    ]
    assert len(calls) == len([call for call in calls if call.endswith("site_words())")]) == 6, calls
