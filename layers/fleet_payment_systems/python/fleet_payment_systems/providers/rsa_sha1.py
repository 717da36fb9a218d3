"""RSA signatures, PKCS#1 v1.5 over SHA-1, in upper-case hex: an operator's choice, not ours.

Their library is loaded by whom such a wallet serves: 24 ms of a cold start.
"""

from typing import Final

from shared.secret import Secret

LONGEST: Final = 4096
_PEM: Final = r"-----BEGIN {0}-----\s[A-Za-z0-9+/=\s]{{100,4000}}\s-----END {0}-----\s*"
PUBLIC: Final = _PEM.format("PUBLIC KEY")
PRIVATE: Final = f"(?:{_PEM.format('PRIVATE KEY')}|{_PEM.format('RSA PRIVATE KEY')})"


def genuine(public_key: str, sign: bytes, text: bytes) -> bool:
    """Whether `sign`, hex of the key's own length, is of `text` by the owner of the PEM's key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public_key.encode())
        if not isinstance(key, RSAPublicKey) or len(sign) * 4 != key.key_size:
            return False
        key.verify(bytes.fromhex(sign.decode()), text, PKCS1v15(), SHA1())  # noqa: S303 - see above
    except (InvalidSignature, ValueError):
        return False
    return True


def sign(private_key: Secret, text: bytes) -> str:
    """Raises ValueError or TypeError when the PEM holds no RSA key."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    # The park's own key, from our vault: to look for its primes anew is 50 ms an answer.
    key = load_pem_private_key(
        private_key.reveal().encode(), None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key.sign(text, PKCS1v15(), SHA1()).hex().upper()  # noqa: S303 - see above
