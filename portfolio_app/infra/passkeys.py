"""WebAuthn ceremonies with `webauthn` (py_webauthn)."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portfolio_app.app.errors import BadPasskey
from portfolio_app.app.ports.passkeys import Ceremonies, Verified
from portfolio_app.domain.account.passkey import CHALLENGE_LIFETIME, Passkey, owner_handle
from portfolio_app.domain.account.user import User

_CHALLENGE_BYTES: Final = 32
_LONGEST_ANSWER: Final = 16 * 1024
_TIMEOUT_MS: Final = int(CHALLENGE_LIFETIME.total_seconds() * 1000)
_VERIFIED: Final = UserVerificationRequirement.REQUIRED
"""A passkey stands for a password: the device asks for a PIN, a finger or a face."""
T = TypeVar("T")


class WebauthnCeremonies(Ceremonies):
    """Implements `Ceremonies` for the site at `origin`, which devices show by its host."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._rp_id = urlsplit(origin).hostname or "localhost"

    def new_challenge(self) -> str:
        """256 random bits."""
        return bytes_to_base64url(secrets.token_bytes(_CHALLENGE_BYTES))

    def adding(self, challenge: str, user: User, known: Sequence[Passkey]) -> str:
        """A passkey that its device finds by itself, without attestation: which make it is, is nobody's business."""
        options = generate_registration_options(
            rp_id=self._rp_id,
            rp_name=self._rp_id,
            user_id=owner_handle(user),
            user_name=str(user.username),
            challenge=base64url_to_bytes(challenge),
            timeout=_TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(base64url_to_bytes(each.id)) for each in known
            ],
        )
        return options_to_json(options)

    async def added(self, challenge: str, answer: str) -> Verified:
        """Answers with an attestation are refused before its certificates are looked at: none was asked for."""

        def verify() -> Verified:
            credential = parse_registration_credential_json(answer)
            if parse_attestation_object(credential.response.attestation_object).fmt != AttestationFormat.NONE:
                raise BadPasskey
            found = verify_registration_response(
                credential=credential,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                require_user_verification=True,
            )
            return Verified(
                bytes_to_base64url(found.credential_id), found.sign_count, found.credential_public_key
            )

        return await asyncio.to_thread(_guarded, answer, verify)

    def signing_in(self, challenge: str) -> str:
        """Without a list of passkeys: it would say whose account there is."""
        options = generate_authentication_options(
            rp_id=self._rp_id,
            challenge=base64url_to_bytes(challenge),
            timeout=_TIMEOUT_MS,
            user_verification=_VERIFIED,
        )
        return options_to_json(options)

    def named(self, answer: str) -> str:
        """The passkey's id as the answer has it, not verified."""
        return _guarded(
            answer, lambda: bytes_to_base64url(parse_authentication_credential_json(answer).raw_id)
        )

    async def signed_in(self, challenge: str, answer: str, passkey: Passkey) -> Verified:
        """A counter that does not grow is a copy of the device."""

        def verify() -> Verified:
            found = verify_authentication_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.count,
                require_user_verification=True,
            )
            return Verified(bytes_to_base64url(found.credential_id), found.new_sign_count)

        return await asyncio.to_thread(_guarded, answer, verify)


def _guarded(answer: str, work: Callable[[], T]) -> T:
    """`BadPasskey` for whatever the library can't make sense of: the answer is anybody's bytes."""
    if len(answer) > _LONGEST_ANSWER:
        raise BadPasskey
    try:
        return work()
    except BadPasskey:
        raise
    except Exception as error:  # parsers of JSON, CBOR, keys and signatures each have their own
        raise BadPasskey from error
