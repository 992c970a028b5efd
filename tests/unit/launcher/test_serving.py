"""What a start prepares, and how long it leaves its workers to start."""

import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from portfolio_app.launcher import serving
from portfolio_app.launcher.errors import LaunchError
from portfolio_app.settings import Settings


@pytest.mark.parametrize(("before", "after"), [(0o755, 0o700), (0o700, 0o700), (0o1777, 0o1777)])
def test_the_data_folder_is_nobody_elses_unless_it_is_shared_on_purpose(
    tmp_path: Path, before: int, after: int
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(before)
    serving.keep_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == after


@pytest.mark.parametrize("kept_there", ["ROOT", "HOME"])
def test_a_folder_that_holds_more_than_the_site_stays_open_to_others_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kept_there: str
) -> None:
    monkeypatch.setattr(
        serving, "ROOT", tmp_path / "srv" / "site" if kept_there == "ROOT" else Path("/elsewhere")
    )
    monkeypatch.setenv("HOME", str(tmp_path / "srv/ada" if kept_there == "HOME" else "/root"))
    folder = tmp_path / "srv"
    folder.mkdir(0o755)

    serving.keep_private(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert capsys.readouterr().out == (
        f"warning: DATA_DIR: {folder} holds more than the site's data, so others may still enter it\n"
    )


@pytest.mark.parametrize("option", ["socket_timeuot=3", "socket_timeout=x"])
def test_an_option_that_redis_does_not_take_stops_the_start_in_one_line(tmp_path: Path, option: str) -> None:
    given = {"DATA_DIR": str(tmp_path), "REDIS_URL": f"redis://:hush@127.0.0.1:1/0?{option}"}

    with pytest.raises(LaunchError) as refused:
        serving.prepare(Settings.from_env(given))

    assert str(refused.value).startswith("REDIS_URL: ")
    assert option.partition("=")[0] in str(refused.value)
    assert "hush" not in str(refused.value)


class Worker:
    """A process that says nothing for its first `silent_s`."""

    pid, exitcode = 1, None

    def __init__(self, silent_s: float) -> None:
        self.silent_s, self.was_killed = silent_s, False
        self.process = SimpleNamespace(is_alive=lambda: True)

    def is_alive(self, timeout: float) -> bool:
        return self.silent_s <= timeout

    def start(self) -> None: ...

    def kill(self) -> None:
        self.was_killed = True

    def join(self) -> None: ...


@pytest.mark.parametrize(("silent_s", "was_killed"), [(15, False), (60, True)])
def test_a_worker_that_a_busy_machine_is_slow_to_start_is_left_to_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, silent_s: int, was_killed: bool
) -> None:
    monkeypatch.setattr("uvicorn.supervisors.multiprocess.Process", lambda *_: Worker(0))
    settings = Settings.from_env({"DATA_DIR": str(tmp_path)})
    supervisor, worker = serving._Supervisor(serving._configuration(settings), []), Worker(silent_s)
    supervisor.processes = [worker]  # type: ignore[list-item]  # a stand-in for uvicorn's process
    supervisor.keep_subprocess_alive()
    assert worker.was_killed is was_killed
