"""Whatever a test provokes: a refusal that the function's OpenAPI document lists (0023)."""

import json
from collections.abc import Mapping
from typing import Any, Final

from local.openapi.refusals import undocumented
from shared.http import HttpApp

_REFUSAL: Final = {"code", "message", "details", "request_id"}


def require_documented(name: str, app: object, answer: Mapping[str, Any]) -> None:
    """Fails on a code of ours that the endpoint does not declare; the sandbox is equipment."""
    if not isinstance(app, HttpApp) or name.startswith("functions.sandbox."):
        return
    status = int(answer["statusCode"])
    body = json.loads(answer["body"] or "{}") if status >= 400 else {}
    if body.keys() != _REFUSAL:
        return
    assert not undocumented(app.endpoints, status, body), (
        f"{name} answers {status} {body['code']}: declare it in endpoint(errors=...)"
    )
