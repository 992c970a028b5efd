"""A storm of posts, seen from a chair in front of a browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import MOVING
from tests.browser.crowd import Crowd
from tests.browser.scenes import text
from tests.browser.visitor import SOON_MS, Visitor
from tests.browser.witness import Witness
from tests.site import Site, running_site

pytestmark = [pytest.mark.alone, pytest.mark.sections("live")]

CLIENTS = 10
POSTS = 30
OWN_POSTS = 3
ARRIVAL = 3
"""Requests: the document, the handshake and the reads of the page."""
LONGEST_MS = 350
"""Of processor time, in one task: 124 to 261 ms in four runs of the same page (Chromium 156)."""
REQUESTS = 1_000
LONGEST_OF_PANELS_MS = 100
OWN_STORM = """async (left) => {
  const ask = async () => { while (left-- > 0) await fetch("/api/nothing"); };
  await Promise.all(Array.from({ length: 24 }, ask));
}"""


COUNTED_STORM = f"""async (left) => {{
  let drawings = 0;
  const watcher = new MutationObserver(() => drawings++);
  watcher.observe(document.querySelector("[data-panel=network]"), {{ childList: true, subtree: true }});
  const began = performance.now();
  await ({OWN_STORM})(left);
  watcher.disconnect();
  return [drawings, (performance.now() - began) / 1000];
}}"""


@pytest.fixture(scope="module")
def unlimited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, without rate limits."""
    with running_site(tmp_path_factory.mktemp("storm"), RATE_LIMITS="off") as site:
        yield site


def test_a_tab_in_a_storm_ends_right_and_answers_all_the_while(
    unlimited: Site, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(base_url=unlimited.url, **MOVING)
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), "/")
    own = [text() for _ in range(OWN_POSTS)]
    crowd = Crowd(unlimited.url, [[f"{client} says {n}" for n in range(POSTS)] for client in range(CLIENTS)])
    witness.time_tasks(visitor.page)
    crowd.start()
    expect(visitor.at("chat-message")).not_to_have_count(0, timeout=SOON_MS)
    for body in own:
        visitor.post(body)
        change_theme(visitor)
    while crowd.is_alive():
        change_theme(visitor)
        crowd.join(0.05)
    assert crowd.failure is None
    assert crowd.refusals == []
    posted = [*own, *(body for bodies in crowd.bodies for body in bodies)]
    expect(visitor.at("chat-message")).to_have_count(len(posted), timeout=SOON_MS)
    expect(visitor.page.locator("[data-testid=chat-message]:not([data-status=visible])")).to_have_count(0)
    expect_every_row_in_order(visitor, posted, [own, *crowd.bodies])
    expect_log_of_own_posts_only(visitor)
    assert witness.longest_task_ms() <= LONGEST_MS
    assert witness.complaints == []


def change_theme(visitor: Visitor) -> None:
    """A click that is answered: the page has the other theme's class."""
    root = visitor.page.locator("html")
    before = root.get_attribute("class") or ""
    # By its class: looking for a role asks every button of every row for its name, which is timed as the page's work.
    visitor.page.locator(".theme-switch").click()
    expect(root).not_to_have_class(before, timeout=SOON_MS)


def expect_every_row_in_order(visitor: Visitor, posted: list[str], by_author: list[list[str]]) -> None:
    """Each message once, by revision without a gap, and each author's in the order they wrote."""
    shown = visitor.at("chat-body").all_inner_texts()
    assert sorted(shown) == sorted(posted)
    revisions = visitor.page.eval_on_selector_all(
        "[data-testid=chat-message]", "(rows) => rows.map((row) => Number(row.dataset.rev))"
    )
    assert revisions == list(range(1, len(posted) + 1))
    for bodies in by_author:
        assert [body for body in shown if body in set(bodies)] == bodies


def expect_log_of_own_posts_only(visitor: Visitor) -> None:
    """The rows of the arrival and of own posts, and a count that is the number of rows."""
    rows = visitor.at("log-row")
    expect(visitor.at("log-count")).to_have_text(str(rows.count()), timeout=SOON_MS)
    requests, listed = (
        visitor.page.eval_on_selector_all(
            f"[data-testid={kind}-row]", "(rows) => rows.map((row) => row.dataset.requestId)"
        )
        for kind in ("log", "network")
    )
    expect(visitor.posts()).to_have_count(OWN_POSTS)
    assert len(listed) == OWN_POSTS + ARRIVAL
    assert set(requests) == set(listed)


def test_a_visitors_own_storm_is_counted_exactly_and_leaves_the_page_answering(
    unlimited: Site, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(base_url=unlimited.url, **MOVING)
    witness = Witness(context)
    visitor = Visitor.arrive(context.new_page(), "/")
    visitor.expect_arrival()
    counts = {panel: int(visitor.at(panel).inner_text()) for panel in ("network-count", "log-count")}
    expect(visitor.at("network-panel")).not_to_be_in_viewport()
    witness.time_tasks(visitor.page)
    drawings, seconds = visitor.page.evaluate(COUNTED_STORM, REQUESTS)
    assert 0 < drawings <= seconds + 2, "out of sight it is drawn once a second"
    for panel, before in counts.items():
        expect(visitor.at(panel)).to_have_text(str(before + REQUESTS), timeout=SOON_MS)
    assert witness.longest_task_ms() <= LONGEST_OF_PANELS_MS
    # The newest rows come back when it is calm, older ones on demand, and all of them are counted.
    expect(visitor.at("log-row")).to_have_count(120, timeout=SOON_MS)
    expect(visitor.at("log-earlier")).to_contain_text(str(counts["log-count"] + REQUESTS - 120))
    visitor.at("log-earlier").click()
    expect(visitor.at("log-row")).to_have_count(240)
    visitor.at("network-panel").scroll_into_view_if_needed()
    expect(visitor.at("network-count")).to_have_text(str(ARRIVAL + REQUESTS), timeout=SOON_MS)
