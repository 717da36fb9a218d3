"""The HTTP edge: one Chalice app a function, one decorator a route, one shape of error (DESIGN 6).

The only module that imports Chalice, of which the layer ships `__init__.py` and `app.py`.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Generic, TypeVar

from chalice.app import Chalice, Response

from shared import logs, metrics, trace
from shared.errors import AppError, InvalidRequest, TooLarge
from shared.http_event import Event, raw_body, to_v1, to_v2

I = TypeVar("I")
# {409: ("order_closed", ...)}
Errors = Mapping[int, tuple[str, ...]]
Model = type | str | None

BODY_MAX: Final = 64 * 1024
IDEMPOTENCY_KEY_MAX: Final = 255
_JSON: Final = {"Content-Type": "application/json"}
_SAFE: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
# Chalice's own refusals, by its class names.
_CODES: Final = {
    "BadRequestError": "bad_request",
    "BadRequest": "not_acceptable",
    "MethodNotAllowedError": "method_not_allowed",
    "UnsupportedMediaType": "unsupported_media_type",
    "NotFoundError": "not_found",
}


@dataclass(frozen=True, slots=True)
class Request(Generic[I]):
    """What a handler sees. `input` is the validated JSON body, or the query of a GET."""

    input: I
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    authorizer: Mapping[str, Any]
    raw_body: bytes
    source_ip: str

    @property
    def user_id(self) -> str:
        """The subject of a verified JWT."""
        return str(self.authorizer["claims"]["sub"])

    @property
    def idempotency_key(self) -> str:
        """The caller's Idempotency-Key or "". Raises idempotency_key_invalid."""
        key = self.headers.get("idempotency-key", "")
        if len(key) > IDEMPOTENCY_KEY_MAX or not (key.isascii() and key.isprintable()):
            raise InvalidRequest("idempotency_key_invalid")
        return key


@dataclass(frozen=True, slots=True)
class Text:
    """A body that is not JSON, with its type."""

    text: str
    media: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is not plain 200 JSON."""

    body: object = None
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a function serves, as its OpenAPI document tells it (decision 0023).

    `answer` is a wire model, or None for what the handler says it returns; `body` is one that the
    edge does not validate by. Either may be a dotted name, on a path that pays for each import.
    `errors` are the codes of its own by status, beside those of the edge; `responses` are OpenAPI
    by hand, for what no model describes.
    """

    method: str
    paths: tuple[str, ...]
    handler: Callable[..., object]
    input: type | None
    answer: Model
    statuses: tuple[int, ...]
    errors: Errors
    body: Model
    responses: Mapping[int, Mapping[str, Any]]
    headers: tuple[str, ...]


class HttpApp(Chalice):
    """Chalice with 2.0 events in and out; keeps the event it serves, in both forms."""

    event: Event
    v1: Event
    endpoints: list[Endpoint]

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        gateway_id = event["requestContext"].get("requestId")
        trace.begin((event.get("headers") or {}).get("x-request-id"), context, gateway_id)
        self.event = event
        try:
            self.v1 = to_v1(event)
            return to_v2(super().__call__(self.v1, context))
        except AppError as problem:
            return to_v2(_refusal(problem).to_dict())


def http_app(name: str) -> HttpApp:
    """The app of function `name`, "<service>-<function>"."""
    app = HttpApp(app_name=name, configure_logs=False)
    app.endpoints = []

    def one_error_shape(event: Any, get_response: Callable[[Any], Response]) -> Response:
        response = get_response(event)
        if isinstance(response.body, dict) and set(response.body) == {"Code", "Message"}:
            code = _CODES.get(response.body["Code"], "internal_error")
            return _error(response.status_code, code, "", {})
        return response

    app.register_middleware(one_error_shape, "http")
    return app


Handler = Callable[[Request[I]], object]
_OK: Final = (int(HTTPStatus.OK),)


