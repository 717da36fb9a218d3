"""Every command of docs/runbook.md, executed on the local stack by the operator's own rights."""

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import pytest

from local.bill import BILL
from local.cash_desk import CashDesk, new_trn
from local.mobi_seed import open_cash_desk
from local.park import Dispatcher, plans
from local.scenes import Place
from local.scooters import Backend
from local.terminal import Terminal
from shared.clock import to_ms
from tests.support.aws_cli import AwsCli, arguments_of
from tests.support.intrinsics import ROOT, Json
from tests.support.runbook import WORD, Command, commands, filled, preamble

STAGE: Final = "dev"
SYSTEM: Final = "city24"
PARK: Final = "park-runbook"
_NEWS: Final = "scooters_payments_transactions_callback"
_QUEUES: Final = ("qr_orders_close", "fps_credit", "merch_check_payment", "scooters_payments_hold")
INBOX: Final = "qr_orders_transactions_callback#inbox"
# Of these an answer without anything done would prove nothing.
_DID: Final = {
    "requeue_parked": "requeued",
    "redrive": "moved",
    "stop_wallets": "changed",
    "revoke_links": "links",
    "find": "found",
    "clients": "client_id",
}
COMMANDS: Final = commands()


@dataclass(frozen=True, slots=True)
class Situation:
    """What the words in capitals stand for, and what each command calls `aws` with."""

    cli: AwsCli
    words: dict[str, str]
    arguments: dict[Command, list[str]]


@pytest.fixture(scope="module")
def situation(place: Place) -> Situation:
    words = {
        **{"YOU": "o.petrova", "WHY": "incident 18", "REQUEST_ID": "request-of-runbook"},
        **{"SYSTEM": SYSTEM, "PARK_ID": PARK, "TASK_ID": INBOX},
        "SECRET": secrets.token_urlsafe(12),
        "DAY": (datetime.now(UTC) - timedelta(days=1)).date().isoformat(),
        **_order(place),
        **_ride(place),
        **_restaurant(place),
        **_payment(place),
        **_purchase(place),
    }
    sqs, s3 = place.stack.client("sqs"), place.stack.client("s3")
    words["QUEUE_URL"] = sqs.get_queue_url(QueueName=f"{STAGE}-qr_orders_close")["QueueUrl"]
    names = [each["Name"] for each in s3.list_buckets()["Buckets"]]
    (words["REPORTS_BUCKET"],) = (name for name in names if "qr-orders-reports" in name)
    _trouble(place, words["YA_TRANSACTION_ID"])
    lines = [filled(command.text, words) for command in COMMANDS]
    arguments = arguments_of([preamble(), *lines])
    return Situation(AwsCli(place.stack.client), words, dict(zip(COMMANDS, arguments, strict=True)))


def _order(place: Place) -> dict[str, str]:
    opened = place.till.open(BILL | {"restaurant_id": "r1", "order_id": "RUNBOOK-1"})
    return {"ORDER_ID": str(opened["id"])}


def _invoke(place: Place, function: str, payload: Json) -> Json:
    answer = place.stack.client("lambda").invoke(
        FunctionName=f"{STAGE}-{function}", Payload=json.dumps(payload).encode()
    )
    found: Json = json.loads(answer["Payload"].read())
    return found


def _restaurant(place: Place) -> dict[str, str]:
    """One of its own, for it is switched off and on."""
    sample = json.loads((ROOT / "events/qr_partners/admin_create.json").read_text("utf-8"))
    made = json.loads(_invoke(place, "qr_partners-admin_create", sample)["body"])
    partner_id = made["partner"]["partner_id"]
    (found,) = _invoke(place, "qr_partners-find", {"id": partner_id})["found"]
    return {"PARTNER_ID": partner_id, "GROUP_ID": found["group_id"]}


def _ride(place: Place) -> dict[str, str]:
    backend = Backend(place.facts["scooters"]["base_url"], place.stack.operator)
    assert backend.start("runbook", "card-ok") == "started"
    return {"SESSION_ID": "runbook"}


