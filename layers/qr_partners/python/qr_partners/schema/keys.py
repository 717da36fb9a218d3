"""Wire models of admin/keys (QP-12). The text of a key is in one answer, once."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from qr_partners.model import ApiKey, Environment
from qr_partners.model.changes import NewKey
from qr_partners.schema.authored import Authored, Id
from shared.clock import to_iso
from shared.secret import Secret
from shared.wire import Answer, Wire


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("no offset from UTC")
    return text


Moment = Annotated[str, AfterValidator(_moment)]


class Key(Answer):
    """A key without its text. `prefix` is how people recognise it; None scope is the group."""

    key_id: str
    group_id: str
    prefix: str
    environment: str
    partner_ids: list[str] | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        scope = key.partner_ids
        return cls(
            key_id=key.stored.key_id,
            group_id=key.group_id,
            prefix=f"{key.environment.key_prefix}_{key.stored.key_id}_{key.stored.shown}",
            environment=key.environment,
            partner_ids=None if scope is None else list(scope),
            created_at=to_iso(key.created_at),
            expires_at=_iso(key.expires_at),
            revoked_at=_iso(key.revoked_at),
            last_used_at=_iso(key.last_used_at),
        )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else to_iso(moment)


class CreateKey(Authored):
    """`replaces` is a key that never reached its till: it is revoked as this one is made."""

    group_id: Id
    environment: Literal["live", "test"]
    partner_ids: list[Id] | None = Field(default=None, min_length=1, max_length=100)
    expires_at: Moment | None = None
    replaces: Id | None = None

    def to_new_key(self) -> NewKey:
        ends, scope = self.expires_at, self.partner_ids
        return NewKey(
            environment=Environment(self.environment),
            partner_ids=None if scope is None else tuple(scope),
            expires_at=None if ends is None else datetime.fromisoformat(ends),
            replaces=self.replaces,
        )


class KeyCreated(Answer):
    """`created` is false when the same request made it before: its text is gone for good."""

    created: bool
    key: Key
    api_key: str | None = Field(default=None, repr=False)

    @classmethod
    def of(cls, text: Secret | None, key: ApiKey) -> Self:
        shown = None if text is None else text.reveal()
        return cls(created=text is not None, key=Key.of(key), api_key=shown)


class RevokeKey(Authored):
    key_id: Id


class ListKeys(Wire):
    group_id: Id
    cursor: Id | None = None
    limit: int = Field(default=50, ge=1, le=100)


class Keys(Answer):
    """`cursor` is there when there may be more."""

    keys: list[Key]
    cursor: str | None

    @classmethod
    def of(cls, keys: list[ApiKey], limit: int) -> Self:
        more = len(keys) == limit
        return cls(
            keys=[Key.of(key) for key in keys],
            cursor=keys[-1].stored.key_id if more else None,
        )
