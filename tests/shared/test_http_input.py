"""shared.http: what the edge lets in, and what it refuses before the handler sees it (AR-17)."""

import base64
import json

import pytest

from shared.http import BODY_MAX
from shared.http_event import Event
from tests.shared.conftest import Lines
from tests.shared.shop import Cart, Page, Shop, Wire, gateway_event, refused


@pytest.fixture
def shop() -> Shop:
    return Shop(input=Cart)


@pytest.mark.parametrize(
    "body",
    [
        "",
        None,
        "{",
        "nonsense",
        '{"name": "a", "name": "b"}',
        '{"name": "a", "deep": {"x": 1, "x": 2}}',
        '{"name": "a", "count": NaN}',
        '{"name": "a", "count": -Infinity}',
        '{"name": "\ufffd"}',
        '{"name": "a"} {}',
        r'{"name": "\ud800"}',
        '{"name": "a", "count": 1e999}',
        "[" * 20_000,
        '{"count": ' + "9" * 5_000 + "}",
    ],
)
def test_malformed_json_is_refused(shop: Shop, body: str | None) -> None:
    assert refused(shop, gateway_event(body=body)) == (400, "malformed_json")


def test_body_that_is_not_utf8_is_refused(shop: Shop) -> None:
    body = base64.b64encode('{"name": "обед"}'.encode("cp1251")).decode()

    found = refused(shop, gateway_event(body=body, isBase64Encoded=True))

    assert found == (400, "malformed_json")


def test_base64_body_is_read(shop: Shop) -> None:
    body = base64.b64encode('{"name": "обед"}'.encode()).decode()

    shop.ask(gateway_event(body=body, isBase64Encoded=True))

    assert shop.seen[0].input.name == "обед"
    assert shop.seen[0].raw_body == '{"name": "обед"}'.encode()


def test_binary_body_reaches_a_handler_that_reads_raw_bytes() -> None:
    shop, sent = Shop(), bytes(range(256))

    shop.ask(gateway_event(body=base64.b64encode(sent).decode(), isBase64Encoded=True))

    assert shop.seen[0].raw_body == sent


def test_body_of_64_kib_is_read_and_one_byte_more_refused(shop: Shop) -> None:
    frame = len('{"name": ""}')
    longest = '{"name": "' + "x" * (BODY_MAX - frame) + '"}'

    assert refused(shop, gateway_event(body=longest + " ")) == (413, "body_too_large")
    assert shop.ask(gateway_event(body=longest))[0] == 200


@pytest.mark.parametrize("body", ['{"count": 1}', "[]", '"text"', "null", '{"name": 5}'])
def test_body_of_another_shape_is_refused(shop: Shop, body: str) -> None:
    assert refused(shop, gateway_event(body=body)) == (400, "validation_failed")


def test_validation_answer_names_fields_and_never_values(shop: Shop, log_lines: Lines) -> None:
    event = gateway_event(body='{"name": 4111111111111111, "count": "hunter2"}')

    _, body, answer = shop.ask(event)

    fields = [found["field"] for found in body["details"]["fields"]]
    assert fields == ["name", "count"]
    for secret in ("4111111111111111", "hunter2"):
        assert secret not in json.dumps(answer) + json.dumps(log_lines())


def test_validation_answer_is_bounded() -> None:
    class Basket(Wire):
        items: list[int]

    shop = Shop(input=Basket)

    _, body, _ = shop.ask(gateway_event(body=json.dumps({"items": ["x"] * 5000})))

    assert len(body["details"]["fields"]) == 20


@pytest.mark.parametrize("content_type", ["text/xml", "application/x-www-form-urlencoded"])
def test_other_content_type_is_refused(shop: Shop, content_type: str) -> None:
    event = gateway_event(headers={"content-type": content_type})

    assert refused(shop, event) == (415, "unsupported_media_type")


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/json; charset=utf-8"}])
def test_json_content_type_may_be_absent_or_have_a_charset(
    shop: Shop, headers: dict[str, str]
) -> None:
    assert shop.ask(gateway_event(headers=headers))[0] == 200


@pytest.mark.parametrize(
    "event", [gateway_event(method="DELETE"), gateway_event(route="/shop/v1/unknown")]
)
def test_other_method_or_path_is_refused(shop: Shop, event: Event) -> None:
    assert refused(shop, event) == (405, "method_not_allowed")


@pytest.mark.parametrize("query", ["a=%ff", "%c3%28=1", "&".join(f"p{n}=1" for n in range(101))])
def test_malformed_query_is_refused(shop: Shop, query: str) -> None:
    assert refused(shop, gateway_event(rawQueryString=query)) == (400, "malformed_query")


def test_duplicate_query_parameter_is_refused() -> None:
    shop = Shop("GET", input=Page)
    event = gateway_event("GET", rawQueryString="limit=1&limit=2", body=None)

    assert refused(shop, event) == (400, "duplicate_parameter")


def test_query_of_a_get_is_its_input() -> None:
    shop = Shop("GET", input=Page)
    query = "limit=10&cursor=%D0%B0%2Bb+c"

    shop.ask(gateway_event("GET", rawQueryString=query, body=None))

    assert shop.seen[0].input == Page(limit="10", cursor="а+b c")
    assert shop.seen[0].query == {"limit": "10", "cursor": "а+b c"}