def _payment(place: Place) -> dict[str, str]:
    """A park of its own, for it is stopped; a driver of it was paid for."""
    stack = place.stack
    office = Dispatcher(stack.api("fleet_payment_systems"), stack.operator, PARK)
    plan = plans()[SYSTEM]
    wallet = office.create(SYSTEM, plan)
    link = stack.api("fleet_payment_systems_api") + office.link(wallet["wallet_id"])["path"]
    facts = {**plan.facts, "link": link, "timezone": wallet["timezone"]}
    terminal = Terminal.of(SYSTEM, {**facts, "profile": wallet["profile"]})
    payment = terminal.payment("100245", "10.00")
    assert terminal.pay(payment).ok
    known = f"{PARK}#{SYSTEM}#{payment.txn}"
    (found,) = _invoke(place, "fleet_payment_systems-find", {"id": known})["found"]
    return {
        **{"WALLET_ID": wallet["wallet_id"], "TXN": payment.txn, "TX_ID": found["id"]},
        "LINK_ID": link.rpartition("/")[2].split("_")[1],
    }


def _purchase(place: Place) -> dict[str, str]:
    """At a cash desk of a client of its own, for it is switched off and its secret changed."""
    facts, trn = open_cash_desk(place.stack), new_trn()
    told = CashDesk(facts).authorize(trn, "YM1.ok", "90.00")
    assert told.paid, told
    found = str(told.body["ya_transaction_id"])
    return {"CLIENT_ID": facts["client_id"], "TRN": str(trn), "YA_TRANSACTION_ID": found}


def _trouble(place: Place, purchase: str) -> None:
    """Parked tasks of each service that has queues, and a dead letter in a queue of each."""
    check = f"merch_check_payment#{purchase}"
    for service, task_id, payload in (
        ("qr_orders", "qr_order_render_receipt#01R-1/1", {"order_id": "01R", "document_id": "d"}),
        ("qr_orders", INBOX, {"event_id": "e-1", "invoice_id": "01R-1"}),
        ("fleet_payment_systems", "fps_export#p#e", {"park_id": "p", "export_id": "e"}),
        ("contractor_merch_integration_api", check, {"ya_transaction_id": purchase}),
        ("scooters_payments", f"{_NEWS}#e-1", {"event_id": "e-1", "invoice_id": "none-1"}),
    ):
        row: dict[str, Any] = {
            **{"task_id": {"S": task_id}, "shard": {"S": "parked"}, "token": {"S": "t"}},
            **{"due_at": {"N": str(to_ms(datetime.now(UTC)))}, "attempts": {"N": "20"}},
            "payload": {"S": json.dumps(payload)},
        }
        table = f"{STAGE}-{service}-tasks"
        place.stack.client("dynamodb").put_item(TableName=table, Item=row)
    sqs = place.stack.client("sqs")
    for queue in _QUEUES:
        url = sqs.get_queue_url(QueueName=f"{STAGE}-{queue}-dlq")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"task_id": f"{queue}#none"}))


def _id(command: Command) -> str:
    return quote(f"{command.chapter}: {command.text}"[:80], safe=" :{}\"'")


@pytest.mark.parametrize("command", COMMANDS, ids=_id)
def test_command_does_what_the_page_says(situation: Situation, command: Command) -> None:
    arguments = situation.arguments[command]

    answer = situation.cli.run(arguments)

    told = answer.get("Payload", {})
    if command.refused:
        assert command.refused in str(told.get("errorMessage") or told), told
        return
    assert "FunctionError" not in answer, told
    action = arguments[3].rpartition("-")[2] if arguments[:2] == ["lambda", "invoke"] else ""
    if action in _DID and told.get("dry_run") is not True:
        assert told[_DID[action]], f"nothing was done: {told}"


def test_every_command_is_one_call_of_aws(situation: Situation) -> None:
    assert len(situation.arguments) == len(COMMANDS)


def test_page_has_no_word_that_its_test_cannot_fill(situation: Situation) -> None:
    known = {*situation.words, "ERROR", "ALARM", "STAGE"}
    words = {word for each in COMMANDS for word in _words(each.text)}
    assert words <= known, words - known


def _words(text: str) -> set[str]:
    return {word for word in WORD.findall(text) if len(word) > 1}
