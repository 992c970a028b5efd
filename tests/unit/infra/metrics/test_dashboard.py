"""Dashboard and alerts ask for what the site measures, by the names and labels it has."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from portfolio_app.app.ports.metrics import Reading
from portfolio_app.infra.metrics.metrics import PrometheusMetrics
from portfolio_app.infra.metrics.readings import SHAPES

OPS = Path(__file__).parents[4] / "ops"
DASHBOARD = OPS / "grafana" / "portfolio.json"
NAME = re.compile(r"\b(?:portfolio|process|python)_\w+")
LABELS = re.compile(r"by \(([\w, ]+)\)|\{\{(\w+)\}\}|(\w+)=~?\"")
ADDED_BY_PROMETHEUS = {"job", "instance"}


def measured() -> dict[str, set[str]]:
    """Every sample's name, with the labels it has on a site where everything has happened once."""
    metrics = PrometheusMetrics("abc1234", worker="1")
    metrics.requested("GET", "/", 200, 0.1)
    metrics.handled("chat.send", 200, 0.1)
    metrics.posted(0.1)
    metrics.rate_limited("post.network")
    for reading in Reading:
        if reading is not Reading.BUILD:
            metrics.read(reading, lambda reading=reading: {"x": 1.0} if SHAPES[reading].label else 1.0)  # type: ignore[misc]
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def panels() -> list[dict[str, Any]]:
    return [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"]


def queries() -> list[tuple[str, str]]:
    """Each expression with its legend."""
    return [(target["expr"], target["legendFormat"]) for panel in panels() for target in panel["targets"]]


@pytest.mark.parametrize(("query", "legend"), queries())
def test_a_query_names_metrics_and_labels_that_exist(query: str, legend: str) -> None:
    series = measured()
    names = NAME.findall(query)
    assert names
    assert set(names) <= set(series)
    asked = {
        part.strip() for groups in LABELS.findall(query + legend) for part in ",".join(groups).split(",")
    }
    known = set.intersection(*(series[name] for name in names)) | ADDED_BY_PROMETHEUS
    assert asked - {""} <= known


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    asked = {name for query, _ in queries() for name in NAME.findall(query)}
    ours = {re.sub(r"_(bucket|sum|count)$", "", name) for name in measured() if name.startswith("portfolio_")}
    assert ours == {
        re.sub(r"_(bucket|sum|count)$", "", name) for name in asked if name.startswith("portfolio_")
    }


def test_no_two_panels_share_a_place_or_a_number() -> None:
    found = panels()
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in found]
    assert len(set(places)) == len({panel["id"] for panel in found}) == len(found)


def test_the_variables_are_found_by_a_metric_that_exists() -> None:
    text = json.dumps(json.loads(DASHBOARD.read_text())["templating"])
    assert set(NAME.findall(text)) == {"portfolio_build_info"}


def alerts() -> list[Any]:
    [group] = yaml.safe_load((OPS / "prometheus/alerts.yml").read_text())["groups"]
    rules: list[Any] = group["rules"]
    return rules


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_names_metrics_and_labels_that_exist(rule: Any) -> None:
    series = measured() | {"up": set()}
    names = NAME.findall(rule["expr"]) or ["up"]
    assert set(names) <= set(series)
    said = re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])
    asked = {
        part.strip() for groups in LABELS.findall(rule["expr"]) for part in ",".join(groups).split(",")
    } - {""}
    buckets = {"le"} if any(name.endswith("_bucket") for name in names) else set()
    assert asked | {*said} <= set.union(*(series[name] for name in names)) | ADDED_BY_PROMETHEUS | buckets
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_each_alert_is_tried_with_series_that_raise_it() -> None:
    """By `promtool test rules`, which comes with Prometheus and not with Python."""
    tried = yaml.safe_load((OPS / "prometheus/alerts_test.yml").read_text())["tests"]
    cases = [case for each in tried for case in each["alert_rule_test"]]
    raised = {case["alertname"] for case in cases if case["exp_alerts"]}
    assert raised == {rule["alert"] for rule in alerts()}
