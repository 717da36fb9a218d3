"""shared.http: what the edge answers to real HTTP API 2.0 events (DESIGN 6, AR-17, AR-18)."""

import json
import logging
from typing import Any

import pytest
from pydantic import BaseModel

from shared import trace
from shared.errors import Conflict, TooManyRequests, Unavailable
from shared.http import HttpApp, Reply, Request, Text, endpoint, http_app
from tests.shared.conftest import Lines
from tests.shared.shop import ALIAS, REQUEST_ID, Cart, Shop, gateway_event


@pytest.fixture
def shop() -> Shop:
    return Shop(input=Cart)


def test_valid_request_reaches_the_handler(shop: Shop) -> None:
    status, body, _ = shop.ask(gateway_event())

    [request] = shop.seen
    assert (status, body) == (200, {"ok": True})
    assert request.input == Cart(name="обед")
    assert (dict(request.path), request.source_ip) == ({"cart_id": "c-1"}, "203.0.113.7")
    assert request.headers["x-request-id"] == REQUEST_ID


def test_alias_of_a_path_reaches_the_same_handler(shop: Shop) -> None:
    status, _, _ = shop.ask(gateway_event(route=ALIAS))

    assert (status, shop.seen[0].path["cart_id"]) == (200, "c-1")


def test_decorated_function_stays_a_plain_one() -> None:
    def handler(_: Request[Any]) -> object:
        return {}

    assert endpoint(http_app("shop-plain"), "GET", "/plain")(handler) is handler


def test_named_refusal_keeps_status_code_message_and_details(shop: Shop) -> None:
    shop.answer = Conflict("order_closed", "too late", status={"payment": "cleared"})

    status, body, _ = shop.ask(gateway_event())

    assert status == 409
    assert body == {
        "code": "order_closed",
        "message": "too late",
        "details": {"status": {"payment": "cleared"}},
        "request_id": REQUEST_ID,
    }


def test_refusal_with_a_time_tells_when_to_come_back(shop: Shop) -> None:
    shop.answer = TooManyRequests("slow_down", retry_after_sec=7)

    assert shop.ask(gateway_event())[2]["headers"]["Retry-After"] == "7"


def test_refusal_without_a_time_has_no_retry_after(shop: Shop) -> None:
    shop.answer = Unavailable("storage_unavailable")

    status, _, answer = shop.ask(gateway_event())

    assert status == 503
    assert "Retry-After" not in answer["headers"]


