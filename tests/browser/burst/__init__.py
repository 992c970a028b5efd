"""The burst's panel: its controls, its counts and its receipt, in the words of a visitor."""

from playwright.sync_api import expect

from tests.browser.visitor import SOON_MS, Visitor

LONG_MS = 120_000
"""A loaded machine takes its time over a thousand requests."""

CANCEL_TIMES = """() => {
  const times = (window.times = { zero: Infinity, sent: 0, clicked: 0, shown: Infinity });
  const Native = window.Worker;
  window.Worker = class extends Native {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        times.zero = Math.min(times.zero, performance.now() - data.elapsed); // the worker's clock in the page's
        for (const [, , , started] of data.fresh) times.sent = Math.max(times.sent, started / 1000);
      });
    }
  };
  const status = document.querySelector("[data-testid=burst-status]");
  new MutationObserver(() => {
    if (times.clicked && status.dataset.phase !== "running") times.shown = Math.min(times.shown, performance.now());
  }).observe(status, { attributes: true });
  addEventListener("click", ({ target, timeStamp }) => {
    if (target.closest("[data-testid=burst-cancel]")) times.clicked = timeStamp;
  }, true);
}"""

USED_WHILE_RUNNING = """async () => {
  const at = (name) => document.querySelector(`[data-testid=${name}]`);
  const seen = (there) => new Promise((done) => {
    const look = () => (there() ? done() : requestAnimationFrame(look));
    look();
  });
  const ended = () => Number(at("burst-progress").dataset.ended);
  await seen(() => ended() > 0);
  for (const words of ["Resume", "Pause"]) {
    at("log-pause").click();
    await seen(() => at("log-pause").textContent === words);
  }
  return ended();
}"""

CANCEL_WHEN = """(count) => {
  const at = (name) => document.querySelector(`[data-testid=${name}]`);
  const progress = at("burst-progress");
  new MutationObserver((_, observer) => {
    if (Number(progress.dataset.ended) < count) return;
    observer.disconnect();
    at("burst-cancel").click();
  }).observe(progress, { attributes: true });
}"""


def choose(visitor: Visitor, size: int, workers: int = 24, mode: str = "noop") -> None:
    """Set the controls, which are folded where there is little room."""
    if not visitor.at("burst-size").is_visible():
        visitor.page.locator(".fold-head").filter(has_text="Settings").click()
    visitor.at("burst-size").fill(str(size))
    visitor.at("burst-workers").fill(str(workers))
    visitor.at(f"burst-mode-{mode}").check()


def start(visitor: Visitor, size: int, workers: int = 24, mode: str = "noop") -> None:
    """Set the controls and run."""
    choose(visitor, size, workers, mode)
    visitor.at("burst-run").click()


def expect_receipt(visitor: Visitor) -> None:
    """Wait until the run has ended with a receipt."""
    expect(visitor.at("burst-status")).to_have_attribute("data-phase", "done", timeout=LONG_MS)
    expect(visitor.at("burst-receipt")).to_be_visible(timeout=SOON_MS)


def ledger(visitor: Visitor, name: str) -> str:
    """What a ledger counts."""
    return visitor.at(f"ledger-{name}").inner_text()


def ended(visitor: Visitor) -> int:
    """How many requests have an outcome."""
    return int(visitor.at("burst-progress").get_attribute("data-ended") or 0)


def wait_for_more_than(visitor: Visitor, count: int) -> None:
    """Wait until more requests than that have an outcome."""
    reads = "(count) => Number(document.querySelector('[data-testid=burst-progress]').dataset.ended) > count"
    visitor.page.wait_for_function(reads, arg=count, timeout=LONG_MS, polling=30)  # not in each frame


def used_while_running(visitor: Visitor) -> int:
    """Pause the log and go on, without the delay of a test that watches from outside; returns how many had ended."""
    return int(visitor.page.evaluate(USED_WHILE_RUNNING))


def cancel_when(visitor: Visitor, count: int) -> None:
    """Click on Cancel, without the delay of a test that watches from outside, once so many have an outcome."""
    visitor.page.evaluate(CANCEL_WHEN, count)


def expect_balance(visitor: Visitor) -> None:
    """No request is missing anywhere."""
    expect(visitor.at("burst-verdict")).to_have_attribute("data-balanced", "true")
    assert ledger(visitor, "mismatches") == "0"


def recorded(visitor: Visitor) -> str:
    """The name of the run on the receipt."""
    return visitor.at("burst-receipt").get_attribute("data-run") or ""


def time_cancelling(visitor: Visitor) -> None:
    """Note by the page's clock, from here on, when requests are sent and what a click on Cancel does."""
    visitor.page.evaluate(CANCEL_TIMES)


def cancelled_after(visitor: Visitor) -> tuple[float, float]:
    """From that click until the last request was sent, and until the page said so, in parts of the run before it."""
    sent, shown = visitor.page.evaluate(
        "[times.zero + times.sent, times.shown].map((at) => (at - times.clicked) / (times.clicked - times.zero))"
    )
    return sent, shown
