"""The old service's store: Redis, `PaySystem:Items:<park>`, a hash by wallet id or a list (FP-21).

An item is swapped only while it is what it was: as a whole text, in one script, so that neither we
nor the old service lose a change of the other, and a repeat after a lost answer changes nothing.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fleet_payment_systems.old_items import names
from fleet_payment_systems.ports import OldItem
from shared import aws
from shared.clock import to_iso
from shared.errors import Unavailable
from shared.secret import Secret
from shared.store import available

if TYPE_CHECKING:
    from redis import Redis

T = TypeVar("T")
_ITEMS: Final = "PaySystem:Items:"
_GONE: Final = "PaySystem:Gone:"
_CLIENT: Final = "payments"
# Flags of CLIENT LIST: replicas and masters.
_NOT_READERS: Final = frozenset("SM")
# at: where the list has the item of this id; found: its text, or false.
_FIND: Final = """
local key, gone, id, word = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local list, at, found = redis.call('TYPE', key).ok == 'list', 0, false
if list then
  for place, text in ipairs(redis.call('LRANGE', key, 0, -1)) do
    local fine, item = pcall(cjson.decode, text)
    if fine and item[word] == id then at, found = place - 1, text end
  end
else
  found = redis.call('HGET', key, id)
end
"""
_GET: Final = _FIND + "return {found, redis.call('HEXISTS', gone, id)}"
_SWAP: Final = (
    _FIND
    + """
local was, new, now = ARGV[3], ARGV[4], ARGV[5]
found = found or ''
if found == new then return 1 end
if found ~= was then return 0 end
if new == '' then
  redis.call('HSET', gone, id, now)
  if list then redis.call('LREM', key, 1, was) else redis.call('HDEL', key, id) end
elseif not list then redis.call('HSET', key, id, new)
elseif was == '' then redis.call('RPUSH', key, new)
else redis.call('LSET', key, at, new) end
return 1
"""
)


@dataclass(frozen=True, slots=True)
class RedisWallets:
    """Port OldStore. Every call raises Unavailable when its outcome is unknown."""

    client: "Redis"

    def get(self, park_id: str, wallet_id: str) -> OldItem:
        text, gone = self._run(lambda: self._eval(_GET, park_id, wallet_id))
        return OldItem(wallet_id, None if text is None else Secret(text), bool(gone))

    def of_park(self, park_id: str) -> list[OldItem]:
        return self._run(lambda: self._items(park_id))

    def swap(
        self, park_id: str, wallet_id: str, was: Secret | None, new: Secret | None, now: datetime
    ) -> bool:
        texts = ["" if one is None else one.reveal() for one in (was, new)]
        return bool(self._run(lambda: self._eval(_SWAP, park_id, wallet_id, *texts, to_iso(now))))

    def parks(self, cursor: int, most: int) -> tuple[int, list[str]]:
        def scan() -> tuple[int, list[str]]:
            found: Any = self.client.scan(cursor, match=f"{_ITEMS}*", count=most)
            return found[0], [key.removeprefix(_ITEMS) for key in found[1]]

        return self._run(scan)

    def others(self) -> int:
        def count() -> int:
            found: Any = self.client.client_list()
            others = (one for one in found if one.get("name") != _CLIENT)
            return sum(1 for one in others if not _NOT_READERS & set(one.get("flags", "")))

        return self._run(count)

    def _items(self, park_id: str) -> list[OldItem]:
        key = f"{_ITEMS}{park_id}"
        if self.client.type(key) == "list":
            texts: Any = self.client.lrange(key, 0, -1)
            return [OldItem(_id_of(text), Secret(text), False) for text in texts]
        found: Any = self.client.hgetall(key)
        return [OldItem(wallet_id, Secret(text), False) for wallet_id, text in found.items()]

    def _eval(self, script: str, park_id: str, wallet_id: str, *told: str) -> Any:
        keys = (f"{_ITEMS}{park_id}", f"{_GONE}{park_id}")
        word = names().names["id"]
        return self.client.eval(script, len(keys), *keys, wallet_id, word, *told)

    @staticmethod
    def _run(call: Callable[[], T]) -> T:
        from redis.exceptions import RedisError

        try:
            return call()
        except (RedisError, UnicodeDecodeError) as problem:
            # Its message may repeat what was sent.
            raise Unavailable("old_store_unavailable", kind=type(problem).__name__) from None


def connected(secret_id: str) -> RedisWallets:
    """The store whose address with its password, "rediss://…", is the secret's `url`."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    with available():
        answer = aws.client("secretsmanager").get_secret_value(SecretId=secret_id)
    url = json.loads(answer["SecretString"])["url"]
    client = Redis.from_url(
        url,
        client_name=_CLIENT,
        decode_responses=True,
        socket_connect_timeout=1,
        socket_timeout=2,
        retry=Retry(NoBackoff(), 0),
    )
    return RedisWallets(client)


def _id_of(text: str) -> str:
    try:
        return str(json.loads(text).get(names().names["id"]))
    except (ValueError, AttributeError):
        return ""
