"""A wrong value stops the start with one line; a right one becomes what the code reads."""

from pathlib import Path

import pytest

from portfolio_app.settings import Settings, SettingsError

SECRET = "s" * 32
PUBLIC = {"PUBLIC_URL": "https://example.org", "SESSION_SECRET": SECRET, "TRUSTED_PROXY_HOPS": "1"}
WORKERS = {"WORKERS": "2", "REDIS_URL": "redis://cache", "DATABASE_URL": "postgresql://db/site"}


def test_an_empty_environment_is_enough(tmp_path: Path) -> None:
    settings = Settings.from_env({"DATA_DIR": str(tmp_path)})

    assert (settings.port, settings.host, settings.workers) == (3000, "127.0.0.1", 1)
    assert settings.database_url == f"sqlite:///{tmp_path}/portfolio.db"
    assert settings.allowed_origins == ("http://localhost:3000", "http://127.0.0.1:3000")
    assert settings.rate_limits
    assert not settings.secure_cookies


def test_empty_and_blank_values_count_as_absent() -> None:
    assert Settings.from_env({"PORT": "", "REDIS_URL": " "}) == Settings.from_env({})


def test_unknown_variables_are_ignored() -> None:
    assert Settings.from_env({"PATH": "/bin", "PORTAL": "9"}) == Settings.from_env({})


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings.from_env({}).port = 1  # type: ignore[misc]


