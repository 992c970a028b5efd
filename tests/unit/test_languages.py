"""The files of languages: those that ship, the owner's own, and the site that speaks one."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portfolio_app import language, words
from portfolio_app.app.ports.language import ENGLISH
from portfolio_app.http.content.loader import problems, read
from portfolio_app.http.content.model import ContentError
from portfolio_app.http.showcase.claims import STATS

PACKAGE = Path(words.__file__).parent


def test_a_script_has_its_texts_in_the_language_of_the_site(german: None) -> None:
    source = 'const said = done ? "Copied" : "Not copied"; const kept = "Copied it";'
    assert (
        words.of_script(source)
        == 'const said = done ? "Kopiert" : "Nicht kopiert"; const kept = "Copied it";'
    )


@pytest.mark.parametrize("tag", language.shipped())
def test_a_language_that_ships_is_whole(tag: str) -> None:
    assert list(language.mistakes(language.SHIPPED / f"{tag}.toml")) == []


@pytest.mark.parametrize("tag", language.shipped())
def test_a_card_shows_what_stands_around_one_colon(tag: str) -> None:
    known = language.read(language.SHIPPED / f"{tag}.toml")
    assert [known.of(claim.sentence).count(": ") for claim in STATS] == [1] * len(STATS)


def owned(folder: Path, profile: str, **languages: str) -> Path:
    """A content folder of the shipped profile with `profile` above it, and files of languages."""
    shipped = (PACKAGE / "content/profile.toml").read_text(encoding="utf-8")
    (folder / "profile.toml").write_text(f"{profile}\n{shipped}", encoding="utf-8")
    for tag, text in languages.items():
        (folder / "languages").mkdir(exist_ok=True)
        (folder / "languages" / f"{tag}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site in German."""
    monkeypatch.setenv("CONTENT_DIR", str(owned(tmp_path, 'lang = "de"')))


def test_a_german_site_speaks_german(german: None) -> None:
    from portfolio_app.http.kit.problem import not_found

    assert words.t("Sign in") == "Anmelden"
    assert "Unter dieser Adresse ist nichts." in str(not_found().render())
    assert words.parts("Posting as {name}.", name=7) == ["Sie schreiben als ", 7, "."]
    assert (
        words.said("That is 2 characters over the limit of 4000.")
        == "Das sind 2 Zeichen mehr als die erlaubten 4000."
    )
    assert words.said("A moderator has muted you until 2026-12-01 09:30 UTC.").startswith(
        "Die Moderation hat Sie bis 2026-12-01 09:30 UTC stumm"
    )
    assert words.day(date(2026, 11, 4)) == "4. November 2026"
    assert words.month_and_day(date(2026, 11, 4)) == "4. Nov."
    assert words.number(4000) == "4.000"


def test_a_refusal_is_worded_in_the_language_of_the_site(german: None) -> None:
    from portfolio_app.app.errors import RateLimited
    from portfolio_app.http.transport.errors import explain

    assert explain(RateLimited(5), "4bf9").text == "Zu schnell. Versuchen Sie es in 5 Sekunden noch einmal."


@pytest.mark.parametrize(
    ("value", "digits"),
    [(49.85, 1), (49.75, 1), (0.05, 1), (2.675, 2), (2.665, 2), (0.5, 0), (1234567.25, 1)],
)
def test_a_terminal_rounds_a_figure_as_a_page_does(value: float, digits: int) -> None:
    assert ENGLISH.number(value, digits) == words.site_words().number(value, digits)


def test_days_of_the_shipped_site() -> None:
    assert words.day(date(2026, 11, 4)) == "4 November 2026"
    assert words.day_and_time(datetime(2026, 11, 4, 9, 5, tzinfo=UTC)) == "4 November 2026, 09:05 UTC"
    assert language.direction("ar") == "rtl"
    assert language.direction("ja") == "ltr"
    assert words.number(4000) == "4,000"


GERMAN = (language.SHIPPED / "de.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (GERMAN.replace('"Sign out" = "Abmelden"\n', ""), '[words] has no words for "Sign out"'),
        (GERMAN.replace('"Sign out" =', '"Sign off" = "Ab"\n"Sign out" ='), '"Sign off" is said nowhere'),
        (GERMAN.replace('"Abmelden"', '""'), '"Sign out" has no words'),
        (GERMAN.replace("{n} Sekunden", "{n} Sekunden}"), '"{n} seconds": the places to fill are {n}'),
        (GERMAN.replace("{n} Sekunden", "{m} Sekunden"), '"{n} seconds": the places to fill are {n}'),
        (GERMAN.replace('dates = "de"', 'dates = "xx"'), "dates: xx is no known language, such as en, de or pt-BR"),
        (GERMAN.replace("[scripts]", "[more]\n[scripts]"), "more: there is no such key"),
        (GERMAN.replace('= "Abmelden"', "= Abmelden"), "not TOML"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_owners_words_stops_the_start_with_its_line(
    tmp_path: Path, changed: str, reason: str
) -> None:
    folder = owned(tmp_path, 'lang = "de"', de=changed)
    with pytest.raises(ContentError) as wrong:
        read(folder)
    file, line, said = str(wrong.value).split(":", 2)
    assert (Path(file).name, said.strip()[: len(reason)]) == ("de.toml", reason.replace("[words]", "words"))
    named = re.search(r'"([^"]+)"|^\s*(\w+)', said)
    assert named
    if "has no words for" not in said and "not TOML" not in said:
        assert (named[1] or named[2]) in changed.splitlines()[int(line) - 1]
    assert str(wrong.value) in map(str, problems(folder))


def test_words_that_are_not_utf8_stop_the_start_with_their_line(tmp_path: Path) -> None:
    folder = owned(tmp_path, 'lang = "de"', de=GERMAN)
    file = folder / "languages/de.toml"
    file.write_bytes(b"# eins\n# f\xfcnf\n" + file.read_bytes())
    with pytest.raises(ContentError, match=r"de\.toml:2: is not UTF-8 text"):
        read(folder)
    assert [str(wrong).rpartition(": ")[2] for wrong in problems(folder)] == ["is not UTF-8 text"]


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        ('lang = "ja"', "profile.toml:1: lang: the interface has no words in ja, only in de, en"),
        ('lang = "qq"', "profile.toml:1: lang: qq is no known language"),
        ('interface = "fr"', "profile.toml:1: interface: the interface has no words in fr"),
    ],
)
def test_a_language_without_words_stops_the_start(tmp_path: Path, profile: str, reason: str) -> None:
    with pytest.raises(ContentError, match=re.escape(reason)):
        read(owned(tmp_path, profile))


def test_a_site_may_be_in_one_language_and_its_interface_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTENT_DIR", str(owned(tmp_path, 'lang = "ar"\ninterface = "en"')))
    assert (words.site_language(), words.interface_language()) == ("ar", "en")
    assert read(tmp_path).profile.lang == "ar"


def test_an_owner_adds_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    french = GERMAN.replace('"Anmelden"', '"Se connecter"').replace('dates = "de"', 'dates = "fr"')
    monkeypatch.setenv("CONTENT_DIR", str(owned(tmp_path, 'lang = "fr"', fr=french)))
    read(tmp_path)
    assert words.t("Sign in") == "Se connecter"
    assert words.day(date(2026, 8, 4)) == "4 août 2026"
