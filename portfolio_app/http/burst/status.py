"""How a run stands, in a sentence and in figures, made in the browser of what it knows of the run."""

from dataclasses import dataclass
from typing import Any, Final

import reflex as rx

from portfolio_app.app.burst.charts import LINES
from portfolio_app.app.burst.words import MODES, OUTCOMES, STOPS
from portfolio_app.http.kit.kinds import Flag, Row, Text
from portfolio_app.http.kit.scripts import number, script_function

_WORDS: Final = "$/public/js/burst_words.js"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, with or without a unit."""

    name: str
    value: Text
    unit: Text = ""

    @property
    def row(self) -> dict[str, Text]:
        """As a `foreach` takes it: its drawing is in the page once."""
        return {"k": self.name, "v": self.value, "unit": self.unit}


def run_facts(run: Row) -> tuple[Figure, ...]:
    """The figures beside the chart; `run` as for `run_status`."""
    size = run["size"]
    return (
        Figure("Sent", number(run["sent"]), rx.cond(size, f"of {number(size)}", "")),
        Figure("In flight", number(run["open"])),
        Figure("Rate", number(run["rate"]), "/s"),
        Figure("Time left", _written("timeLeft", run)),
        *(Figure(name.capitalize(), number(run[name])) for name in (*OUTCOMES, "pushed")),
        *(Figure(line, _written("milliseconds", run[line]), rx.cond(run[line], "ms", "")) for line in LINES),
        Figure("Status", _written("classesOf", run["statuses"])),
    )


def _written(function: str, value: Any) -> rx.Var[str]:  # noqa: ANN401 (a Var)
    written: rx.Var[str] = script_function(function, _WORDS).call(value).to(str)
    return written


def _up_to(run: Row) -> rx.Var[str]:
    return rx.cond(run["rising"], "up to ", "").to(str)


def run_status(run: Row, *, is_mine: Flag) -> rx.Var[str]:
    """`run` is what a tab shows of a run (`IDLE` in `burst/burst_words.js`); `is_mine` says that the tab sends it."""
    sent, size = number(run["sent"]), number(run["size"])
    stop = rx.match(run["stopped"], *STOPS.items(), "")
    mode = rx.match(run["mode"], *((mode, name.lower()) for mode, name in MODES.items()), "")
    sending = (
        f"{size} {mode} request{_plural(run['size'])} with {run['workers']} worker{_plural(run['workers'])}"
    ) + rx.cond(run["rate_per_s"], f", {_up_to(run)}{number(run['rate_per_s'])} due a second", "").to(str)
    whole = rx.cond(run["sent"] == run["size"], f"All {size} sent", f"{sent} of {size} sent")
    end = rx.cond(run["stopped"], f"{stop} after {sent} of {size}", whole)
    all_sent = rx.cond(run["stopped"], f"{stop}: {sent} of {size} sent", whole)
    kept = f"What this tab knows of {number(run['ended'])} request{_plural(run['ended'])} is kept."
    said = rx.match(
        run["phase"],
        ("ready", "Ready. Choose a burst size and run the load."),
        ("starting", "Asking the server for a ticket."),
        ("running", f"Running {sending}."),
        ("collecting", f"{all_sent}. Waiting for the last pushes."),
        ("saving", "Joining the ledgers by request id."),
        ("done", f"{end} in {_receipt(run)}. The receipt is below."),
        (
            "unsaved",
            rx.cond(
                run["unsaved"],
                f"There is no receipt yet. {kept}",
                "There is no receipt of this run: only what the browser measured is shown here.",
            ),
        ),
        "",
    )
    elsewhere = rx.cond(run["busy"], rx.cond(is_mine, "", "In another of your tabs: "), "")
    return rx.Var.create(f"{elsewhere}{said}").to(str)


def _receipt(run: Row) -> Text:
    shown = run["receipt"].to(dict[str, dict[str, str]])["shown"]
    balance = rx.cond(shown["balanced"], "and the ledgers balance", "but the ledgers do not balance")
    return f"{shown['elapsed']} s, {balance}"


def _plural(count: rx.Var[int]) -> Text:
    return rx.cond(count == 1, "", "s")
