"""The watch over the suite's secrets finds a leak that is put in on purpose."""

import base64
import json
from urllib.parse import quote

import pytest

from shared import aws, logs
from shared.keys import Peppers, issue
from shared.secret import Secret
from shared.vault import Vault
from tests.support import secrecy
from tests.support.aws_world import aws_world
from tests.support.secrecy import Watch

VALUE = "canary~77&<secret>\u00e9"
_RAW = VALUE.encode()


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """A watch of this test alone; the suite's own does not know what it does."""
    found = Watch()
    monkeypatch.setattr(secrecy, "WATCH", found)
    return found


def report(when: str, **sections: str) -> pytest.TestReport:
    captured = [(f"Captured {name} {when}", text) for name, text in sections.items()]
    return pytest.TestReport("t", ("t", 0, "t"), {}, "passed", None, "call", sections=captured)


@pytest.mark.parametrize(
    "spelled",
    [
        VALUE,
        quote(VALUE, safe=""),
        json.dumps(VALUE),
        _RAW.hex(),
        _RAW.hex().upper(),
        *(base64.b64encode(b"login:"[:cut] + _RAW).decode() for cut in range(3)),
        base64.urlsafe_b64encode(_RAW).decode(),
    ],
)
def test_a_secret_is_found_in_every_spelling(spelled: str) -> None:
    watch = Watch()
    watch.remember(VALUE)
    assert len(watch.found([f"{'x' * 100}{spelled}{'x' * 100}"])) == 1


def test_a_key_may_show_how_it_begins(own: Watch) -> None:
    with secrecy.watching(own):
        text, stored = issue("wallet-of-park-7", Peppers("p", {"p": Secret("pepper")}))
    public = text.reveal()[:-43] + stored.shown
    assert own.found([public, stored.digest]) == []


def test_a_key_that_is_logged_fails_the_test(own: Watch) -> None:
    passed, failed, after = (report("call") for _ in range(3))
    secrecy.judge(passed, own)
    with secrecy.watching(own):
        text, _stored = issue("wallet", Peppers("p", {"p": Secret("pepper")}))
        logs.info("leak", url=f"/fps/v1/plain/{text.reveal()}")
    secrecy.judge(failed, own)
    secrecy.judge(after, own)
    assert [each.outcome for each in (passed, failed, after)] == ["passed", "failed", "passed"]
    assert text.reveal() not in str(failed.longrepr)


def test_a_secret_that_is_printed_fails_the_phase_that_prints_it(own: Watch) -> None:
    own.remember(VALUE)
    for printed, outcome in (("call", "failed"), ("setup", "passed")):
        found = report(printed, stdout=f"one line\n{_RAW.hex()}\n")
        secrecy.judge(found, own)
        assert found.outcome == outcome


@pytest.mark.parametrize(("place", "how"), [("table", "plain"), ("queue", "in hex")])
def test_a_secret_that_is_stored_fails_whoever_made_the_aws(
    own: Watch, place: str, how: str
) -> None:
    with pytest.raises(AssertionError, match=f"stored\na secret, {how}, after"):
        _store(own, place)


def _store(own: Watch, place: str) -> None:
    """The ciphertext everywhere, the secret in `place`."""
    with aws_world("fleet_payment_systems") as world, secrecy.watching(own):
        environment = world.environment("fleet_payment_systems")
        sealed = Vault(environment["VAULT_KEY"]).seal(Secret(VALUE), {"field": "password"})
        shown = VALUE if place == "table" else sealed
        item = {"claim_id": {"S": "c"}, "park_id": {"S": shown}}
        aws.client("dynamodb").put_item(TableName=environment["CLAIMS_TABLE"], Item=item)
        body = _RAW.hex() if place == "queue" else sealed
        url = f"{environment['QUEUE_URL_PREFIX']}fps_credit"
        aws.client("sqs").send_message(QueueUrl=url, MessageBody=body)
