"""shared.internal: one service asks another's Lambda, once, and takes its error for its own."""

import io
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from shared import aws, trace
from shared.errors import Conflict, NotFound, Unavailable
from shared.http import Request, endpoint, http_app
from shared.internal import Internal
from tests.shared.conftest import Ending
from tests.support.atomic_moto import atomic_aws
from tests.support.calls import Served, serving

ROUTE: Final = "/shop/v1/get"


class Callee:
    """The other service's Lambda, behind the AWS client: a real endpoint, or a given reply."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.app = http_app("shop-get")
        self.answer: Any = {"price": "1.00"}
        self.reply: Served | None = None
        endpoint(self.app, "POST", ROUTE)(self.handle)
        endpoint(self.app, "GET", ROUTE)(self.handle)

    def handle(self, _: Request[Any]) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def invoked(self, parameters: dict[str, Any]) -> dict[str, Any]:
        event = json.loads(parameters["Payload"])
        self.asked.append({"FunctionName": parameters["FunctionName"], **event})
        if self.reply is not None:
            return self.reply(parameters)
        return payload(self.app(event, None))


def payload(answer: object, **more: str) -> dict[str, Any]:
    return {"Payload": io.BytesIO(json.dumps(answer).encode()), **more}


@pytest.fixture(scope="module")
def fake_aws() -> Iterator[None]:
    with atomic_aws():
        aws.forget()
        yield
    aws.forget()


@pytest.fixture
def callee(fake_aws: None) -> Iterator[Callee]:
    trace.begin("request-of-test", None)
    found = Callee()
    with serving("lambda", "Invoke", found.invoked):
        yield found


def ask(**given: Any) -> dict[str, Any]:
    return Internal("test").call("shop", "get", "POST", ROUTE, **given)


def test_answer_of_the_callee_is_returned(callee: Callee) -> None:
    assert ask(body={"id": "заказ-1"}) == {"price": "1.00"}

    [asked] = callee.asked
    assert asked["FunctionName"] == "test-shop-get"
    assert json.loads(asked["body"]) == {"id": "заказ-1"}


def test_callee_sees_the_query_and_the_request_id(callee: Callee) -> None:
    Internal("test").call("shop", "get", "GET", ROUTE, query={"id": "a b&c"})

    [asked] = callee.asked
    assert asked["rawQueryString"] == "id=a+b%26c"
    assert asked["headers"]["x-request-id"] == "request-of-test"


def test_callee_sees_no_identity_of_the_caller(callee: Callee) -> None:
    ask(body={})

    assert callee.asked[0]["requestContext"]["authorizer"] == {}


def test_empty_answer_is_an_empty_object(callee: Callee) -> None:
    callee.answer = None

    assert ask() == {}


@pytest.mark.parametrize("problem", [NotFound("order_not_found"), Conflict("closed", "late", v=3)])
def test_error_of_the_callee_becomes_the_same_error(
    callee: Callee, problem: NotFound | Conflict
) -> None:
    callee.answer = problem

    with pytest.raises(type(problem)) as raised:
        ask(body={})

    assert (raised.value.code, raised.value.message) == (problem.code, problem.message)
    assert raised.value.details == problem.details


def test_internal_error_of_the_callee_is_unavailable(callee: Callee) -> None:
    callee.answer = KeyError("card")

    with pytest.raises(Unavailable):
        ask(body={})


def failing(problem: Exception) -> Served:
    def fail(_: dict[str, Any]) -> dict[str, Any]:
        raise problem

    return fail


@pytest.mark.parametrize(
    "problem",
    [
        ClientError({"Error": {"Code": "TooManyRequestsException", "Message": ""}}, "Invoke"),
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "Invoke"),
        ReadTimeoutError(endpoint_url="lambda"),
        EndpointConnectionError(endpoint_url="lambda"),
    ],
)
def test_call_without_an_answer_is_unavailable_and_made_once(
    callee: Callee, problem: Exception
) -> None:
    callee.reply = failing(problem)

    with pytest.raises(Unavailable):
        ask(body={})

    assert len(callee.asked) == 1


def test_crash_of_the_callee_is_unavailable(callee: Callee) -> None:
    crash = {"errorMessage": "Task timed out", "statusCode": 200, "body": "{}"}
    callee.reply = lambda _: payload(crash, FunctionError="Unhandled")

    with pytest.raises(Unavailable):
        ask(body={})


@pytest.mark.parametrize("answer", [None, [], "text", {}, 7])
def test_answer_that_is_no_http_answer_is_unavailable(callee: Callee, answer: object) -> None:
    callee.reply = lambda _: payload(answer)

    with pytest.raises(Unavailable):
        ask(body={})


def test_sdk_never_repeats_an_invocation(fake_aws: None) -> None:
    assert aws.invoke_client(5).meta.config.retries["total_max_attempts"] == 1


def test_callee_is_not_waited_for_beyond_three_seconds_before_the_end(
    callee: Callee, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[int] = []
    client = aws.invoke_client

    def spied(read_timeout_s: int) -> Any:
        waited.append(read_timeout_s)
        return client(read_timeout_s)

    trace.begin(None, Ending(7.9))
    monkeypatch.setattr(aws, "invoke_client", spied)
    ask(body={})

    assert waited[-1] == 4


def test_call_without_time_left_is_not_made(callee: Callee) -> None:
    trace.begin(None, Ending(3.9))

    with pytest.raises(Unavailable):
        ask(body={})

    assert callee.asked == []
