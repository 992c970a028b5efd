"""Handlers called by any visitor with any payload: each answers in words, and writes what this visitor may, no more."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from itertools import islice
from typing import Any

from tests.attacked.handlers import HANDLERS, Attack, Who, odd, wrong
from tests.attacked.people import UNRECORDED, Attacked
from tests.conftest import ABSENT

RANKS = {
    "without an origin": Who.GUEST,
    "guest": Who.GUEST,
    "expired": Who.GUEST,
    "banned": Who.MEMBER,
    "demoted": Who.MEMBER,
    "member": Who.MEMBER,
    "judge": Who.MODERATOR,
}

MAY = {
    "guest": {Who.GUEST, Who.EVERYBODY_READS},
    "member": {Who.MEMBER},
    "judge": {Who.MODERATOR},
}
"""Whose attack on what they may have: a page shows it to them, and everything in it is theirs to send."""
LONGEST_KEPT = 20_000
"""Characters of what was typed that a form keeps after it was refused: a new text of a message."""
NOT_DONE = {
    *("authors_state.lift", "passkeys_state.remove", "sessions_state.revoke"),  # there is none of that name
    *("pair_state.open", "run_state.compare_with", "run_state.open"),  # its address names none
    *("recover_state.submit", "sign_in_state.submit"),  # a wrong code, a wrong password
    *("confirm_email_state.submit", "reset_state.submit"),  # a wrong code; the site sends no mail
    *("changes_state.delete", "changes_state.save"),  # somebody else's message
    "changes_state.take_down",  # hidden by the ban before
    *("moderation_state.approve", "moderation_state.remove"),
}
"""What is refused as the table has it, for another reason than who asks."""


def test_every_handler_that_a_browser_may_call_has_a_line_in_the_table(site: Attacked) -> None:
    assert site.handlers().keys() - HANDLERS.keys() == set()
    assert ABSENT or HANDLERS.keys() - site.handlers().keys() == set()


def _known(site: Attacked) -> Iterator[tuple[str, str, Attack]]:
    """In the order of the table: what changes a password comes after what asks for it."""
    names = site.handlers()
    return ((short, names[short], attack) for short, attack in HANDLERS.items() if short in names)


async def test_what_is_for_others_is_refused_in_words_and_writes_nothing(site: Attacked) -> None:
    """As it is sent by a page, and a quarter of the odd values each: another quarter for the next visitor."""
    before, answered = site.rows(), []
    for number, (who, rank) in enumerate(RANKS.items()):
        for short, name, attack in _known(site):
            if attack.who is Who.NOBODY or (attack.who is not Who.EVERYBODY_READS and attack.who > rank):
                for payload in (attack.fields, *islice(odd(attack.fields), number % 4, None, 4)):
                    status = await site.call(site.people[who], name, payload)
                    answered.append((who, short, status))
    await site.settle()

    assert len(answered) > 500
    assert {each for each in answered if each[2] is not None and not 400 <= each[2] < 500} == set()
    assert site.rows() == before
    assert site.unforeseen() == []
    assert "moderation" not in site.push.topics_of_tab


async def test_what_no_page_sends_is_refused_to_everybody_and_writes_nothing(site: Attacked) -> None:
    before, answered = site.rows(), []
    for who, ranks in MAY.items():
        for short, name, attack in _known(site):
            if attack.who in ranks:
                for payload in wrong(attack.fields):
                    status = await site.call(site.people[who], name, payload)
                    answered.append((who, short, status))
    await site.settle()

    assert len(answered) > 500
    assert {each for each in answered if each[2] not in (None, 422)} == {
        ("guest", "opening.read", UNRECORDED)
    }
    assert site.rows() == before
    assert site.unforeseen() == []


async def test_odd_values_are_answered_and_change_nothing_of_others(site: Attacked) -> None:
    """As it is sent by a page, and a third of the odd values: another third to the next handler."""
    before, answered = site.standing(), []
    for who, ranks in MAY.items():
        if who == "judge":
            await site.settle()
            assert site.standing() == before
        for number, (short, name, attack) in enumerate(_known(site)):
            if attack.who in ranks:
                for payload in (attack.fields, *islice(odd(attack.fields), number % 3, None, 3)):
                    status = await site.call(site.people[who], name, payload)
                    answered.append((who, short, status))
    await site.settle()

    assert len(answered) > 500
    assert {each for each in answered if each[2] is not None and each[2] >= 500} == set()
    unrecorded = {short for _, short, status in answered if status == UNRECORDED}
    assert unrecorded == {short for short, _, attack in _known(site) if not attack.is_action}
    done = {short for _, short, status in answered if status == 200}
    assert site.handlers().keys() - done - unrecorded <= NOT_DONE
    assert site.unforeseen() == []


def _longer(fields: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The fields with `text` in the place of each text."""
    return {
        name: _longer(good, text) if isinstance(good, dict) else text if isinstance(good, str) else good
        for name, good in fields.items()
    }


def _texts(value: Any) -> int:
    """Characters of all texts in what a state holds."""
    if isinstance(value, str):
        return len(value)
    value = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return sum(_texts(each) for each in inner)


async def test_a_state_keeps_nothing_of_what_only_moderators_read(site: Attacked) -> None:
    """A tab stays open when its moderator is none any more, and is sent its state again."""
    judge, read, kept = site.people["judge"], set(), set()
    for _, full, attack in _known(site):
        if attack.who is Who.MODERATOR and attack.closed:
            assert await site.call(judge, full, attack.fields) == 200
            state = judge.tree.get_substate(full.rpartition(".")[0].split("."))
            fresh = type(state)(_reflex_internal_init=True)
            read.add(state.get_name())
            kept |= {var for var in state.base_vars if getattr(state, var) != getattr(fresh, var)}
    assert len(read) >= 3
    assert kept == {"limit", "only"}  # which part of the queue is asked for


async def test_a_state_keeps_no_more_of_what_was_refused_than_its_form_takes(site: Attacked) -> None:
    guest, kept = site.people["guest"], {}
    for short, full, attack in _known(site):
        fields = _longer(attack.fields, "x" * 25_000)
        state = guest.tree.get_substate(full.rpartition(".")[0].split("."))
        await site.call(guest, full, fields)
        kept[short] = _texts(state.dict(include_computed=False)[state.get_full_name()])
    assert {short for short, size in kept.items() if size > LONGEST_KEPT + 1_000} == set()
