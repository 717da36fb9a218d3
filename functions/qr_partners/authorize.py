"""Lambda authorizer of the restaurants' API: whose X-API-Key is this (QP-01, decision 13).

A refusal is the gateway's 403. Our own failure is raised and becomes its 500: nobody gets in, and
no till is told that its good key is bad.
"""

import time
from typing import Any

from qr_partners import wiring
from shared import metrics, trace
from shared.errors import NotAuthorized

# The gateway keeps the answer for 60 s, all the time a revoked key may live: none is added here.
grants = wiring.grants(kept_s=0)
api_keys = wiring.api_keys()


def app(event: dict[str, Any], context: Any) -> dict[str, Any]:
    headers = event.get("headers") or {}
    gateway_id = (event.get("requestContext") or {}).get("requestId")
    trace.begin(headers.get("x-request-id"), context, gateway_id)
    started = time.monotonic()
    status = 500
    try:
        grant = grants.of(headers.get("x-api-key", ""))
        status = 200
    except NotAuthorized:
        status = 403
        return {"isAuthorized": False}
    finally:
        latency_ms = int((time.monotonic() - started) * 1000)
        metrics.request("qr_partners-authorize", status, latency_ms)
    api_keys.note_use(grant)
    known = {
        "key_id": grant.key_id,
        "group_id": grant.group.group_id,
        "partner_ids": list(grant.partner_ids),
        "environment": grant.environment.value,
    }
    return {"isAuthorized": True, "context": known}
