"""What Teams proves itself with: RSA keys, published as OpenID has it, and signed tokens."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.fakes.teams.tenant import Json

ISSUER: Final = "https://api.botframework.com"
KEY_ID: Final = "teams-1"


@cache
def own_key() -> rsa.RSAPrivateKey:
    """Return the key that Teams signs with.  Made once: it takes a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@cache
def strange_key() -> rsa.RSAPrivateKey:
    """Return a key that nobody published."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


def published(base: str) -> Json:
    """Return the OpenID metadata."""
    return {
        "issuer": ISSUER,
        "jwks_uri": f"{base}/v1/.well-known/keys",
        "id_token_signing_alg_values_supported": ["RS256"],
    }


def key_set() -> Json:
    """Return the public keys."""
    key = json.loads(RSAAlgorithm.to_jwk(own_key().public_key()))
    about = {"kid": KEY_ID, "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}
    return {"keys": [{**key, **about}]}


def signed(
    *,
    audience: str,
    service_url: str,
    key: rsa.RSAPrivateKey | None = None,
    key_id: str = KEY_ID,
    **claims: object,
) -> str:
    """Return a token as Teams sends with an activity; a claim that is None is left out."""
    now = int(time.time())
    said: dict[str, object] = {
        "iss": ISSUER,
        "aud": audience,
        "iat": now,
        "nbf": now - 10,
        "exp": now + 3_600,
        "serviceurl": service_url,
        **claims,
    }
    given = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(given, key or own_key(), algorithm="RS256", headers={"kid": key_id})
