"""The seed's sentences bind the project; those that speak for its owner bind only the profile that says them."""

from pathlib import Path

from portfolio_app.http.content.loader import read
from tests.seed.wording import adapted, wordings
from tests.unit.http.content import stranger

OWNERS = [wording for wording in wordings() if wording.owner]


def test_a_stranger_is_held_to_their_own_words_and_to_none_of_the_seeds_owner(tmp_path: Path) -> None:
    profile = read(stranger.write(tmp_path / "content")).profile
    expected = adapted(profile)
    assert expected[-2:] == [profile.claim, *profile.ledes]
    assert [words for wording in OWNERS for words in wording.page if words in expected] == []
    assert [
        words
        for wording in wordings()
        if not (wording.owner or wording.live)
        for words in wording.page
        if words not in expected
    ] == []


def test_the_owners_sentences_are_held_for_as_long_as_the_profile_says_them(tmp_path: Path) -> None:
    folder = stranger.write(tmp_path / "content")
    (sentence,) = OWNERS[0].page
    text = stranger.PROFILE.replace("I weave algebra.", sentence)
    (folder / "profile.toml").write_text(text, encoding="utf-8")
    assert adapted(read(folder).profile)[:1] == [sentence]
