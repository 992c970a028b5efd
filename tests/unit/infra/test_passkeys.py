"""WebAuthn against a device made of a key pair: what is accepted, and everything that is not."""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

from portfolio_app.app.errors import BadPasskey
from portfolio_app.domain.account.passkey import Passkey
from portfolio_app.domain.account.user import Email, Role, User, Username
from portfolio_app.infra.passkeys import WebauthnCeremonies

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANN = User(1, Username("ann-1"), Email("ann@example.org"), Role.MEMBER, NOW)
ORIGIN = "https://site.example"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass(frozen=True)
class Device:
    """Answers as a browser passes it on; every part of it can be wrong."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    origin: str = ORIGIN
    rp_id: str = "site.example"
    flags: int = PRESENT | VERIFIED
    count: int = 1
    fmt: str = "none"

    def make(self, options: str) -> str:
        """Answer `navigator.credentials.create`."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(public)
        statement = {} if self.fmt == "none" else {"alg": -7, "sig": b"x"}
        made = {"fmt": self.fmt, "attStmt": statement, "authData": self._data(ATTESTED) + attested}
        client = self._client("webauthn.create", options)
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(cbor2.dumps(made))})

    def sign(self, options: str) -> str:
        """Answer `navigator.credentials.get`."""
        client, data = self._client("webauthn.get", options), self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        said = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
        return self._answer(said)

    def _data(self, more: int = 0) -> bytes:
        rp = hashlib.sha256(self.rp_id.encode()).digest()
        return rp + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps(
            {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}
        )


@pytest.fixture
def site() -> WebauthnCeremonies:
    return WebauthnCeremonies(ORIGIN)


async def added(site: WebauthnCeremonies, device: Device) -> Passkey:
    challenge = site.new_challenge()
    found = await site.added(challenge, device.make(site.adding(challenge, ANN, [])))
    return Passkey(found.passkey_id, ANN.id, "phone", found.public_key, found.count, NOW)


async def test_a_device_adds_a_passkey_and_signs_in_with_it(site: WebauthnCeremonies) -> None:
    device = Device()
    passkey = await added(site, device)
    assert passkey.id == b64(device.id)
    challenge = site.new_challenge()
    answer = replace(device, count=2).sign(site.signing_in(challenge))
    assert site.named(answer) == passkey.id
    verified = await site.signed_in(challenge, answer, passkey)
    assert (verified.passkey_id, verified.count) == (passkey.id, 2)


async def test_options_name_this_site_ask_for_verification_and_tell_nothing_of_the_member(
    site: WebauthnCeremonies,
) -> None:
    known = await added(site, Device())
    making = json.loads(site.adding("YWJj", ANN, [known]))
    assert making["rp"]["id"] == "site.example"
    assert (making["user"]["name"], "ann" in making["user"]["id"]) == ("ann-1", False)
    assert [each["id"] for each in making["excludeCredentials"]] == [known.id]
    chosen = making["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert making["attestation"] == "none"
    signing = json.loads(site.signing_in("YWJj"))
    assert (signing["userVerification"], signing.get("allowCredentials") or []) == ("required", [])
    assert len({site.new_challenge() for _ in range(9)}) == 9


WRONG: dict[str, Callable[[Device], Device]] = {
    "another site": lambda device: replace(device, origin="https://evil.example"),
    "the same host without https": lambda device: replace(device, origin="http://site.example"),
    "a key for another host": lambda device: replace(device, rp_id="evil.example"),
    "nobody verified": lambda device: replace(device, flags=PRESENT),
    "nobody present": lambda device: replace(device, flags=VERIFIED),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_an_answer_for_elsewhere_or_without_a_person_is_refused(
    site: WebauthnCeremonies, wrong: str
) -> None:
    device = Device()
    passkey, challenge = await added(site, device), site.new_challenge()
    bad = WRONG[wrong](replace(device, count=2))
    with pytest.raises(BadPasskey):
        await site.signed_in(challenge, bad.sign(site.signing_in(challenge)), passkey)
    with pytest.raises(BadPasskey):
        await site.added(challenge, bad.make(site.adding(challenge, ANN, [])))


async def test_another_challenge_key_or_counter_is_refused(site: WebauthnCeremonies) -> None:
    device = Device()
    passkey, challenge = await added(site, device), site.new_challenge()
    later = replace(device, count=2)
    for answer in (
        later.sign(site.signing_in(site.new_challenge())),
        replace(later, key=Device().key).sign(site.signing_in(challenge)),
        device.sign(site.signing_in(challenge)),
        later.make(site.adding(challenge, ANN, [])),
    ):
        with pytest.raises(BadPasskey):
            await site.signed_in(challenge, answer, passkey)
    with pytest.raises(BadPasskey):
        await site.added(challenge, later.sign(site.signing_in(challenge)))


async def test_certificates_of_makers_are_not_even_looked_at(
    site: WebauthnCeremonies, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portfolio_app.infra.passkeys.verify_registration_response", None)
    challenge = site.new_challenge()
    options = site.adding(challenge, ANN, [])
    for fmt in ("packed", "tpm", "android-safetynet", "fido-u2f", "apple"):
        with pytest.raises(BadPasskey) as refused:
            await site.added(challenge, Device(fmt=fmt).make(options))
        assert refused.value.__cause__ is None


ANYTHING: tuple[Any, ...] = (
    "", "{", "null", "[]", "7", '"x"', "{}", '{"id": 7}', "[" * 9_000, "\ud800", "\x00", "x" * 20_000,
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    json.dumps(
        {"id": "a", "rawId": "%%%", "type": "public-key", "response": dict.fromkeys(
            ("clientDataJSON", "attestationObject", "authenticatorData", "signature"), "oA"
        )}
    ),
)  # fmt: skip


@pytest.mark.parametrize("answer", ANYTHING, ids=range(len(ANYTHING)))
async def test_whatever_is_no_answer_is_refused_in_the_same_words(
    site: WebauthnCeremonies, answer: str
) -> None:
    passkey = Passkey("key", 1, "phone", b"no key", 0, NOW)
    with pytest.raises(BadPasskey):
        await site.added("YWJj", answer)
    with pytest.raises(BadPasskey):
        await site.signed_in("YWJj", answer, passkey)
