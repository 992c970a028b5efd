"""What a person sees after a mistake: one line and exit code 1, never a traceback."""

from pathlib import Path

import pytest

from portfolio_app.http.content.errors import ContentError
from portfolio_app.launcher import serving
from portfolio_app.launcher.commands import main
from portfolio_app.launcher.errors import LaunchError


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr("portfolio_app.launcher.commands.load_dotenv", lambda _: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)


def test_a_wrong_variable_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "web")

    assert main(["serve"]) == 1
    assert capsys.readouterr().err.startswith("error: PORT: ")


@pytest.mark.parametrize(
    ("raised", "code"), [(LaunchError("the reason"), 1), (KeyboardInterrupt(), 0), (None, 0)]
)
def test_the_exit_code_tells_a_failed_start_from_a_stop(
    monkeypatch: pytest.MonkeyPatch, raised: BaseException | None, code: int
) -> None:
    def serve(_: object) -> None:
        if raised is not None:
            raise raised

    monkeypatch.setattr(serving, "serve", serve)

    assert main(["serve"]) == code


@pytest.mark.parametrize("command", ["serve", "build", "dev"])
def test_wrong_content_is_one_line_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    def content() -> None:
        raise ContentError(Path.cwd() / "work/x.md", 3, "date: Field required")

    monkeypatch.setattr("portfolio_app.launcher.commands.content", content)

    assert main([command]) == 1
    assert capsys.readouterr().err == "error: work/x.md:3: date: Field required\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    listed = capsys.readouterr().out
    assert all(name in listed for name in ("serve", "dev", "build", "migrate", "promote", "demote"))


def test_a_missing_command_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])

    assert "COMMAND" in capsys.readouterr().err
