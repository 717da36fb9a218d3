"""The Lambda of one operation, for every aggregator: client, signature, operation, answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from contractor_merch_integration_api import wiring
from contractor_merch_integration_api.aggregators.base import (
    Aggregator,
    Described,
    Malformed,
    WireReply,
    WireRequest,
)
from contractor_merch_integration_api.aggregators.registry import ALL
from contractor_merch_integration_api.model import Client
from contractor_merch_integration_api.operations import Operation, Outcome, Result
from shared import clock, logs
from shared.errors import Unavailable
from shared.http import Handler, HttpApp, Reply, Request, endpoint, http_app
from shared.secret import Secret

Run = Callable[[Client, Any], Outcome]
# What a stranger's signature is compared with, so that he is answered no sooner.
_NOBODYS: Final = Secret("0" * 43)
_REFUSALS: Final = {
    400: "Malformed: `message` names the field",
    401: "An unknown client, a wrong signature, a stale timestamp, a foreign address: all alike",
    413: "Over a documented bound",
    503: "Unknown, or a part of us is down: the same request again, or status",
}


def desk_app(operation: str, aggregators: Sequence[Aggregator] = ALL) -> HttpApp:
    """Serves POST /<aggregator>/v1/<operation> of each aggregator."""
    app = http_app(f"contractor_merch_integration_api-{operation}")
    run = wiring.operations()[operation]
    for aggregator in aggregators:
        described = aggregator.described
        serve: Callable[[Handler[None]], Handler[None]] = endpoint(
            app,
            "POST",
            f"/{aggregator.code}/v1/{operation}",
            answer=described.answer,
            body=described.requests[operation],
            responses=_refusals(described),
            headers=described.headers,
        )
        serve(_served(aggregator, operation, run))
    return app


def _served(aggregator: Aggregator, operation: str, run: Run) -> Handler[None]:
    def handle(request: Request[None]) -> Reply:
        wire = WireRequest(operation, request.headers, request.raw_body, request.source_ip)
        reply = _reply(aggregator, wire, run)
        return Reply(reply.body, reply.status)

    return handle


def _reply(aggregator: Aggregator, wire: WireRequest, run: Run) -> WireReply:
    """Whatever breaks is "unknown", in the aggregator's protocol: never a refusal (R3)."""
    operation: Operation | None = None
    try:
        client = _entered(aggregator, wire)
        if client is None:
            outcome = Outcome(Result.AUTH, detail="signature")
        else:
            operation = aggregator.decode(wire)
            outcome = run(client, operation)
    except Malformed as problem:
        outcome = Outcome(Result.BAD_REQUEST, detail=problem.field)
    except Exception as problem:
        code = problem.code if isinstance(problem, Unavailable) else "unhandled"
        logs.error("desk_unserved", problem, operation=wire.operation, code=code)
        operation, outcome = None, Outcome(Result.SYSTEM_ERROR)
    return aggregator.encode(operation, outcome, clock.SYSTEM.now())


def _entered(aggregator: Aggregator, wire: WireRequest) -> Client | None:
    """The client who signed the request; the same work for one who does not exist."""
    gate, now = wiring.gate(), clock.SYSTEM.now()
    client = gate.client(aggregator.code, aggregator.client_id(wire), wire.source_ip)
    secrets = (_NOBODYS,) if client is None else gate.secrets(client, now)
    genuine = [aggregator.verify(wire, secret, now) for secret in secrets]
    return client if any(genuine) else None


def _refusals(described: Described) -> Mapping[int, Mapping[str, Any]]:
    """The refusals of the protocol; ours and the gateway's are of a body that nobody could read."""
    failure = _schema(described.failure)
    ours = {"$ref": "#/components/schemas/Error"}
    gateway = {"$ref": "#/components/schemas/GatewayMessage"}
    choices = {400: [failure, ours], 401: [failure], 413: [failure], 503: [failure, gateway]}
    return {
        status: {
            "description": _REFUSALS[status],
            "content": {"application/json": {"schema": {"anyOf": schemas}}},
        }
        for status, schemas in choices.items()
    }


def _schema(model: Any) -> dict[str, Any]:
    found: dict[str, Any] = model.model_json_schema(mode="serialization")
    return found
