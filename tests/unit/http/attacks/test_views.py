"""What a page says when an attack did not end as it should."""

import pytest

from portfolio_app.app.ports.sandbox import RowCounts
from portfolio_app.http.attacks.definitions import ATTACKS, Attack, Reaction
from portfolio_app.http.attacks.run import Answer, Report, attack_view

NOTHING = RowCounts(messages=0, moderation_queue=0, audit=0, sessions=0, rooms=1)


def verdict(attack: Attack, *, limits: bool) -> str:
    unanswered = Report(attack, (), NOTHING, NOTHING, 0)
    return attack_view(unanswered, "request", limits=limits).verdict


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_limits_that_are_off_explain_only_what_a_limit_would_have_refused(attack: Attack) -> None:
    limited = any(expected.status == 429 for expected in attack.expected)
    assert ("RATE_LIMITS=off" in verdict(attack, limits=False)) == limited
    assert "RATE_LIMITS=off" not in verdict(attack, limits=True)


def test_each_reaction_has_words_of_its_own() -> None:
    answers = tuple(Answer(reaction, 200, "", None) for reaction in Reaction)
    shown = attack_view(Report(ATTACKS[0], answers, NOTHING, NOTHING, 0), "request", limits=True).answers
    assert [answer.outcome for answer in shown] == [
        "stored", "recognised as sent before", "held back", "accepted once", "refused",
    ]  # fmt: skip
