"""Who may follow which session's feed."""

import json

import pytest

from portfolio_app.app.errors import SessionEnded, StreamKeyRefused, Unavailable
from portfolio_app.app.terminal.stream_key import KEY_LIFETIME, FollowFeed, IssueStreamKey
from tests.fakes.samples import caller
from tests.unit.app.conftest import Site

ANN, BOB = caller("ann"), caller("bob")


def follow(site: Site) -> FollowFeed:
    return FollowFeed(site.unit_of_work, site.sealer)


async def key_of(site: Site) -> str:
    return await IssueStreamKey(site.unit_of_work, site.sealer)(ANN)


async def test_a_key_leads_anybody_to_the_session_it_was_made_for(site: Site) -> None:
    assert follow(site).session_of(BOB, await key_of(site)) == ANN.session_id


def test_without_a_key_a_caller_follows_their_own_session(site: Site) -> None:
    assert follow(site).session_of(BOB, None) == BOB.session_id


async def test_a_key_works_for_ten_minutes(site: Site) -> None:
    key = await key_of(site)
    site.clock.advance(seconds=KEY_LIFETIME.total_seconds() - 1)
    assert follow(site).session_of(BOB, key) == ANN.session_id
    site.clock.advance(seconds=2)
    with pytest.raises(StreamKeyRefused):
        follow(site).session_of(BOB, key)


@pytest.mark.parametrize("forged", ["", "sealed-77", "../..", "null"])
def test_what_was_not_sealed_here_is_no_key(site: Site, forged: str) -> None:
    with pytest.raises(StreamKeyRefused):
        follow(site).session_of(BOB, forged)


@pytest.mark.parametrize(
    "sealed",
    [["session", "secret"], ["ticket", ANN.session_id, None, "secret"], ["stream", 7], None, "stream"],
)
def test_what_was_sealed_for_something_else_is_no_key(site: Site, sealed: object) -> None:
    with pytest.raises(StreamKeyRefused):
        follow(site).session_of(BOB, site.sealer.seal(json.dumps(sealed)))


def test_what_a_newer_version_put_behind_the_session_is_passed_over(site: Site) -> None:
    sealed = site.sealer.seal(json.dumps(["stream", ANN.session_id, "read only"]))
    assert follow(site).session_of(BOB, sealed) == ANN.session_id
    with pytest.raises(StreamKeyRefused):
        follow(site).session_of(BOB, site.sealer.seal("a key of tomorrow"))


async def test_a_key_ends_with_its_session(site: Site) -> None:
    site.store.revoked[ANN.session_id] = site.clock()
    with pytest.raises(SessionEnded):
        await follow(site)(BOB, ANN.session_id)
    with pytest.raises(SessionEnded):
        await key_of(site)


async def test_a_session_that_was_never_stored_can_be_followed(site: Site) -> None:
    await follow(site)(BOB, ANN.session_id)


async def test_without_a_database_nothing_is_followed(site: Site) -> None:
    site.unit_of_work.failure = Unavailable()
    with pytest.raises(Unavailable):
        await follow(site)(ANN, ANN.session_id)
