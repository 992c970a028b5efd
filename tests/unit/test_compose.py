"""compose.yaml is a file that Compose reads, and its containers can't take the whole machine.

`compose-spec.json` is the Compose Specification's own schema (https://github.com/compose-spec/compose-spec, Apache-2.0)
without its descriptions.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final = yaml.safe_load((ROOT / "compose.yaml").read_text())
TEXT: Final = json.dumps(COMPOSE)
SERVICES: Final = COMPOSE["services"]
VARIABLE: Final = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def problems(compose: object) -> list[str]:
    # Imported here: it compiles forty grammars, seconds of a processor that every stream of the gate would pay.
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(compose)
    ]


def test_it_is_what_the_specification_allows() -> None:
    assert problems(COMPOSE) == []


@pytest.mark.parametrize(
    "wrong",
    [{"mem_limt": "1g"}, {"ports": 3000}, {"healthcheck": {"every": "5s"}}, {"restart": ["always"]}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_schema_refuses_what_compose_would(wrong: dict[str, Any]) -> None:
    assert problems(COMPOSE | {"services": SERVICES | {"site": SERVICES["site"] | wrong}})


def test_services_wait_for_services_that_say_when_they_are_ready() -> None:
    awaited = SERVICES["site"]["depends_on"]
    assert set(awaited) == SERVICES.keys() - {"site"}
    assert all(each == {"condition": "service_healthy"} for each in awaited.values())
    assert all("healthcheck" in SERVICES[name] for name in awaited)


def test_every_volume_of_a_service_is_declared() -> None:
    named = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert named == COMPOSE["volumes"].keys()


def test_a_variable_has_a_default_or_says_where_it_is_set() -> None:
    """Compose takes one without either for empty, with no more than a warning."""
    found = VARIABLE.findall(TEXT)
    assert len(found) == TEXT.count("${") == TEXT.count("$")
    without = {name for name, kind, _ in found if kind != "-"}
    assert without == {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert [match for match in found if match[0] in without and match[1:] != ("?", "set it in .env")] == []


def test_a_copy_of_the_example_environment_leaves_compose_its_own_defaults() -> None:
    """Its steps begin with that copy, and start two workers."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    defaults = [(name, value) for name, kind, value in VARIABLE.findall(TEXT) if kind == "-"]
    assert ("SITE_WORKERS", "2") in defaults
    assert [(name, value) for name, value in defaults if example.get(name, value) != value] == []


@pytest.mark.parametrize("service", ["site", "database", "cache"])
def test_a_container_has_a_bound_on_memory_processes_and_log(service: str) -> None:
    bounds = SERVICES[service]
    assert bounds["mem_limit"]
    assert bounds["pids_limit"]
    assert bounds["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}


def test_the_cache_wants_a_password_that_nobody_knows() -> None:
    command = SERVICES["cache"]["command"]
    assert command[command.index("--requirepass") + 1].startswith("${REDIS_PASSWORD:?")
    assert SERVICES["site"]["environment"]["REDIS_URL"].startswith("redis://:${REDIS_PASSWORD:?")
