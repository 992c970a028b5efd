"""The values that one variable may have: each function returns it in its final form, or raises ValueError."""

import ipaddress
import re
import unicodedata
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

MIN_SECRET_LENGTH: Final = 32
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS: Final = re.compile(
    r"[\w+-]+(?:\.[\w+-]+)*@[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d]+(?:-[a-z\d]+)*)+",
    re.ASCII | re.IGNORECASE,
)
_LABEL: Final = r"[a-z\d_](?:[a-z\d_-]*[a-z\d_])?"
# A name whose last part is a number would be an IPv4 address to a browser.
_HOST_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_IS_NUMBER: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[\da-f]*)", re.ASCII)
_DATABASE_NUMBER: Final = re.compile(r"(?:/\d*)?", re.ASCII)
_WHOLE: Final = re.compile("-?[0-9]+")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def text(value: str, *, may_have_lines: bool) -> str:
    """A value that can be shown, and written into a file or to a server."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("is no text: it has bytes that are not UTF-8") from None
    if not may_have_lines and any(unicodedata.category(sign) == "Cc" for sign in value):
        raise ValueError("has a control character in it, such as the end of a line")
    return value


def _split_url(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    return parts


def is_loopback(host: str | None) -> bool:
    return host is not None and (host in LOOPBACK_HOSTS or host.endswith(".localhost"))


def origin(scheme: str, host: str, port: int | None) -> str:
    """The origin as browsers spell it: no port where it is the scheme's own."""
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" if port in (None, DEFAULT_PORTS[scheme]) else f"{scheme}://{name}:{port}"


def public_url(value: str) -> str:
    if "*" in value:
        raise ValueError("must name one origin; a wildcard would open the site to every other one")
    parts = _split_url(value)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("must be an origin such as https://example.org")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be an origin: scheme, host and port only, without a path")
    if not parts.hostname.isascii():
        raise ValueError("must spell an international host name in its ASCII (xn--) form")
    if parts.port == 0:
        raise ValueError("names port 0, at which nobody can be reached")
    return origin(parts.scheme, _host_of_browsers(parts.hostname), parts.port)


def _host_of_browsers(host: str) -> str:
    """The host as browsers write it in `Origin`, which has to be the same letter by letter."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if _HOST_NAME.fullmatch(host) and not _IS_NUMBER.fullmatch(host):
            return host
    else:
        if "%" not in host:
            return str(address)
    raise ValueError(f"has no host name that a browser can send: {host!r}")


def database_url(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    # `postgres` is what hosts such as Fly and Heroku hand out.
    if scheme in ("postgresql", "postgres", "postgresql+psycopg2") and separator:
        if _split_url(value).netloc.count("@") > 1:
            # The part after the first one would be taken for the host, and be printed.
            raise ValueError("must write an @ in user or password as %40")
        return f"postgresql+psycopg2://{rest}"
    if not value.startswith("sqlite:///"):
        raise ValueError("must start with postgresql:// or sqlite:///")
    if rest in ("/", "/:memory:"):
        raise ValueError("must name a SQLite file: a database in memory would not outlive its connection")
    _check_sqlite_file(Path(unquote(rest[1:].partition("?")[0])))
    return value


def _check_sqlite_file(path: Path) -> None:
    try:
        if path.exists() and not path.is_file():
            raise ValueError(
                f"must name a SQLite file: {path} is {'a folder' if path.is_dir() else 'no file'}"
            )
    except OSError as error:
        raise ValueError(f"names a file that can't be reached: {error.strerror}") from None


def redis_url(value: str) -> str:
    parts = _split_url(value)
    if value.partition("://")[0] not in ("redis", "rediss", "unix"):
        raise ValueError("must start with redis://, rediss:// or unix://")
    if parts.scheme == "unix":
        if not parts.path.strip("/"):
            raise ValueError("must name the path of a socket after unix://")
    elif not _DATABASE_NUMBER.fullmatch(parts.path):
        # The client would take the first one instead, and two sites so have one bus.
        raise ValueError("must end with the number of a database, such as /0, or with the port")
    return value


def nats_url(value: str) -> str:
    parts = _split_url(value)
    if parts.scheme not in ("nats", "tls") or not parts.hostname:
        raise ValueError("must start with nats:// or tls://")
    return value


def http_url(value: str) -> str:
    parts = _split_url(value)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("must be an http:// or https:// address")
    return value


def webhook_url(value: str) -> str:
    """The address that calls are sent to: readable by nobody on the way."""
    parts = _split_url(value)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("must be an https:// address")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("must be an https:// address, or http:// on this machine")
    if parts.username is not None or parts.fragment:
        raise ValueError("must be an address without a user name and a fragment")
    return value


def smtp_url(value: str) -> str:
    """The server that letters are handed over to: the password is sent to nobody whose certificate is not good."""
    try:
        parts = _split_url(value)
    except ValueError:
        raise ValueError("is not a URL: a password writes / ? # @ : as %2F %3F %23 %40 %3A") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must start with smtp:// or smtps:// and name a host")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must end with host and port: write / ? # in a password as %2F %3F %23")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("must have both user and password, or neither")
    return value


def address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("must be a plain address such as site@example.org")
    return value


def secrets(value: str | tuple[str, ...]) -> tuple[str, ...]:
    found = tuple(part.strip() for part in (value.split(",") if isinstance(value, str) else value))
    if any(len(secret) < MIN_SECRET_LENGTH for secret in found):
        raise ValueError(f"needs at least {MIN_SECRET_LENGTH} characters in each comma separated secret")
    if len(set(found)) < len(found):
        raise ValueError("names a secret twice: a rotation needs another one")
    return found


def token(value: str) -> str:
    if len(value) < MIN_SECRET_LENGTH or not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(f"needs at least {MIN_SECRET_LENGTH} characters of ASCII without spaces")
    return value


def whole_number(value: str | int) -> str | int:
    """Digits as a person counts: Python's own `int` takes 3_000 and the digits of other scripts, too."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("must be a whole number, such as 3000")
    return value


def switch(value: str | bool) -> bool:
    if value in ("on", "off"):
        return value == "on"
    if isinstance(value, bool):
        return value
    raise ValueError("must be on or off")


def _absolute(value: str | Path) -> Path:
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError:
        raise ValueError("names the home of a user whom this machine does not know") from None


def data_dir(value: str | Path) -> Path:
    path = _absolute(value)
    try:
        if path.exists() and not path.is_dir():
            raise ValueError("is not a directory")
    except OSError as error:
        raise ValueError(f"can't be reached: {error.strerror}") from None
    return path


def folder(value: str | Path) -> Path:
    """A folder that is there and can be listed."""
    path = _absolute(value)
    try:
        if not path.is_dir():
            raise ValueError(f"{path} is {'no folder' if path.exists() else 'not there'}")
        next(path.iterdir(), None)
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from None
    return path


def content_dir(value: str | Path) -> Path:
    path = folder(value)
    if not (path / "profile.toml").is_file():
        raise ValueError(f"{path} has no profile.toml")
    return path