def test_unhandled_exception_is_500_and_its_text_is_nowhere(
    shop: Shop,
    log_lines: Lines,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    shop.answer = KeyError("card 4111111111111111")

    status, body, answer = shop.ask(gateway_event())

    assert (status, body["code"], body["details"]) == (500, "internal_error", {})
    [line] = [line for line in log_lines() if line["message"] == "unhandled"]
    assert line["error"] == "KeyError"
    assert line["at"].endswith(":handle")
    everything = (json.dumps(answer), json.dumps(log_lines()), caplog.text, *capfd.readouterr())
    assert "4111" not in "".join(everything)


def test_domain_error_that_is_a_validation_error_is_500(shop: Shop) -> None:
    with pytest.raises(ValueError) as problem:
        Cart.model_validate({})
    shop.answer = problem.value

    assert shop.ask(gateway_event())[0] == 500


@pytest.mark.parametrize("answer", [{"x": object()}, b"bytes", {"x": 1, 2: object()}])
def test_answer_that_is_no_json_is_500(shop: Shop, answer: object) -> None:
    shop.answer = answer

    status, body, _ = shop.ask(gateway_event())

    assert (status, body["code"]) == (500, "internal_error")


def test_header_with_a_line_break_is_500_and_its_text_is_nowhere(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.answer = Reply({}, headers={"Location": "https://x/\r\nSet-Cookie: stolen"})

    status, body, answer = shop.ask(gateway_event())

    assert (status, body["code"]) == (500, "internal_error")
    assert "stolen" not in json.dumps(answer) + caplog.text


def test_sane_request_id_is_echoed(shop: Shop) -> None:
    assert shop.ask(gateway_event())[2]["headers"]["X-Request-Id"] == REQUEST_ID


@pytest.mark.parametrize(
    "sent", ["short", "x" * 65, "evil\r\nheader: 1", 'a"},{"b":"c', "идидидид"]
)
def test_hostile_request_id_is_replaced_by_the_gateways(
    shop: Shop, sent: str, log_lines: Lines
) -> None:
    shop.answer = KeyError()

    _, body, answer = shop.ask(gateway_event(headers={"x-request-id": sent}))

    assert body["request_id"] == "JKJaXmPLvHcESHA="
    assert answer["headers"]["X-Request-Id"] == body["request_id"]
    assert [line["request_id"] for line in log_lines()] == [body["request_id"]]


def test_cookies_reach_the_handler_as_one_header(shop: Shop) -> None:
    shop.ask(gateway_event(cookies=["session=1", "theme=dark"]))

    assert shop.seen[0].headers["cookie"] == "session=1; theme=dark"


def test_claims_of_a_jwt_reach_the_handler(shop: Shop) -> None:
    event = gateway_event()
    claims = {"sub": "user-1", "iss": "https://issuer"}
    event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}

    shop.ask(event)

    assert shop.seen[0].authorizer["claims"] == claims
    assert shop.seen[0].user_id == "user-1"


def test_context_of_a_lambda_authorizer_reaches_the_handler(shop: Shop) -> None:
    event = gateway_event()
    context = {"key_id": "k1", "partner_ids": ["p1", "p2"]}
    event["requestContext"]["authorizer"] = {"lambda": context}

    shop.ask(event)

    assert shop.seen[0].authorizer == context


def test_caller_by_iam_reaches_the_handler(shop: Shop) -> None:
    event = gateway_event()
    event["requestContext"]["authorizer"] = {"iam": {"userArn": "arn:aws:iam::1:role/x"}}

    shop.ask(event)

    assert shop.seen[0].authorizer["iam"]["userArn"] == "arn:aws:iam::1:role/x"


def test_request_without_authorizer_has_no_identity(shop: Shop) -> None:
    shop.ask(gateway_event())

    assert shop.seen[0].authorizer == {}


def test_wire_model_is_answered_without_its_empty_fields(shop: Shop) -> None:
    class Answer(BaseModel):
        name: str
        note: str | None = None

    shop.answer = Answer(name="обед")

    _, body, answer = shop.ask(gateway_event())

    assert body == {"name": "обед"}
    assert "обед" in answer["body"]


def test_redirect_has_no_body_and_the_common_headers(shop: Shop) -> None:
    shop.answer = Reply(status=302, headers={"Location": "https://pay.example/x"})

    status, _, answer = shop.ask(gateway_event())

    assert (status, answer["body"]) == (302, "")
    assert answer["headers"]["Location"] == "https://pay.example/x"
    assert answer["headers"]["X-Request-Id"] == REQUEST_ID
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"


def test_handler_may_set_its_own_caching_and_status(shop: Shop) -> None:
    shop.answer = Reply({}, status=202, headers={"Cache-Control": "max-age=5"})

    status, _, answer = shop.ask(gateway_event())

    assert (status, answer["headers"]["Cache-Control"]) == (202, "max-age=5")


def test_an_endpoint_may_take_and_answer_another_type_than_json() -> None:
    app = http_app("shop-xml")

    @endpoint(app, "POST", "/shop/v1/orders", accepts="text/xml")
    def order(request: Request[None]) -> Reply:
        return Reply(Text(f"<got>{len(request.raw_body)}</got>", "text/xml"))

    asked = gateway_event(route="/shop/v1/orders", body="<order/>")
    asked["headers"] = {"content-type": "text/xml; charset=utf-8"}
    answer = app(asked, None)
    refused = app(gateway_event(route="/shop/v1/orders"), None)

    assert (answer["statusCode"], answer["body"]) == (200, "<got>8</got>")
    assert answer["headers"]["Content-Type"] == "text/xml"
    assert refused["statusCode"] == 415


def emitted(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]


def test_request_is_counted_under_its_function(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.ask(gateway_event())

    [line] = emitted(capsys)
    assert (line["Operation"], line["Requests"], line["Errors4xx"]) == ("shop-carts", [1], [0])


def test_quiet_endpoint_is_silent_on_success_only(capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop(input=Cart, quiet=True)

    shop.ask(gateway_event())
    success = emitted(capsys)
    shop.ask(gateway_event(body="{"))

    assert success == []
    assert [line["Errors4xx"] for line in emitted(capsys)] == [[1]]


def test_one_request_leaves_nothing_to_the_next(shop: Shop) -> None:
    first = gateway_event(rawQueryString="a=1", cookies=["session=1"])
    first["requestContext"]["authorizer"] = {"lambda": {"key_id": "k1"}}

    shop.ask(first)
    shop.ask(gateway_event(headers={"content-type": "application/json"}))

    second = shop.seen[1]
    assert (dict(second.query), dict(second.authorizer)) == ({}, {})
    assert "cookie" not in second.headers
    assert trace.request_id() != REQUEST_ID


def test_chalice_writes_nothing_of_its_own(shop: Shop) -> None:
    assert isinstance(shop.app, HttpApp)
    assert logging.getLogger("shop-carts").handlers == []
