"""GET /r/{token}: the lasting link of a receipt, to a fresh one to its PDF (RC-20, RC-28)."""

from http import HTTPStatus

from client_api import wiring
from shared.http import Reply, Request, endpoint, http_app

app = http_app("client_api-r")
links = wiring.receipt_links()
FOUND = {
    "description": "Go there at once: the link to the PDF lives for minutes",
    "headers": {"Location": {"required": True, "schema": {"type": "string", "format": "uri"}}},
}


@endpoint(
    app,
    "GET",
    "/r/{token}",
    statuses=(),
    responses={HTTPStatus.FOUND: FOUND},
    errors={404: ("receipt_not_found",)},
)
def receipt(request: Request[None]) -> Reply:
    headers = {
        "Location": links.target(request.path["token"]),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Reply(status=HTTPStatus.FOUND, headers=headers)
