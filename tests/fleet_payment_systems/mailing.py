"""Tokens' mornings: the cron, its tasks, and the e-mails that have gone out."""

import json
from types import ModuleType

from moto.backends import get_backend

from shared import aws
from shared.tasks import TaskRow
from tests.fleet_payment_systems.desk import Desk, event_of
from tests.support.intrinsics import ACCOUNT, REGION, Json

SENDER = "payments@example.com"


def verified() -> None:
    aws.client("sesv2").create_email_identity(EmailIdentity=SENDER)


def loaded(desk: Desk, function: str) -> ModuleType:
    if function not in desk.modules:
        desk.modules[function] = desk.world.load("fleet_payment_systems", function)
    return desk.modules[function]


def run_cron(desk: Desk, name: str) -> None:
    desk.world.run(loaded(desk, f"crons.{name}"), event_of(name))


def wake(desk: Desk, name: str) -> list[str]:
    """A wake-up of each task of queue `fps_<name>`: those that were not acknowledged."""
    failed: list[str] = []
    for row in [*TaskRow.scan()]:
        if row.task_id.startswith(f"fps_{name}#"):
            event = event_of(name)
            event["Records"][0]["body"] = json.dumps({"task_id": row.task_id})
            answer: Json = desk.world.run(loaded(desk, f"tasks.{name}"), event)
            failed += [row.task_id] * len(answer["batchItemFailures"])
    return failed


def wake_gone(desk: Desk, name: str) -> bool:
    """A message whose task is done already: whether it was acknowledged."""
    answer: Json = desk.world.run(loaded(desk, f"tasks.{name}"), event_of(name))
    return not answer["batchItemFailures"]


def subjects(address: str) -> list[str]:
    """Of the e-mails to `address`, the first one first."""
    sent = get_backend("ses")[ACCOUNT][REGION].sent_messages
    return [one.subject for one in sent if address in one.destinations["ToAddresses"]]
