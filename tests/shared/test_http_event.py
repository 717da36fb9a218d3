"""shared.http_event: what goes into a 2.0 event comes out of its 1.0 form."""

import base64
import json
import string
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidRequest
from shared.http_event import event, raw_body, to_v1, to_v2

ROUTE: Final = "/shop/v1/carts/{cart_id}"
TEXT: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES: Final = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=10)
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(query=st.dictionaries(TEXT.filter(bool), TEXT, max_size=5))
def test_query_survives(query: dict[str, str]) -> None:
    found = to_v1(event("GET", "/x", query=query))

    assert (found["queryStringParameters"] or {}) == query
    assert (found["multiValueQueryStringParameters"] or {}) == {k: [v] for k, v in query.items()}


@given(body=VALUES.filter(lambda value: value is not None and not isinstance(value, str)))
def test_json_body_survives(body: Any) -> None:
    assert json.loads(raw_body(event("POST", "/x", body=body))) == body


@given(body=TEXT)
def test_text_body_goes_as_it_is(body: str) -> None:
    assert raw_body(event("POST", "/x", body=body)) == body.encode()


@given(body=st.binary(max_size=200))
def test_binary_body_survives_base64(body: bytes) -> None:
    sent = {**event("POST", "/x"), "body": base64.b64encode(body).decode(), "isBase64Encoded": True}

    assert raw_body(sent) == body


@given(headers=st.dictionaries(NAMES, NAMES, max_size=5))
def test_header_names_arrive_in_lower_case(headers: dict[str, str]) -> None:
    lowered = {name.lower(): value for name, value in headers.items()}

    assert to_v1(event("GET", "/x", headers=headers))["headers"] == lowered


@given(cart_id=NAMES)
def test_path_parameter_survives_and_is_quoted_in_the_path(cart_id: str) -> None:
    found = to_v1(event("GET", ROUTE, path={"cart_id": cart_id}))

    assert found["pathParameters"] == {"cart_id": cart_id}
    assert found["path"] == f"/shop/v1/carts/{cart_id}"
    assert found["requestContext"]["resourcePath"] == ROUTE


def test_path_of_an_event_is_quoted() -> None:
    assert event("GET", ROUTE, path={"cart_id": "a/б"})["rawPath"] == "/shop/v1/carts/a%2F%D0%B1"


def test_first_form_has_every_key_that_chalice_reads() -> None:
    found = to_v1(event("GET", "/x"))

    assert found["stageVariables"] is None
    assert found["body"] is None
    assert found["multiValueQueryStringParameters"] is None
    assert found["httpMethod"] == found["requestContext"]["httpMethod"] == "GET"


def test_repeated_query_parameter_keeps_every_value_in_order() -> None:
    sent = {**event("GET", "/x"), "rawQueryString": "a=2&b=&a=1"}

    assert to_v1(sent)["multiValueQueryStringParameters"] == {"a": ["2", "1"], "b": [""]}


def test_query_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="malformed_query"):
        to_v1({**event("GET", "/x"), "rawQueryString": "a=%ff"})


def test_identities_of_all_authorizers_arrive_together() -> None:
    sent = {
        "lambda": {"key_id": "k1"},
        "jwt": {"claims": {"sub": "u1"}, "scopes": ["pay"]},
        "iam": {"userArn": "arn"},
    }

    found = to_v1(event("GET", "/x", authorizer=sent))["requestContext"]["authorizer"]

    assert found == {
        "key_id": "k1",
        "claims": {"sub": "u1"},
        "scopes": ["pay"],
        "iam": {"userArn": "arn"},
    }


def test_cookies_of_an_answer_stay_apart() -> None:
    answer = {
        "statusCode": 200,
        "headers": {"A": "1"},
        "multiValueHeaders": {"Set-Cookie": ["a=1; Path=/", "b=2"], "Vary": ["A", "B"]},
        "body": "",
    }

    assert to_v2(answer) == {
        "statusCode": 200,
        "headers": {"A": "1", "Vary": "A,B"},
        "cookies": ["a=1; Path=/", "b=2"],
        "body": "",
    }
