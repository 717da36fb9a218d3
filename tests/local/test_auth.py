"""What AUTH enforces on the local stack, and what the emulator lets through (decision 0012)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.actors import Guest, Till, Unexpected
from local.callers import ACCOUNT_ROOT, Caller, allow, create_user
from local.emulator import ACCOUNT, REGION
from shared.http_event import event
from tests.local.conftest import Town

UNKNOWN = "/qr-orders/v1/get?short_code=AAAAAAAA"
ROUTE = "$default/GET/qr-orders/v1/get"


def get(town: Town, caller: Caller | None) -> requests.Response:
    """GET of an order that nobody has, on a route under IAM: 404 is the function's own answer."""
    url = town.stack.api("qr_orders") + UNKNOWN
    request = AWSRequest("GET", url)
    if caller:
        credentials = Credentials(caller.access_key_id, caller.secret_access_key)
        SigV4Auth(credentials, "execute-api", REGION).add_auth(request)
    return requests.get(url, headers=dict(request.headers), timeout=10)


def user(town: Town, name: str, *statements: dict[str, Any]) -> Caller:
    return create_user(town.stack.client("iam", ACCOUNT_ROOT), name, *statements)


def invoke(town: Town, function: str, sent: dict[str, Any]) -> dict[str, Any]:
    answer = town.stack.client("lambda").invoke(
        FunctionName=f"dev-{function}", Payload=json.dumps(sent).encode()
    )
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def looked_up(town: Town) -> int:
    """What qr_orders-get answers about an order that nobody has, when it may read."""
    asked = event("GET", "/qr-orders/v1/get", query={"order_id": "01M7XAKN56BWGHR27VP2PFV0SV"})
    status: int = invoke(town, "qr_orders-get", asked)["statusCode"]
    return status


@contextmanager
def without(town: Town, function: str, action: str) -> Iterator[None]:
    """The function's role, short of one action."""
    iam = town.stack.client("iam", ACCOUNT_ROOT)
    found = town.stack.client("lambda").get_function_configuration(FunctionName=f"dev-{function}")
    role = found["Role"].rpartition("/")[2]
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    kept = [s for s in document["Statement"] if action not in s["Action"]]
    assert len(kept) < len(document["Statement"])

    def put(statements: list[dict[str, Any]]) -> None:
        policy = json.dumps(document | {"Statement": statements})
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=policy)

    put(kept)
    try:
        yield
    finally:
        put(document["Statement"])


def test_a_function_is_denied_what_its_role_does_not_allow(town: Town) -> None:
    assert looked_up(town) == 404
    with without(town, "qr_orders-get", "dynamodb:GetItem"):
        assert looked_up(town) >= 500
    assert looked_up(town) == 404


def test_an_iam_route_refuses_an_unsigned_call(town: Town) -> None:
    assert get(town, None).status_code == 403


def test_an_iam_route_serves_a_user_with_a_policy_on_that_route(town: Town) -> None:
    api_id = town.stack.api("qr_orders").split("/")[-2]
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/{ROUTE}"
    answer = get(town, user(town, "reader", allow("execute-api:Invoke", on=arn)))

    assert answer.json()["code"] == "order_not_found"


def test_an_iam_route_refuses_a_user_without_a_policy(town: Town) -> None:
    assert get(town, user(town, "stranger")).status_code == 403


def test_an_iam_route_refuses_a_policy_on_another_route(town: Town) -> None:
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:*/$default/POST/*"
    caller = user(town, "writer", allow("execute-api:Invoke", on=arn))

    assert get(town, caller).status_code == 403


def test_a_right_key_with_a_wrong_secret_is_refused(town: Town) -> None:
    forged = Caller(town.stack.operator.access_key_id, "x" * 40)

    assert get(town, forged).status_code == 403


def test_the_operator_looks_into_the_system_but_gives_nobody_rights(town: Town) -> None:
    assert get(town, town.stack.operator).json()["code"] == "order_not_found"
    with pytest.raises(ClientError, match="AccessDenied"):
        town.stack.client("iam").create_user(UserName="friend")


def test_the_description_has_credentials_that_work(town: Town) -> None:
    place = town.facts["aws"]
    client = boto3.client(
        "dynamodb",
        endpoint_url=place["endpoint_url"],
        region_name=place["region"],
        aws_access_key_id=place["access_key_id"],
        aws_secret_access_key=place["secret_access_key"],
    )

    assert "dev-qr_orders-orders" in client.list_tables()["TableNames"]


def test_an_unknown_api_key_is_refused(town: Town) -> None:
    till = Till(town.stack.api("qr_partner_integration"), "qrp_live_nobody")

    with pytest.raises(Unexpected) as refusal:
        till.status("01M7XAKN56BWGHR27VP2PFV0SV")
    assert refusal.value.status in {401, 403}


def test_a_guest_without_a_good_token_is_refused(town: Town) -> None:
    guest = Guest(town.stack.api("client_api"), town.facts["client"]["jwt"] + "x")

    with pytest.raises(Unexpected) as refusal:
        guest.preorder("AAAAAAAA")
    assert refusal.value.status == 401


# What the emulator lets through and AWS would not: each of these says so if it ever changes.


def test_the_key_test_is_root_whatever_its_secret(town: Town) -> None:
    assert get(town, Caller("test", "anything")).json()["code"] == "order_not_found"


def test_an_api_reaches_a_function_that_does_not_permit_it(town: Town) -> None:
    functions = town.stack.client("lambda")
    policy = json.loads(functions.get_policy(FunctionName="dev-qr_orders-get")["Policy"])
    (sid,) = (statement["Sid"] for statement in policy["Statement"])
    functions.remove_permission(FunctionName="dev-qr_orders-get", StatementId=sid)

    assert get(town, ACCOUNT_ROOT).json()["code"] == "order_not_found"


def test_a_secret_opens_without_its_key(town: Town) -> None:
    caller = user(town, "keyless", allow("secretsmanager:GetSecretValue"))
    secrets = town.stack.client("secretsmanager", caller)
    found = secrets.get_secret_value(SecretId="dev/client_api/receipt-link-pepper")

    assert found["SecretString"]
