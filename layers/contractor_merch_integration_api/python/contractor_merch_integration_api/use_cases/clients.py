"""Clients by an operator's hand: made, given a new secret, switched off (CM-25, L6)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contractor_merch_integration_api.model import Client, ClientKey
from contractor_merch_integration_api.ports import Safe
from contractor_merch_integration_api.store import ClientStore
from contractor_merch_integration_api.use_cases.gate import sealing_context
from shared.clock import Clock
from shared.errors import NotFound
from shared.secret import Secret
from shared.store import Transaction, commit


@dataclass(frozen=True, slots=True)
class Clients:
    """`new_id` and `new_secret` are random."""

    store: ClientStore
    safe: Safe
    clock: Clock
    new_id: Callable[[], str]
    new_secret: Callable[[], Secret]

    def create(
        self, aggregator: str, title: str, ip_allowlist: tuple[str, ...]
    ) -> tuple[Client, Secret]:
        """A new client and its secret, which is shown this once."""
        now, client_id = self.clock.now(), f"cm_{self.new_id()}"
        secret, key = self._issued(client_id, now)
        client = Client(client_id, aggregator, title, True, ip_allowlist, (key,), 1, now)
        writes = Transaction()
        self.store.add(writes, client)
        commit(writes)
        return client, secret

    def rotate(self, client_id: str, overlap: timedelta) -> tuple[Client, Secret]:
        """A new secret; those before it live for `overlap` at most. Raises client_not_found."""
        found, now = self._found(client_id), self.clock.now()
        secret, key = self._issued(client_id, now)
        until = now + overlap
        kept = tuple(
            replace(each, not_after=min(each.not_after or until, until))
            for each in found.keys
            if each.not_after is None or now < each.not_after
        )
        return self._saved(replace(found, keys=(*kept, key))), secret

    def switch(self, client_id: str, enabled: bool) -> Client:
        return self._saved(replace(self._found(client_id), enabled=enabled))

    def _found(self, client_id: str) -> Client:
        found = self.store.find(client_id)
        if found is None:
            raise NotFound("client_not_found")
        return found

    def _issued(self, client_id: str, now: datetime) -> tuple[Secret, ClientKey]:
        secret, key_id = self.new_secret(), self.new_id()
        sealed = self.safe.seal(secret, sealing_context(client_id, key_id))
        return secret, ClientKey(key_id, sealed, now)

    def _saved(self, client: Client) -> Client:
        saved = replace(client, rev=client.rev + 1)
        writes = Transaction()
        self.store.save(writes, saved)
        commit(writes)
        return saved
