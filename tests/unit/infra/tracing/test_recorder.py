"""Steps, and the proxies that take them."""

import pytest
from opentelemetry import trace

from portfolio_app.app.ports.trace import Layer, Target, labels
from portfolio_app.domain.chat.message import MessageBody
from portfolio_app.domain.chat.moderation import ModerationPolicy
from portfolio_app.infra.tracing.live_feed import LiveFeedProcessor
from portfolio_app.infra.tracing.recorder import Label, TimedStep
from portfolio_app.infra.tracing.traced import traced, traced_port
from tests.unit.infra.tracing.conftest import Ask
from tests.unit.infra.tracing.test_live_feed import flushed, found


class Greet:
    word = "hello"

    async def __call__(self, name: str) -> str:
        return f"hello {name}"


class Refuse:
    async def __call__(self, name: str) -> str:
        raise ValueError(name)


async def test_a_use_case_is_a_step_of_its_own_name_and_place(feed: LiveFeedProcessor, ask: Ask) -> None:
    with ask("ann") as request_id:
        assert await traced(Greet(), Target.CHAT)("you") == "hello you"
    await flushed(feed)
    step = next(span for span in found(feed, "ann", request_id).spans if span.name == "Greet")
    assert (step.layer, step.target) == ("app", "demo.chat")
    assert (step.file, step.line) == (
        "tests/unit/infra/tracing/test_recorder.py",
        Greet.__call__.__code__.co_firstlineno,
    )


async def test_who_observes_a_use_case_gets_its_seconds_unless_it_was_refused() -> None:
    observed: list[float] = []
    greet, refuse = (traced(each, Target.CHAT, observed.append) for each in (Greet(), Refuse()))
    assert await greet("you") == "hello you"
    with pytest.raises(ValueError, match="you"):
        await refuse("you")
    [seconds] = observed
    assert 0 < seconds < 1


async def test_a_traced_use_case_keeps_what_else_its_class_offers() -> None:
    assert traced(Greet(), Target.CHAT).word == "hello"


async def test_a_ports_methods_are_steps_and_do_what_they_did(feed: LiveFeedProcessor, ask: Ask) -> None:
    policy = traced_port(ModerationPolicy.with_words(["spam"]), Layer.DOMAIN)
    with ask("ann") as request_id:
        verdict = policy.judge(MessageBody.parse("buy spam"))
    await flushed(feed)
    assert verdict.reasons
    step = found(feed, "ann", request_id).spans[-1]
    assert (step.name, step.layer, step.target) == ("ModerationPolicy.judge", "domain", "")
    assert step.file == "portfolio_app/domain/chat/moderation.py"


async def test_nothing_is_recorded_outside_of_a_trace(feed: LiveFeedProcessor) -> None:
    with TimedStep("alone", Label(labels(Target.DB, Layer.INFRA))):
        assert not trace.get_current_span().get_span_context().is_valid
