"""Secrets that we must be able to read: providers' credentials under KMS (DESIGN 8, L7).

The encryption context names table, row and field, so that a ciphertext moved elsewhere does not
open. KMS itself encrypts a value of up to 4 KB, and the longest that we keep, a private key of
4096 bits as PEM, has 3.3: no data key and no cryptography of ours.
"""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws
from shared.errors import Unavailable
from shared.secret import Secret

VALUE_MAX: Final = 4096
_OPEN_S: Final = 60
_KEPT_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens under the KMS key `key_id`; an opened value is kept a minute a process."""

    key_id: str
    _opened: dict[str, tuple[float, Secret]] = field(default_factory=dict, repr=False)

    def seal(self, value: Secret, context: Mapping[str, str]) -> str:
        """Base64 of the ciphertext. Raises Unavailable, ValueError beyond VALUE_MAX bytes."""
        plain = value.reveal().encode()
        if len(plain) > VALUE_MAX:
            raise ValueError("too long for the vault")
        try:
            answer = aws.client("kms").encrypt(
                KeyId=self.key_id,
                Plaintext=plain,
                EncryptionContext=dict(context),
            )
        except (BotoCoreError, ClientError) as problem:
            raise _unavailable(problem) from None
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def open(self, sealed: str, context: Mapping[str, str]) -> Secret:
        """What was sealed under the same context. Raises Unavailable, whatever the reason: a
        payment must be tried again, not refused, when its credentials cannot be read (PC21).
        """
        name = json.dumps([sealed, dict(context)], sort_keys=True)
        opened_at, kept = self._opened.get(name, (float("-inf"), None))
        if kept is not None and time.monotonic() - opened_at < _OPEN_S:
            return kept
        try:
            answer = aws.client("kms").decrypt(
                KeyId=self.key_id,
                CiphertextBlob=base64.b64decode(sealed),
                EncryptionContext=dict(context),
            )
        except (BotoCoreError, ClientError) as problem:
            raise _unavailable(problem) from None
        found = Secret(answer["Plaintext"].decode())
        if len(self._opened) >= _KEPT_MAX:
            self._opened.clear()
        self._opened[name] = (time.monotonic(), found)
        return found


def _unavailable(problem: BotoCoreError | ClientError) -> Unavailable:
    return Unavailable("vault_unavailable", kind=type(problem).__name__)
