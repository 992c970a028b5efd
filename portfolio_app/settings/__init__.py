"""Every variable of the environment, validated before anything starts; only `folders` reads two of them again."""

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from portfolio_app.settings import values
from portfolio_app.settings.kept_secret import kept_secret
from portfolio_app.settings.values import origin

_LAST_PORT: Final = 65_535
STYLEGUIDE: Final = "REFLEX_STYLEGUIDE"
"""Set by `make dev` alone, and named like the framework's own variables, which builds and servers drop."""
UNECHOED: Final = frozenset(
    {
        "SESSION_SECRET",
        "WEBHOOK_URL",
        "WEBHOOK_SECRET",
        "PUBLIC_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "NATS_URL",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "METRICS_TOKEN",
        "SMTP_URL",
    }
)


_Count = Annotated[int, BeforeValidator(values.whole_number)]
_OF_PATHS: Final = "/ !#$&'()*+,:;=@[]~"
"""Characters that stand for themselves in the path of a database URL."""


class SettingsError(ValueError):
    """A variable has a value the site can't start with; the text is one line and holds no secret."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable


def shows_styleguide(env: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is the development server, which has one page more than a site."""
    return env.get(STYLEGUIDE) == "on"


class Settings(BaseModel):
    """The settings that one process was started with. Build them with `from_env`."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    port: _Count = Field(default=3000, ge=1, le=65535)
    host: str = "127.0.0.1"
    data_dir: Annotated[Path, BeforeValidator(values.data_dir)] = Path("data")
    content_dir: Annotated[Path, BeforeValidator(values.content_dir)] | None = None
    demos_dir: Annotated[Path, BeforeValidator(values.folder)] | None = None
    given_database_url: Annotated[str, BeforeValidator(values.database_url)] | None = Field(
        default=None, repr=False
    )
    redis_url: Annotated[str, BeforeValidator(values.redis_url)] | None = Field(default=None, repr=False)
    nats_url: Annotated[str, BeforeValidator(values.nats_url)] | None = Field(default=None, repr=False)
    workers: _Count = Field(default=1, ge=1, le=64)
    public_url: Annotated[str, BeforeValidator(values.public_url)] | None = None
    given_secrets: Annotated[tuple[str, ...], BeforeValidator(values.secrets)] = Field(default=(), repr=False)
    trusted_proxy_hops: _Count = Field(default=0, ge=0, le=16)
    otlp_endpoint: Annotated[str, BeforeValidator(values.http_url)] | None = Field(default=None, repr=False)
    repository_url: Annotated[str, BeforeValidator(values.http_url)] | None = None
    metrics_token: Annotated[str, BeforeValidator(values.token)] | None = Field(default=None, repr=False)
    metrics_port: _Count | None = Field(default=None, ge=1, le=65535)
    metrics_host: str = "127.0.0.1"
    webhook_url: Annotated[str, BeforeValidator(values.webhook_url)] | None = Field(default=None, repr=False)
    webhook_secret: Annotated[str, BeforeValidator(values.token)] | None = Field(default=None, repr=False)
    smtp_url: Annotated[str, BeforeValidator(values.smtp_url)] | None = Field(default=None, repr=False)
    mail_from: Annotated[str, BeforeValidator(values.address)] | None = None
    mail_sign_ins: Annotated[bool, BeforeValidator(values.switch)] = False
    message_retention_days: _Count | None = Field(default=None, ge=1, le=36_500)
    page_views: Annotated[bool, BeforeValidator(values.switch)] = False
    rate_limits: Annotated[bool, BeforeValidator(values.switch)] = True
    self_check: Annotated[bool, BeforeValidator(values.switch)] = True
    session_idle_days: _Count = Field(default=14, ge=1, le=365)
    session_days: _Count = Field(default=90, ge=1, le=365)
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(str.upper)
    ] = "INFO"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Read `env` (the process environment by default); an empty value counts as absent.

        Touches no file. Raises SettingsError for the first wrong value.
        """
        given = dict(_given(os.environ if env is None else env))
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            raise _first_error(error, given) from None
        settings._check_combinations()
        settings._check_pairs()
        return settings

    def _check_combinations(self) -> None:
        if not self.is_local and not self.given_secrets:
            raise SettingsError("SESSION_SECRET", "is required when PUBLIC_URL is not on localhost")
        if self.secure_cookies and not self.trusted_proxy_hops:
            raise SettingsError(
                "TRUSTED_PROXY_HOPS",
                "at least 1 is needed with https: the proxy that ends TLS is every visitor",
            )
        if not self.is_local and not self.rate_limits:
            raise SettingsError("RATE_LIMITS", "may be off only when PUBLIC_URL is absent or on localhost")
        if self.session_idle_days > self.session_days:
            raise SettingsError("SESSION_IDLE_DAYS", "is at most SESSION_DAYS")
        self._check_metrics()
        if self.workers > 1 and self.redis_url is None and self.nats_url is None:
            raise SettingsError("WORKERS", "more than one worker needs REDIS_URL or NATS_URL")
        if self.workers > 1 and self.database_url.startswith("sqlite"):
            raise SettingsError("WORKERS", "more than one worker needs a postgresql:// DATABASE_URL")

    def _check_pairs(self) -> None:
        for name in ("METRICS_TOKEN", "WEBHOOK_SECRET"):
            if getattr(self, VARIABLES[name]) in self.given_secrets:
                raise SettingsError(
                    name, "is a SESSION_SECRET as well: whoever is given it could make sessions"
                )
        for pair in _TOGETHER:
            missing = [name for name in pair if getattr(self, VARIABLES[name]) is None]
            if len(missing) == 1:
                raise SettingsError(missing[0], f"is required: {' and '.join(pair)} go together")

    def _check_metrics(self) -> None:
        if self.port in self.metrics_ports:
            raise SettingsError("METRICS_PORT", f"PORT {self.port} is one of the workers' own ports")
        if self.metrics_ports and self.metrics_ports[-1] > _LAST_PORT:
            raise SettingsError("METRICS_PORT", f"leaves no port for each of {self.workers} workers")
        if not values.is_loopback(self.metrics_host) and self.metrics_token is None:
            raise SettingsError("METRICS_TOKEN", "is required when METRICS_HOST is not loopback")

    @property
    def metrics_ports(self) -> range:
        """The port of each worker's own metrics; empty if none has one."""
        return range(self.metrics_port, self.metrics_port + self.workers) if self.metrics_port else range(0)

    @property
    def is_local(self) -> bool:
        """Whether the site is reached on this machine only, as far as PUBLIC_URL tells."""
        return self.public_url is None or values.is_loopback(urlsplit(self.public_url).hostname)

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL, driver included; a SQLite file in `data_dir` when none was given."""
        return (
            self.given_database_url
            or f"sqlite:///{quote(str(self.data_dir / 'portfolio.db'), safe=_OF_PATHS)}"
        )

    @property
    def local_url(self) -> str:
        """The address of the site for a browser on this machine."""
        return origin("http", "localhost", self.port)

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        """Every origin that may open the websocket or send an effect; never a wildcard.

        A public site has its own alone: what else runs on a visitor's localhost may be anybody's.
        """
        if not self.is_local and self.public_url is not None:
            return (self.public_url,)
        local = (self.local_url, origin("http", "127.0.0.1", self.port))
        return local if self.public_url in (None, *local) else (*local, self.public_url)

    @property
    def secure_cookies(self) -> bool:
        """Whether browsers reach the site over https, so that cookies carry `Secure` and `__Host-`."""
        return self.public_url is not None and self.public_url.startswith("https://")

    @property
    def cookie_suffix(self) -> str:
        """Tells the cookies of two sites on one machine apart: a browser sends them to every port of a host."""
        usual = type(self).model_fields["port"].default
        return f"_{self.port}" if self.is_local and self.port != usual else ""

    @cached_property
    def session_secrets(self) -> tuple[str, ...]:
        """Newest first; on localhost made once and kept in `data_dir`. Raises SettingsError."""
        if self.given_secrets:
            return self.given_secrets
        try:
            return (kept_secret(self.data_dir),)
        except ValueError as error:
            raise SettingsError("SESSION_SECRET", str(error)) from None


VARIABLES: Final = {
    "PORT": "port",
    "HOST": "host",
    "DATA_DIR": "data_dir",
    "CONTENT_DIR": "content_dir",
    "DEMOS_DIR": "demos_dir",
    "DATABASE_URL": "given_database_url",
    "REDIS_URL": "redis_url",
    "NATS_URL": "nats_url",
    "WORKERS": "workers",
    "PUBLIC_URL": "public_url",
    "SESSION_SECRET": "given_secrets",
    "TRUSTED_PROXY_HOPS": "trusted_proxy_hops",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "otlp_endpoint",
    "REPOSITORY_URL": "repository_url",
    "METRICS_TOKEN": "metrics_token",
    "METRICS_PORT": "metrics_port",
    "METRICS_HOST": "metrics_host",
    "WEBHOOK_URL": "webhook_url",
    "WEBHOOK_SECRET": "webhook_secret",
    "SMTP_URL": "smtp_url",
    "MAIL_FROM": "mail_from",
    "MAIL_SIGN_INS": "mail_sign_ins",
    "MESSAGE_RETENTION_DAYS": "message_retention_days",
    "PAGE_VIEWS": "page_views",
    "RATE_LIMITS": "rate_limits",
    "SELF_CHECK": "self_check",
    "SESSION_IDLE_DAYS": "session_idle_days",
    "SESSION_DAYS": "session_days",
    "LOG_LEVEL": "log_level",
}
"""Environment variable -> field."""
_TOGETHER: Final = (("WEBHOOK_URL", "WEBHOOK_SECRET"), ("SMTP_URL", "MAIL_FROM"))


def _given(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, field in VARIABLES.items():
        if value := env.get(name, "").strip():
            try:
                # A secret may be anything that was ever taken: `openssl rand -base64 64` writes two lines.
                yield field, values.text(value, may_have_lines=name == "SESSION_SECRET")
            except ValueError as error:
                raise SettingsError(name, str(error)) from None


def _first_error(error: ValidationError, given: Mapping[str, str]) -> SettingsError:
    first = error.errors(include_url=False)[0]
    field = str(first["loc"][0])
    variable = next(name for name, target in VARIABLES.items() if target == field)
    reason = first["msg"].removeprefix("Value error, ")
    return SettingsError(variable, reason if variable in UNECHOED else f"{reason} (got {given[field]!r})")
