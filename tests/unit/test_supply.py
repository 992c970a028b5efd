"""What the site is made of is what was locked, and the files that start it elsewhere mean this site."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from portfolio_app.settings import VARIABLES, Settings

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
PINNED = re.compile(r"[A-Za-z0-9._-]+(?:\[[a-z,-]+\])?==\S+(?: ; .+?)?((?: --hash=sha256:[0-9a-f]{64})+)")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_the_hashes_of_its_files(lock: str) -> None:
    lines = (ROOT / lock).read_text().replace(" \\\n", "").splitlines()
    packages = [re.sub(r" +", " ", line) for line in lines if line and not line.startswith("#")]
    assert len(packages) > 50
    assert [package for package in packages if not PINNED.fullmatch(package)] == []


def test_nothing_is_installed_without_comparing_hashes() -> None:
    makefile, dockerfile = (ROOT / "Makefile").read_text(), (ROOT / "Dockerfile").read_text()
    installing = re.findall(r"pip\b.*install.*--requirement.*", makefile + dockerfile)
    assert len(installing) == 3
    assert all("--require-hashes" in line for line in installing)
    assert "--generate-hashes --no-strip-extras" in makefile, "the extras, or pip looks for versions itself"


def test_the_bill_of_materials_names_every_package(tmp_path: Path) -> None:
    wanted = subprocess.run(
        ["make", "--dry-run", "sbom"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    command = re.search(r"\.venv/bin/python -W ignore -m cyclonedx_py [^;]*?requirements\.txt", wanted)
    assert command is not None
    words = (
        command.group().replace("\\\n", " ").replace("sbom/python.json", str(tmp_path / "made.json")).split()
    )
    subprocess.run(words, cwd=ROOT, check=True, timeout=120)
    made = json.loads((tmp_path / "made.json").read_text())
    locked = re.findall(r"^([a-z0-9-]+)(?:\[.*\])?==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert made["bomFormat"] == "CycloneDX"
    assert sorted({component["name"] for component in made["components"]}) == sorted(set(locked))


def unit() -> str:
    return (ROOT / "ops/portfolio.service").read_text()


def test_the_unit_is_one_that_systemd_reads(tmp_path: Path) -> None:
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("systemd is not there to read it")
    here = (
        unit().replace("/srv/portfolio/.venv/bin/python", sys.executable).replace("/srv/portfolio", str(ROOT))
    )
    (tmp_path / "portfolio.service").write_text(here.replace("User=portfolio", "User=root"))
    command = [analyze, "verify", "--man=no", "--recursive-errors=no", str(tmp_path / "portfolio.service")]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_unit_and_proxy_mean_the_same_port_and_settings_that_there_are() -> None:
    given = dict(
        pair.split("=") for pair in re.search(r"^Environment=(.*)$", unit(), re.MULTILINE)[1].split()
    )
    assert given.keys() <= VARIABLES.keys()
    Settings.from_env(given | {"PUBLIC_URL": "https://you.example", "SESSION_SECRET": "x" * 32})
    proxy = (ROOT / "ops/Caddyfile").read_text()
    assert f"reverse_proxy {given['HOST']}:{given['PORT']} {{" in proxy
    assert "health_uri /api/ready" in proxy
    assert proxy.count("{") == proxy.count("}")
    assert "MemoryMax=" in unit()
    assert "TasksMax=" in unit()


PUBLIC = {"PUBLIC_URL": "https://you.example", "SESSION_SECRET": "x" * 32}


def test_the_file_for_fly_means_the_site_that_the_image_has() -> None:
    fly = tomllib.loads((ROOT / "ops/fly.toml").read_text())
    settings = Settings.from_env(
        fly["env"] | PUBLIC | {"DATABASE_URL": "postgres://u:p@db.internal:5432/site"}
    )
    assert settings.database_url == "postgresql+psycopg2://u:p@db.internal:5432/site"
    assert fly["http_service"]["internal_port"] == settings.port
    assert [check["path"] for check in fly["http_service"]["checks"]] == ["/api/ready"]
    assert fly["env"].keys() <= VARIABLES.keys()
    assert (
        f"ENV PATH=/venv/bin:$PATH HOST={settings.host} PORT={settings.port} DATA_DIR={settings.data_dir}"
        in (ROOT / "Dockerfile").read_text()
    )


def test_the_file_for_render_means_the_site_that_the_image_has() -> None:
    render = yaml.safe_load((ROOT / "ops/render.yaml").read_text())
    (service,), (database,) = render["services"], render["databases"]
    variables = {each["key"]: each.get("value") for each in service["envVars"]}
    assert variables.keys() <= VARIABLES.keys()
    given = {name: value for name, value in variables.items() if value is not None}
    assert all(isinstance(value, str) for value in given.values())
    settings = Settings.from_env(given | PUBLIC)
    assert (settings.port, settings.trusted_proxy_hops) == (3000, 1)
    named = [each["fromDatabase"]["name"] for each in service["envVars"] if "fromDatabase" in each]
    assert named == [database["name"]]
    assert service["healthCheckPath"] == "/api/ready"
    assert (ROOT / service["dockerfilePath"]).is_file()


def test_the_workflow_for_a_registry_builds_this_image() -> None:
    workflow = yaml.safe_load((ROOT / "ops/image.yml").read_text())
    steps = workflow["jobs"]["image"]["steps"]
    assert workflow[True] == {"push": {"tags": ["v*"]}}, "YAML 1.1 reads `on` as true"
    assert workflow["permissions"] == {"contents": "read", "packages": "write"}
    build = next(step["with"] for step in steps if "build-push" in step.get("uses", ""))
    assert (build["context"], build["push"]) == (".", True)
    argument = build["build-args"].partition("=")[0]
    assert f"ARG {argument}=" in (ROOT / "Dockerfile").read_text()
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+", step["uses"]) for step in steps)
