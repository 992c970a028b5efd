"""Secrets among the settings: never echoed, made where none is given, kept for their owner alone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portfolio_app.settings import Settings, SettingsError

SECRET = "s" * 32


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SESSION_SECRET", "canary"),
        ("METRICS_TOKEN", "canary"),
        ("WEBHOOK_SECRET", "canary"),
        ("WEBHOOK_URL", "http://example.org/canary"),
        ("SMTP_URL", "smtp://user:canary@/path"),
        ("DATABASE_URL", "mysql://user:canary@db/site"),
        ("DATABASE_URL", "postgresql://user:canary@db:canary/site"),
        ("DATABASE_URL", "postgresql://user:c@canary@db/site"),
        ("REDIS_URL", "http://:canary@cache"),
        ("NATS_URL", "http://:canary@cache"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector?key=canary"),
        ("PUBLIC_URL", "https://user:canary@example.org"),
    ],
)
def test_a_refused_value_that_may_hold_a_secret_is_not_echoed(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({variable: value})

    assert "canary" not in str(refused.value)


def test_secrets_stay_out_of_the_representation() -> None:
    settings = Settings.from_env(
        {
            "SESSION_SECRET": f"canary{SECRET}",
            "METRICS_TOKEN": f"canary{SECRET}m",
            "SMTP_URL": "smtps://me:canary@mail.example.net",
            "MAIL_FROM": "site@example.net",
            "WEBHOOK_URL": "https://example.net/canary",
            "WEBHOOK_SECRET": f"canary{SECRET}w",
            "DATABASE_URL": "postgresql://user:canary@db/site",
            "REDIS_URL": "redis://:canary@cache",
        }
    )

    assert "canary" not in repr(settings)
    assert "canary" not in str(settings)


def test_given_secrets_are_used_in_order_and_nothing_is_kept(tmp_path: Path) -> None:
    older = "o" * 40
    settings = Settings.from_env({"SESSION_SECRET": f"{SECRET}, {older}", "DATA_DIR": str(tmp_path)})

    assert settings.session_secrets == (SECRET, older)
    assert list(tmp_path.iterdir()) == []


def test_a_made_secret_is_long_private_and_kept(tmp_path: Path) -> None:
    environment = {"DATA_DIR": str(tmp_path / "data")}

    (secret,) = Settings.from_env(environment).session_secrets
    (kept,) = (tmp_path / "data").iterdir()

    assert len(secret) >= 64
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert Settings.from_env(environment).session_secrets == (secret,)


def test_a_kept_secret_that_was_copied_for_everybody_to_read_is_private_again(tmp_path: Path) -> None:
    kept = tmp_path / "session_secret"
    kept.write_text(SECRET)
    kept.chmod(0o644)

    assert Settings.from_env({"DATA_DIR": str(tmp_path)}).session_secrets == (SECRET,)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_two_starters_agree_on_the_made_secret(tmp_path: Path) -> None:
    starters = [Settings.from_env({"DATA_DIR": str(tmp_path)}) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda settings: settings.session_secrets, starters))

    assert len(secrets) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_a_damaged_kept_secret_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "session_secret").write_text("cut")

    with pytest.raises(SettingsError, match="damaged"):
        _ = Settings.from_env({"DATA_DIR": str(tmp_path)}).session_secrets


def test_a_data_dir_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match="SESSION_SECRET: can't be kept"):
        _ = Settings.from_env({"DATA_DIR": str(tmp_path / "file" / "below")}).session_secrets
