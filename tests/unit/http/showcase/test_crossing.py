"""A request's time, shared out among the layers."""

from portfolio_app.app.ports.live_feed import SpanView, Trace
from portfolio_app.http.showcase.state import CrossingView, crossing_view


def span(name: str, layer: str, start_us: int, duration_us: int, parent: str = "") -> SpanView:
    return SpanView(name, parent, name, layer, "", start_us, duration_us, ())


def crossing(*spans: SpanView) -> CrossingView:
    found = crossing_view(Trace("a" * 32, "chat.send", 0.0, 0, spans))
    assert found is not None
    return found


def parts(found: CrossingView) -> dict[str, float]:
    return {stretch.layer: stretch.part for stretch in found.stretches}


def test_each_layer_gets_the_time_in_which_no_other_worked_for_it() -> None:
    found = crossing(
        span("event", "http", 0, 1_000),
        span("use case", "app", 100, 800, "event"),
        span("policy", "domain", 150, 50, "use case"),
        span("journal", "infra", 300, 500, "use case"),
    )
    assert found.took == "1.00 ms"
    assert parts(found) == {"http": 20, "app": 25, "domain": 5, "infra": 50}


def test_what_comes_after_the_answer_is_not_counted() -> None:
    found = crossing(
        span("event", "http", 0, 100),
        span("commit", "infra", 50, 100, "event"),
        span("push", "http", 120, 900),
    )
    assert parts(found) == {"http": 50, "app": 0, "domain": 0, "infra": 50}


def test_two_steps_at_once_are_counted_once() -> None:
    found = crossing(
        span("event", "http", 0, 100),
        span("a", "infra", 0, 60, "event"),
        span("b", "infra", 40, 60, "event"),
    )
    assert parts(found)["infra"] == 100


def test_a_request_without_a_trace_has_no_crossing() -> None:
    assert crossing_view(None) is None
