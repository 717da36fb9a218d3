"""GET /r/{token}."""

import json
import string
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from client_api import wiring
from shared import aws, secrets_store
from shared.http_event import event
from shared.keys import Peppers, seal
from shared.receipt_links import Document
from tests.client_api.fakes import ORDER_ID
from tests.support.aws_world import World
from tests.support.intrinsics import ACCOUNT, REGION

DOCUMENT = Document(ORDER_ID, f"{ORDER_ID}-1", 1)
SECRET = "test/client_api/receipt-link-pepper"
BUCKET = f"test-qr-receipts-{ACCOUNT}-{REGION}"


@pytest.fixture(scope="module")
def module(world: World) -> ModuleType:
    return world.load("client_api", "r")


@pytest.fixture
def token(world: World) -> str:
    url = wiring.receipt_links().at("", "api.example")(DOCUMENT)
    return url.removeprefix("https://api.example/r/")


def opened(world: World, module: ModuleType, token: str) -> Any:
    return world.run(module, event("GET", "/r/{token}", path={"token": token}))


def test_link_leads_to_the_pdf(world: World, module: ModuleType, token: str) -> None:
    place = {"LocationConstraint": REGION}
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
    aws.client("s3").put_object(Bucket=BUCKET, Key=DOCUMENT.key, Body=b"%PDF-1.4")

    answer = opened(world, module, token)

    assert (answer["statusCode"], answer["body"]) == (302, "")
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert requests.get(answer["headers"]["Location"], timeout=5).content == b"%PDF-1.4"


def test_signed_url_lives_five_minutes_and_downloads_a_pdf(
    world: World, module: ModuleType, token: str
) -> None:
    url = urlsplit(opened(world, module, token)["headers"]["Location"])
    query = {name: values[0] for name, values in parse_qs(url.query).items()}

    assert url.path == f"/{BUCKET}/receipts/{ORDER_ID}/{ORDER_ID}-1-1.pdf"
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert query["X-Amz-Expires"] == "300"
    assert query["response-content-type"] == "application/pdf"
    assert query["response-content-disposition"] == (
        f'attachment; filename="receipt-{ORDER_ID}-1-1.pdf"'
    )


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_every_region_signs_so_that_the_bucket_sees_the_age(
    world: World, monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    monkeypatch.setenv("AWS_REGION", region)
    aws.forget()

    url = wiring.receipt_links().files.url(DOCUMENT)

    aws.forget()
    assert "X-Amz-Signature" in url


def test_changing_any_character_of_a_token_makes_it_unknown(
    world: World, module: ModuleType, token: str
) -> None:
    alphabet = f"{string.ascii_letters}{string.digits}-_."
    answers = set()
    for at, character in enumerate(token):
        other = alphabet[(alphabet.index(character) + 1) % len(alphabet)]
        answers.add(not_found(world, module, f"{token[:at]}{other}{token[at + 1 :]}"))

    assert answers == {not_found(world, module, "unknown")}


def not_found(world: World, module: ModuleType, token: str) -> str:
    answer = opened(world, module, token)
    assert answer["statusCode"] == 404
    body: dict[str, object] = json.loads(answer["body"]) | {"request_id": ""}
    assert body["code"] == "receipt_not_found"
    return json.dumps(body)


@pytest.mark.parametrize("change", ["", ".", "a.b", "a.b.c", "токен", "%00", "=", "a" * 8000])
def test_malformed_token_is_an_unknown_one(world: World, module: ModuleType, change: str) -> None:
    assert not_found(world, module, change) == not_found(world, module, "unknown")


@pytest.mark.parametrize("added", ["=", ".", "A", " ", "\n"])
def test_nothing_can_be_added_to_a_token(
    world: World, module: ModuleType, token: str, added: str
) -> None:
    assert not_found(world, module, token + added) == not_found(world, module, "unknown")


def test_token_of_another_pepper_is_unknown(world: World, module: ModuleType) -> None:
    forged = seal(str(DOCUMENT), Peppers.parse('{"current":"p1","p1":"guess"}'))

    assert not_found(world, module, forged) == not_found(world, module, "unknown")


@pytest.mark.parametrize("message", ["", ORDER_ID, "a/b/0", "a/b/c/1", "a/../1", "a/b/1\n"])
def test_own_token_that_names_no_document_is_unknown(
    world: World, module: ModuleType, message: str
) -> None:
    sealed = seal(message, secrets_store.peppers(SECRET))

    assert not_found(world, module, sealed) == not_found(world, module, "unknown")


def test_old_links_outlive_a_rotation_of_the_pepper(
    world: World, module: ModuleType, token: str
) -> None:
    client = aws.client("secretsmanager")
    known = json.loads(client.get_secret_value(SecretId=SECRET)["SecretString"])
    rotated = {**known, "current": "p2", "p2": "new"}
    client.put_secret_value(SecretId=SECRET, SecretString=json.dumps(rotated))
    secrets_store._cached.clear()

    assert opened(world, module, token)["statusCode"] == 302


def test_no_line_that_we_write_holds_the_token(
    world: World, module: ModuleType, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    opened(world, module, token)
    opened(world, module, f"{token}x")

    written = capsys.readouterr()
    assert '"Requests"' in written.out
    assert token not in written.out + written.err


def test_document_reads_what_it_writes() -> None:
    assert Document.parse(str(DOCUMENT)) == DOCUMENT
