"""The event of the operator's Lambda `clients`: make a client, give it a new secret, switch it."""

import ipaddress
from datetime import timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter

from contractor_merch_integration_api.aggregators.registry import ALL
from contractor_merch_integration_api.model import Client
from contractor_merch_integration_api.use_cases.clients import Clients
from shared.secret import Secret
from shared.wire import Wire


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text))


def _code(text: str) -> str:
    if text not in {each.code for each in ALL}:
        raise ValueError("no such aggregator")
    return text


ClientId = Annotated[str, StringConstraints(pattern=r"^cm_[0-9a-f]{16}$")]
Networks = Annotated[list[Annotated[str, AfterValidator(_network)]], Field(max_length=50)]


class Wish(Wire):
    """Nothing is changed unless dry_run is false."""

    dry_run: bool = True


class CreateClient(Wish):
    """No addresses allow every one."""

    action: Literal["create"]
    aggregator: Annotated[str, AfterValidator(_code)]
    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    ip_allowlist: Networks = Field(default_factory=list)


class RotateSecret(Wish):
    """The secrets before it live `overlap_min` minutes on; 0 ends them."""

    action: Literal["rotate"]
    client_id: ClientId
    overlap_min: Annotated[int, Field(ge=0, le=10_080)]


class SwitchClient(Wish):
    action: Literal["enable", "disable"]
    client_id: ClientId


_WISHES: Final[TypeAdapter[CreateClient | RotateSecret | SwitchClient]] = TypeAdapter(
    Annotated[CreateClient | RotateSecret | SwitchClient, Field(discriminator="action")]
)


def fulfilled(clients: Clients, event: dict[str, Any]) -> dict[str, Any]:
    """What was done, for the operator; a new secret is shown here and nowhere else.

    Raises ValidationError, whose text the operator sees, and client_not_found.
    """
    wish = _WISHES.validate_python(event)
    if wish.dry_run:
        return {"dry_run": True, "action": wish.action}
    match wish:
        case CreateClient():
            made = clients.create(wish.aggregator, wish.title, tuple(wish.ip_allowlist))
            return _shown(*made)
        case RotateSecret():
            return _shown(*clients.rotate(wish.client_id, timedelta(minutes=wish.overlap_min)))
    return _shown(clients.switch(wish.client_id, wish.action == "enable"))


def _shown(client: Client, secret: Secret | None = None) -> dict[str, Any]:
    new = {} if secret is None else {"secret": secret.reveal()}
    said = {"client_id": client.client_id, "aggregator": client.aggregator}
    return {**said, "enabled": client.enabled, "secrets": len(client.keys), **new}