def endpoint(
    app: HttpApp,
    method: str,
    *paths: str,
    input: type[I] | None = None,
    quiet: bool = False,
    answer: Model = None,
    statuses: tuple[int, ...] = _OK,
    errors: Errors | None = None,
    body: Model = None,
    responses: Mapping[int, Mapping[str, Any]] | None = None,
    headers: tuple[str, ...] = (),
    accepts: str = _JSON["Content-Type"],
) -> Callable[[Handler[I]], Handler[I]]:
    """Routes `method` of each of `paths` (the first is canonical) to the decorated function.

    The function may return a wire model, a dict, or a Reply. A body of another type than `accepts`
    is refused. `quiet` keeps a polled route from
    writing a line for each success. What follows it is documentation, see Endpoint. Returns the
    plain function, for tests.
    """
    said = (input, answer, statuses, errors or {}, body, responses or {}, headers)

    def decorate(handler: Handler[I]) -> Handler[I]:
        def view(**path: str) -> Response:
            started = time.monotonic()
            response = _answer(lambda: handler(_request(app, path, input, method)))
            if not quiet or response.status_code >= HTTPStatus.BAD_REQUEST:
                latency_ms = int((time.monotonic() - started) * 1000)
                metrics.request(str(app.app_name), response.status_code, latency_ms)
            return response

        app.endpoints.append(Endpoint(method, paths, handler, *said))
        for path in paths:
            name = f"{method} {path}"
            app.route(path, methods=[method], name=name, content_types=[accepts])(view)
        return handler

    return decorate


def _answer(handle: Callable[[], object]) -> Response:
    try:
        return _response(handle())
    except AppError as problem:
        return _refusal(problem)
    except Exception as problem:
        logs.error("unhandled", problem)
        return _error(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "", {})


def _refusal(problem: AppError) -> Response:
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logs.error("refused", problem, code=problem.code)
    return _error(problem.status, problem.code, problem.message, problem.details)


def _error(status: int, code: str, message: str, details: Mapping[str, object]) -> Response:
    body = {
        "code": code,
        "message": message or code.replace("_", " "),
        "details": details,
        "request_id": trace.request_id(),
    }
    after = details.get("retry_after_sec")
    headers = {"Retry-After": str(after)} if after is not None else {}
    return _json(json.dumps(body, ensure_ascii=False), status, headers)


def _response(result: object) -> Response:
    reply = result if isinstance(result, Reply) else Reply(result)
    if reply.body is None:
        return _plain("", reply.status, reply.headers)
    if isinstance(reply.body, Text):
        headers = {"Content-Type": reply.body.media, **reply.headers}
        return _plain(reply.body.text, reply.status, headers)
    dump = getattr(reply.body, "model_dump_json", None)
    text = dump(exclude_none=True) if dump else json.dumps(reply.body, ensure_ascii=False)
    return _json(text, reply.status, reply.headers)


def _json(text: str, status: int, headers: Mapping[str, str]) -> Response:
    return _plain(text, status, {**_JSON, **headers})


def _plain(text: str, status: int, headers: Mapping[str, str]) -> Response:
    if any("\n" in value or "\r" in value for value in headers.values()):
        # Chalice would find the first of them, and write the value to the log.
        raise ValueError("a line break in a header")
    return Response(text, {"X-Request-Id": trace.request_id(), **_SAFE, **headers}, status)


def _request(
    app: HttpApp, path: Mapping[str, str], input: type[I] | None, method: str
) -> Request[I]:
    v1 = app.v1
    query = v1["multiValueQueryStringParameters"] or {}
    if any(len(values) > 1 for values in query.values()):
        raise InvalidRequest("duplicate_parameter")
    flat = {key: values[0] for key, values in query.items()}
    body = raw_body(app.event)
    found: Any = None
    if input is not None:
        found = validated(input, flat if method == "GET" else parse_json(body))
    return Request(
        input=found,
        path=path,
        query=flat,
        headers=v1["headers"],
        authorizer=v1["requestContext"]["authorizer"],
        raw_body=body,
        source_ip=str(v1["requestContext"]["identity"]["sourceIp"]),
    )


def parse_json(body: bytes) -> object:
    """Strict JSON: bounded, no duplicate keys, no NaN, nothing that the gateway had to replace.

    Raises TooLarge and InvalidRequest.
    """
    if len(body) > BODY_MAX:
        raise TooLarge("body_too_large", max_bytes=BODY_MAX)
    try:
        text = body.decode()
        if "\ufffd" in text:
            raise ValueError
        found: object = json.loads(text, object_pairs_hook=_unique)
        # NaN, 1e999 or a lone surrogate is read without a word, and can be neither kept nor sent.
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        return found
    except (ValueError, RecursionError):
        raise InvalidRequest("malformed_json") from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def validated(model: type[I], value: object) -> I:
    """`value` as a wire model. Raises validation_failed: fields, never their values."""
    from pydantic import ValidationError

    try:
        return model.model_validate(value)  # type: ignore[attr-defined, no-any-return]
    except ValidationError as problem:
        fields = [
            {"field": ".".join(str(part) for part in error["loc"]), "problem": error["type"]}
            for error in problem.errors(
                include_url=False, include_context=False, include_input=False
            )
        ]
        raise InvalidRequest("validation_failed", fields=fields[:20]) from None
