"""The Lambda of one payment system: link, login, operation, answer - in its protocol, always.

No Chalice here: its own refusals are JSON, and a terminal that reads XML must never see one.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from fleet_payment_systems import wiring
from fleet_payment_systems.model import Wallet
from fleet_payment_systems.operations import Operation, Outcome, Result
from fleet_payment_systems.providers.base import (
    Account,
    Describing,
    Provider,
    Refused,
    WireReply,
    WireRequest,
)
from fleet_payment_systems.providers.opened import account_of
from shared import clock, logs, metrics, trace
from shared.errors import Unavailable
from shared.http_event import Event, raw_body

Handler = Callable[[Event, Any], dict[str, Any]]

_SAFE: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def provider_app(provider: Provider) -> Handler:
    """Serves /fps/v1/<system>/{token}, and what is below it, for every park with such a wallet."""
    operation = f"fleet_payment_systems_api-{provider.spec.code}"
    callbacks = wiring.callbacks()

    def app(event: Event, context: Any) -> dict[str, Any]:
        started = time.monotonic()
        gateway_id = event["requestContext"].get("requestId")
        trace.begin((event.get("headers") or {}).get("x-request-id"), context, gateway_id)
        request = _request(event)
        token = str((event.get("pathParameters") or {}).get("token", ""))
        reply = _reply(provider, request, lambda: _serve(request, token, _url(event)))
        metrics.request(operation, reply.status, int((time.monotonic() - started) * 1000))
        headers = {"Content-Type": reply.content_type, **_SAFE, **reply.headers}
        return {"statusCode": reply.status, "headers": headers, "body": reply.body.decode()}

    def _serve(request: WireRequest, token: str, url: str) -> WireReply:
        gate = wiring.gate()
        entered = gate.enter(provider.spec.code, token, request.source_ip)
        if entered is None:
            return _encode(provider, request, None, Outcome(Result.AUTH_FAILED))
        wallet, link = entered
        account = account_of(wallet, wiring.vault(), wallet.credentials)
        if isinstance(provider, Describing):
            description = provider.describe(request, account, url)
            if description is not None:
                return description
        try:
            account, operation = _understood(provider, request, wallet, account)
        except Refused as refused:
            outcome = Outcome(refused.result, refused.detail)
            return _encode(provider, request, account, outcome)
        outcome = callbacks.run(wallet, link, operation)
        gate.used(wallet, link)
        return provider.encode(request, account, operation, outcome, clock.SYSTEM.now())

    return app


def _reply(provider: Provider, request: WireRequest, serve: Callable[[], WireReply]) -> WireReply:
    """Whatever breaks is "try later": no fatal code after a possible credit (osmp 0.2, 1)."""
    try:
        return serve()
    except Unavailable as problem:
        logs.error("callback_unavailable", problem, code=problem.code)
    except Exception as problem:
        logs.error("unhandled", problem)
    metrics.count("FpsTryLater")
    try:
        return _encode(provider, request, None, Outcome(Result.TEMPORARY_ERROR))
    except Exception as problem:
        logs.error("unhandled", problem)
        return WireReply(b"", "text/plain; charset=utf-8", 503)


def _encode(
    provider: Provider, request: WireRequest, account: Account | None, outcome: Outcome
) -> WireReply:
    return provider.encode(request, account, None, outcome, clock.SYSTEM.now())


def _understood(
    provider: Provider, request: WireRequest, wallet: Wallet, account: Account
) -> tuple[Account, Operation]:
    """What is asked, and by which credentials. While a rotation overlaps those before are good,
    too; the answer is signed as the request was. Raises Refused.
    """
    try:
        provider.verify(request, account)
        return account, provider.decode(request, account)
    except Refused as refused:
        overlap = wallet.overlap
        if refused.result is not Result.AUTH_FAILED or overlap is None:
            raise
        if clock.SYSTEM.now() >= overlap.until:
            raise
    older = {**wallet.credentials, **overlap.credentials}
    before = account_of(wallet, wiring.vault(), older)
    provider.verify(request, before)
    return before, provider.decode(request, before)


def _url(event: Event) -> str:
    """The link as it was called, for a description that names its own address."""
    headers = event.get("headers") or {}
    scheme = "http" if headers.get("x-forwarded-proto") == "http" else "https"
    return f"{scheme}://{headers.get('host', '')}{event.get('rawPath', '')}"


def _request(event: Event) -> WireRequest:
    http = event["requestContext"]["http"]
    return WireRequest(
        method=http["method"],
        raw_query=event.get("rawQueryString") or "",
        body=raw_body(event),
        headers=event.get("headers") or {},
        source_ip=str(http.get("sourceIp", "")),
        operation=str((event.get("pathParameters") or {}).get("operation", "")),
    )
