"""Sentences on how the requests of a run were sent: in which loop, up to which rate, and what a time is the sum of."""

from portfolio_app.app.burst.words import PARTS, milliseconds, rate, requests
from portfolio_app.app.ports.language import Language
from portfolio_app.app.ports.runs import Record


def parts(record: Record, language: Language) -> dict[str, str]:
    """The mean and what it is the sum of, in ms with two digits each, so that they add up as they are shown.

    They are of the requests whose parts are known; empty without any.
    """
    found = record.get("parts_ms")
    if not found:
        return {}
    whole = round(sum(found[name] for name in PARTS), 2)
    server, queue = round(found["server"], 2), round(found["queue"], 2)
    queue = min(queue, whole - server)
    shown = {"whole": whole, "server": server, "queue": queue, "network": abs(whole - server - queue)}
    return {name: language.number(value, 2) for name, value in shown.items()}


def explained(record: Record, language: Language) -> str:
    """The parts that add up to the mean of a request, if they are known."""
    if not (shown := parts(record, language)):
        return ""
    return language.t(
        "Mean of a request: {whole} ms = {server} server + {queue} waiting to be sent + {network} network.",
        **shown,
    )


def pace(record: Record, language: Language) -> str:
    """How requests were sent, and what that hides or shows."""
    said = _open(record, language) if record.get("rate") else [_closed(record, language)]
    return " ".join((*said, *_stall(record, language)))


def _open(record: Record, language: Language) -> list[str]:
    t, due_per_s = language.t, language.number(record["rate"])
    if (ramp := record.get("ramp")) is not None:
        said = [
            t("Ramp: up to {rate} requests a second were due, in 8 steps.", rate=due_per_s),
            *knee(ramp, language),
        ]
    else:
        said = [
            t(
                "Open loop: {rate} requests a second were due, whatever became of those before.",
                rate=due_per_s,
            )
        ]
    sent, due = record["latency_ms"], record["intended_ms"]
    if sent and due:
        figures = {"p90": sent["p90"], "p99": sent["p99"], "due_p90": due["p90"], "due_p99": due["p99"]}
        said.append(
            t(
                "p90 and p99 are {p90} and {p99} ms from send, {due_p90} and {due_p99} ms from intended start.",
                **{name: milliseconds(value, language) for name, value in figures.items()},
            )
        )
    if skipped := record["skipped"]:
        said.append(t("Not sent, because due for more than 2 s: {n}.", n=language.number(skipped)))
    return said


def knee(ramp: Record, language: Language) -> list[str]:
    """The sentences about the knee of a ramp: the rate at which the server fell behind, and what counts as that."""
    t = language.t
    if not ramp["steps"]:
        return [t("It was stopped before its first step was over.")]
    kept, lost = rate(ramp["kept"], language), rate(ramp["lost"], language)
    if not ramp["lost"]:
        found = t("No knee up to {kept} a second: the server kept up with that rate.", kept=kept)
    elif not ramp["kept"]:
        found = t("Not even {lost} a second was kept up with.", lost=lost)
    else:
        found = t("Knee: {kept} a second. From {lost} on the server fell behind.", kept=kept, lost=lost)
    rule = t(
        "It keeps up while 95 % of a step's requests are answered, and half of its later ones within {ms} ms of when "
        "they were due.",
        ms=milliseconds(ramp["allowed_ms"], language),
    )
    return [found, rule]


def _closed(record: Record, language: Language) -> str:
    t, workers = language.t, record["workers"]
    if workers == 1:
        return t(
            "Closed loop: the one worker waits for an answer before the next request, so that a stall delays "
            "{requests} at most.",
            requests=requests(1, language),
        )
    return t(
        "Closed loop: each of {n} workers waits for an answer before the next request, so that a stall delays "
        "{requests} at most.",
        n=language.number(workers),
        requests=requests(workers, language),
    )


def _stall(record: Record, language: Language) -> list[str]:
    t = language.t
    if not (stalled := record.get("stalled_ms")):
        return []
    lasted = language.number(stalled)
    if record["rate"]:
        return [
            t(
                "The server stood still for {ms} ms, once, for this run alone: requests that became due meanwhile "
                "count their wait.",
                ms=lasted,
            )
        ]
    missed = language.number(record["rps"] * stalled / 1_000)
    return [
        t(
            "The server stood still for {ms} ms, once, for this run alone: at its rate some {n} requests would have "
            "come meanwhile, and nobody sent them.",
            ms=lasted,
            n=missed,
        )
    ]
