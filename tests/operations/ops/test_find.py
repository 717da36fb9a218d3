"""By hand, find: every service is asked, and one that does not answer is named."""

import json
from io import BytesIO
from typing import Any

from shared import aws
from tests.architecture.templates import SERVICES, STAGE, service, stems
from tests.support import calls
from tests.support.atomic_moto import atomic_aws
from tests.support.aws_world import aws_world
from tests.support.clock import FakeClock
from tests.support.intrinsics import ROOT, Json

FINDERS = {name for name in SERVICES if name != "operations" and "ops.find" in stems(name)}


def answer_of(parameters: Json) -> Json:
    """One service knows the id, one is broken, the others know nothing."""
    name = parameters["FunctionName"]
    asked = json.loads(parameters["Payload"])
    if name == f"{STAGE}-qr_partners-find":
        return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": BytesIO(b"{}")}
    known = [{"kind": "order", "id": asked["id"]}] if name == f"{STAGE}-qr_orders-find" else []
    payload = json.dumps({"id": asked["id"], "found": known}).encode()
    return {"StatusCode": 200, "Payload": BytesIO(payload)}


def test_what_a_service_knows_is_told_and_who_is_silent() -> None:
    sample = json.loads((ROOT / "events/operations/find.json").read_text("utf-8"))
    with (
        atomic_aws(FakeClock()),
        aws_world("operations", stage=STAGE) as world,
        calls.serving("lambda", "Invoke", answer_of),
    ):
        aws.forget()
        report: Any = world.run(world.load("operations", "ops.find"), sample)

    assert report["found"] == [{"service": "qr_orders", "kind": "order", "id": sample["id"]}]
    assert report["silent"] == ["qr_partners"]


def test_every_service_that_can_find_is_asked_and_may_be() -> None:
    found = service("operations").functions[f"{STAGE}-operations-find"]
    asked = set(found.environment["FIND_SERVICES"].split(","))
    allowed = {
        each.rpartition(f"{STAGE}-")[2].removesuffix("-find")
        for statement in found.statements
        for each in statement["Resource"]
    }

    assert asked == allowed == FINDERS
