"""Requests signed by an IAM user (SigV4), as the APIs of our own backends want them."""

import json
from collections.abc import Mapping

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.callers import Caller
from local.emulator import REGION

_TIMEOUT_S = 30


def signed(
    caller: Caller,
    method: str,
    url: str,
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> requests.Response:
    """The answer, whatever it is; `body` is sent as JSON."""
    data = None if body is None else json.dumps(body).encode()
    asked = {"Content-Type": "application/json", **(headers or {})}
    request = AWSRequest(method, url, asked, data)
    key = Credentials(caller.access_key_id, caller.secret_access_key)
    SigV4Auth(key, "execute-api", REGION).add_auth(request)
    return requests.request(
        method, request.url, headers=dict(request.headers), data=data, timeout=_TIMEOUT_S
    )