def test_reading_settings_touches_no_file(tmp_path: Path) -> None:
    Settings.from_env({"DATA_DIR": str(tmp_path / "absent")})

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("PORT", "web", "whole number, such as 3000 (got 'web')"),
        ("PORT", "3_000", "whole number"),
        ("PORT", "٣٠٠٠", "whole number"),
        ("WORKERS", "1e0", "whole number"),
        ("WORKERS", "+1", "whole number"),
        ("TRUSTED_PROXY_HOPS", "1.0", "whole number"),
        ("SESSION_DAYS", "nan", "whole number"),
        ("SESSION_IDLE_DAYS", "1_0", "whole number"),
        ("METRICS_PORT", "9_000", "whole number"),
        ("PORT", "0", "greater than or equal to 1"),
        ("PORT", "65536", "less than or equal to 65535"),
        ("WORKERS", "0", "greater than or equal to 1"),
        ("SESSION_DAYS", "366", "less than or equal to 365"),
        ("SESSION_IDLE_DAYS", "0", "greater than or equal to 1"),
        ("SESSION_IDLE_DAYS", "91", "at most SESSION_DAYS"),
        ("TRUSTED_PROXY_HOPS", "-1", "greater than or equal to 0"),
        ("MESSAGE_RETENTION_DAYS", "0", "greater than or equal to 1"),
        ("MESSAGE_RETENTION_DAYS", "inf", "whole number"),
        ("MESSAGE_RETENTION_DAYS", "soon", "whole number"),
        ("WEBHOOK_URL", "http://example.org/hook", "https:// address, or http:// on this machine"),
        ("WEBHOOK_URL", "ftp://example.org/hook", "https:// address"),
        ("WEBHOOK_URL", "https://me:secret@example.org/", "without a user name"),
        ("WEBHOOK_SECRET", "short", "at least 32 characters"),
        ("SMTP_URL", "mail.example.org:25", "must start with smtp:// or smtps://"),
        ("SMTP_URL", "smtp://me@mail.example.org", "both user and password"),
        ("SMTP_URL", "smtps://me:pass/word@mail.example.org", "%2F"),
        ("MAIL_FROM", "Me <me@example.org>", "plain address"),
        ("MAIL_FROM", "me@example.org\r\nBcc: you@example.org", "control character"),
        ("MAIL_FROM", "me..you@example.org", "plain address"),
        ("MAIL_SIGN_INS", "yes", "on or off"),
        ("PAGE_VIEWS", "all", "on or off"),
        ("LOG_LEVEL", "loud", "'DEBUG', 'INFO'"),
        ("RATE_LIMITS", "maybe", "on or off"),
        ("DATA_DIR", __file__, "not a directory"),
        ("CONTENT_DIR", "/nowhere/content", "/nowhere/content is not there"),
        ("CONTENT_DIR", __file__, f"{__file__} is no folder"),
        ("CONTENT_DIR", str(Path(__file__).parent), "has no profile.toml"),
        ("DEMOS_DIR", "/nowhere/demos", "/nowhere/demos is not there"),
        ("DATA_DIR", "~nobody-of-that-name/data", "home"),
        ("DATA_DIR", "/nowhere/\udcff", "no text"),
        ("CONTENT_DIR", "~nobody-of-that-name/content", "home"),
        ("CONTENT_DIR", "/nowhere/a\nb", "control character"),
        ("HOST", "\udcff", "no text"),
        ("SESSION_SECRET", "\udcff" * 40, "no text"),
        ("DATABASE_URL", "mysql://db/site", "postgresql:// or sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:", "must name a SQLite file"),
        ("DATABASE_URL", f"sqlite:///{Path(__file__).parent}", "is a folder"),
        ("DATABASE_URL", "sqlite:////dev/null?timeout=5", "is no file"),
        ("DATABASE_URL", "postgresql://db:port/site", "not a URL"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("REDIS_URL", "redis://cache/staging", "number of a database"),
        ("REDIS_URL", "redis://cache/0/1", "number of a database"),
        ("REDIS_URL", "unix://", "path of a socket"),
        ("NATS_URL", "localhost:4222", "nats://"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "http:// or https://"),
        ("PUBLIC_URL", "*", "wildcard"),
        ("PUBLIC_URL", "https://*.example.org", "wildcard"),
        ("PUBLIC_URL", "example.org", "must be an origin"),
        ("PUBLIC_URL", "ftp://example.org", "must be an origin"),
        ("PUBLIC_URL", "https://example.org/site", "without a path"),
        ("PUBLIC_URL", "https://me:pw@example.org", "without a path"),
        ("PUBLIC_URL", "https://exämple.org", "xn--"),
        ("PUBLIC_URL", "https://exa mple.org", "no host name"),
        ("PUBLIC_URL", "https://a.example,b.example", "no host name"),
        ("PUBLIC_URL", "https://example.org\\", "no host name"),
        ("PUBLIC_URL", "https://example.org.", "no host name"),
        ("PUBLIC_URL", "http://010.0.0.1", "no host name"),
        ("PUBLIC_URL", "http://10.1", "no host name"),
        ("PUBLIC_URL", "http://[fe80::1%eth0]", "no host name"),
        ("PUBLIC_URL", "https://example.org:0", "port 0"),
        ("SESSION_SECRET", "short", "at least 32 characters"),
        ("SESSION_SECRET", f"{SECRET},", "at least 32 characters"),
        ("SESSION_SECRET", f"{SECRET}, {SECRET}", "names a secret twice"),
        ("METRICS_TOKEN", "short", "at least 32 characters"),
        ("METRICS_TOKEN", f"{SECRET} {SECRET}", "without spaces"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(variable: str, value: str, reason: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({variable: value})

    assert str(refused.value).startswith(f"{variable}: ")
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_address_of_a_webhook_and_its_secret_go_together_and_a_mail_server_and_who_writes() -> None:
    for given in (
        {"WEBHOOK_URL": "https://example.net/hook"},
        {"WEBHOOK_SECRET": SECRET},
        {"SMTP_URL": "smtps://mail.example.org"},
        {"MAIL_FROM": "site@example.org"},
    ):
        with pytest.raises(SettingsError, match="go together"):
            Settings.from_env(given)
    Settings.from_env({"WEBHOOK_URL": "http://127.0.0.1:9/hook", "WEBHOOK_SECRET": SECRET})


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg2"])
def test_a_postgresql_address_gets_its_driver(scheme: str) -> None:
    settings = Settings.from_env({"DATABASE_URL": f"{scheme}://user@db/site?host=/run"})

    assert settings.database_url == "postgresql+psycopg2://user@db/site?host=/run"


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://Example.org/", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("http://example.org:8080", "http://example.org:8080"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://[2001:DB8:0:0::1]", "https://[2001:db8::1]"),
        ("http://my_site.internal", "http://my_site.internal"),
    ],
)
def test_the_public_origin_is_spelled_as_browsers_send_it(given: str, origin: str) -> None:
    settings = Settings.from_env({**PUBLIC, "PUBLIC_URL": given})

    assert settings.allowed_origins == (origin,), "what runs on a visitor's localhost may be anybody's"
    assert settings.secure_cookies == origin.startswith("https")


def test_allowed_origins_follow_the_port_and_leave_out_a_default_one() -> None:
    assert Settings.from_env({"PORT": "80"}).allowed_origins == ("http://localhost", "http://127.0.0.1")
    assert Settings.from_env({"PORT": "8080"}).allowed_origins[0] == "http://localhost:8080"


def test_an_origin_is_listed_once() -> None:
    settings = Settings.from_env({"PUBLIC_URL": "http://localhost:3000"})

    assert settings.allowed_origins == ("http://localhost:3000", "http://127.0.0.1:3000")


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({"PUBLIC_URL": "https://example.org"}, "SESSION_SECRET"),
        ({**PUBLIC, "RATE_LIMITS": "off"}, "RATE_LIMITS"),
        ({**PUBLIC, "TRUSTED_PROXY_HOPS": "0"}, "TRUSTED_PROXY_HOPS"),
        ({"PUBLIC_URL": "https://localhost:8443"}, "TRUSTED_PROXY_HOPS"),
        ({"METRICS_PORT": "3000"}, "METRICS_PORT"),
        ({**WORKERS, "METRICS_PORT": "2999"}, "METRICS_PORT"),
        ({**WORKERS, "METRICS_PORT": "65535"}, "METRICS_PORT"),
        ({"METRICS_PORT": "9100", "METRICS_HOST": "10.0.0.2"}, "METRICS_TOKEN"),
        ({"SESSION_SECRET": f"{SECRET},{SECRET}o", "METRICS_TOKEN": SECRET}, "METRICS_TOKEN"),
        ({"SESSION_SECRET": SECRET, "WEBHOOK_SECRET": SECRET}, "WEBHOOK_SECRET"),
        ({"WORKERS": "2"}, "WORKERS"),
        ({"WORKERS": "2", "REDIS_URL": "redis://cache"}, "WORKERS"),
        ({"WORKERS": "2", "DATABASE_URL": "postgresql://db/site"}, "WORKERS"),
    ],
)
def test_values_that_do_not_go_together_are_refused(environment: dict[str, str], variable: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(environment)

    assert refused.value.variable == variable


def test_several_workers_start_with_nats_in_place_of_redis() -> None:
    environment = {"WORKERS": "2", "NATS_URL": "nats://bus", "DATABASE_URL": "postgresql://db/site"}

    assert Settings.from_env(environment).nats_url == "nats://bus"


def test_several_workers_start_with_redis_and_postgresql() -> None:
    environment = {"WORKERS": "2", "REDIS_URL": "redis://cache", "DATABASE_URL": "postgresql://db/site"}

    assert Settings.from_env(environment).workers == 2


@pytest.mark.parametrize("url", ["http://localhost:9000", "https://127.0.0.1", "https://site.localhost:8443"])
def test_limits_may_be_off_and_the_secret_absent_on_localhost(url: str) -> None:
    environment = {"PUBLIC_URL": url, "RATE_LIMITS": "off", "TRUSTED_PROXY_HOPS": "1"}
    assert not Settings.from_env(environment).rate_limits


def test_the_example_file_lists_exactly_the_variables_and_is_valid() -> None:
    from portfolio_app.settings import VARIABLES

    lines = (Path(__file__).parents[2] / ".env.example").read_text().splitlines()
    listed = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    assert set(listed) == set(VARIABLES)
    assert Settings.from_env(listed) == Settings.from_env({})


def test_a_data_directory_that_cannot_be_reached_is_one_line() -> None:
    with pytest.raises(SettingsError, match="DATA_DIR: can't be reached: File name too long"):
        Settings.from_env({"DATA_DIR": "/" + "x" * 300})


def test_each_worker_has_a_port_for_its_metrics_if_any_has() -> None:
    assert list(Settings.from_env({}).metrics_ports) == []
    given = Settings.from_env({**WORKERS, "METRICS_PORT": "9100"})
    assert (given.metrics_host, list(given.metrics_ports)) == ("127.0.0.1", [9100, 9101])
