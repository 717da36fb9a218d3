"""Which client calls, from where, and with which secrets he may have signed (CM-25)."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contractor_merch_integration_api.model import Client
from contractor_merch_integration_api.ports import Safe
from contractor_merch_integration_api.store import ClientStore
from shared.secret import Secret

_CLIENT_ID: Final = re.compile(r"cm_[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Gate:
    clients: ClientStore
    safe: Safe

    def client(self, aggregator: str, client_id: str, source_ip: str) -> Client | None:
        """A client of `aggregator` that may call from there; None for every other kind alike."""
        found = self.clients.find(client_id) if _CLIENT_ID.fullmatch(client_id) else None
        if found is None or not found.enabled or found.aggregator != aggregator:
            return None
        return found if _allowed(found, source_ip) else None

    def secrets(self, client: Client, now: datetime) -> tuple[Secret, ...]:
        """Those alive now: two while they are rotated. Raises Unavailable."""
        alive = [key for key in client.keys if key.not_after is None or now < key.not_after]
        return tuple(
            self.safe.open(key.sealed, sealing_context(client.client_id, key.key_id))
            for key in alive
        )


def sealing_context(client_id: str, key_id: str) -> dict[str, str]:
    """KMS's encryption context of a client's secret (L7)."""
    return {"table": "clients", "client_id": client_id, "field": key_id}


def _allowed(client: Client, source_ip: str) -> bool:
    """An empty list allows every address."""
    if not client.ip_allowlist:
        return True
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in client.ip_allowlist)
