"""Somebody is woken: an alarm for every DLQ, every metric of money and every API (SPEC A.9)."""

import re
from collections.abc import Iterator

import pytest

from operations.model import Alarm
from tests.architecture.templates import KEEPERS, SERVICES, STAGE, Service, expect_none, service
from tests.support.intrinsics import ROOT, Json

# Metrics that tell of money in danger, by the service that counts them.
MONEY = {
    "contractor_merch_integration_api": {
        *("CmUnknownAgeSec", "CmRefundFailed", "CmTrnConflict", "CmWaitMs acceptance"),
    },
    "fleet_payment_systems": {
        *("BillingRetryAgeSec", "FpsSuspense", "FpsBillMismatch", "FpsBillPollFailed"),
        "FpsBillUnresolved",
    },
    "fleet_payment_systems_api": {"FpsDuplicateConflict", "FpsBillMismatch"},
    "qr_orders": {
        *("CashbackConflict", "ClearLost", "InvoiceMismatch", "ReconciliationDifferences"),
        *("ReceiptTaskAttempts", "ReceiptTaskAgeSec", "ReceiptEnqueue failed", "StuckOrders"),
        "ReceiptSumMismatch",
        "HeldOrderExpired",
        *("RefundFailed", "RefundStuck"),
    },
    "scooters_payments": {
        *("DepositNotHeld", "DepositOpenTooLong", "DepositReleaseFailed", "DepositAuthTimeMs"),
        *("InvoiceMismatch", "DepositRideAllowedWithProblem no_invoice"),
    },
}
_HEADING = re.compile(r"^## (\w+)$", re.MULTILINE)
TOPIC = f":{STAGE}-alerts"
# APIs somebody waits at; an API that only our own functions call has its callers' alarm.
HURRIED = {
    *("client_api", "contractor_merch_integration_api", "qr_orders"),
    *("qr_partner_integration", "qr_partners", "scooters_payments"),
}
OF_TASKS = {"ParkedTasks", "OldestTaskAgeSec", "TaskDone", "TaskFailed"}


def unwatched(found: Service) -> Iterator[str]:
    """What has no alarm; alarms that would ring for silence or not for one case."""
    alarms = found.resources("AWS::CloudWatch::Alarm")
    watched = {name for alarm in alarms.values() for name in _watched(alarm)}
    yield from sorted(_must_be_watched(found) - watched)
    for name, alarm in alarms.items():
        if alarm.get("TreatMissingData") != "notBreaching":
            yield f"{name}: rings when nothing happens"
        if alarm.get("EvaluationPeriods") != 1:
            yield f"{name}: waits for a second time"
        if not all(str(each).endswith(TOPIC) for each in alarm.get("AlarmActions", [""])):
            yield f"{name}: tells nobody"
        if not alarm.get("AlarmDescription", "").endswith(
            f".md#{Alarm(name, 'ALARM', '').chapter}"
        ):
            yield f"{name}: its description does not end with the link of its chapter"


def _must_be_watched(found: Service) -> set[str]:
    queues = {each["QueueName"] for each in found.resources("AWS::SQS::Queue").values()}
    tables = found.resources("AWS::DynamoDB::Table").values()
    metrics = set(MONEY.get(found.name, ()))
    if any(table["TableName"].endswith("-tasks") for table in tables):
        metrics |= OF_TASKS
    apis = found.resources("AWS::ApiGatewayV2::Api")
    return {
        *(f"ApproximateNumberOfMessagesVisible {name}" for name in queues if name.endswith("-dlq")),
        *(" ".join([name, found.name, *more]) for name, *more in map(str.split, metrics)),
        *(f"5xx {api}" for api in apis),
        *(f"Latency {api}" for api in apis if found.name in HURRIED),
    }


def _watched(alarm: Json) -> Iterator[str]:
    """Each metric and the value of its one dimension; a queue's, a service's, an API's name."""
    of_math = [
        each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each
    ]
    for metric in of_math or [alarm]:
        values = [dimension["Value"] for dimension in metric.get("Dimensions", [])]
        yield " ".join([metric.get("MetricName", ""), *map(str, values)])


@pytest.mark.parametrize("name", KEEPERS)
def test_everything_that_may_go_wrong_has_its_alarm(name: str) -> None:
    expect_none(unwatched(service(name)))


@pytest.mark.parametrize(
    ("alarm", "missing"),
    [
        ("CloseDlqAlarm", "ApproximateNumberOfMessagesVisible test-qr_orders_close-dlq"),
        ("ParkedTasksAlarm", "ParkedTasks qr_orders"),
        ("OldestTaskAlarm", "OldestTaskAgeSec qr_orders"),
        ("CashbackConflictAlarm", "CashbackConflict qr_orders"),
        ("ClearLostAlarm", "ClearLost qr_orders"),
        ("InvoiceMismatchAlarm", "InvoiceMismatch qr_orders"),
        ("ApiErrorsAlarm", "5xx Api"),
        ("ApiLatencyAlarm", "Latency Api"),
    ],
)
def test_an_alarm_that_is_taken_away_is_reported(alarm: str, missing: str) -> None:
    def take_away(resources: Json) -> None:
        del resources[alarm]

    assert list(unwatched(service("qr_orders").changed(take_away))) == [missing]


def test_an_alarm_that_tells_nobody_is_reported() -> None:
    def spoil(resources: Json) -> None:
        del resources["ClearLostAlarm"]["Properties"]["AlarmActions"]

    found = list(unwatched(service("qr_orders").changed(spoil)))
    assert found == ["ClearLostAlarm: tells nobody"]


def test_an_alarm_without_a_link_is_reported() -> None:
    def spoil(resources: Json) -> None:
        resources["ClearLostAlarm"]["Properties"]["AlarmDescription"] = "The hold is gone."

    found = list(unwatched(service("qr_orders").changed(spoil)))
    assert found == ["ClearLostAlarm: its description does not end with the link of its chapter"]


def test_the_topic_of_every_alarm_exists() -> None:
    topics = [
        topic["TopicName"]
        for name in SERVICES
        for topic in service(name).resources("AWS::SNS::Topic").values()
    ]
    assert [f":{name}" for name in topics] == [TOPIC]


def test_every_alarm_has_its_chapter_in_the_runbook() -> None:
    headings = _HEADING.findall((ROOT / "docs/runbook.md").read_text(encoding="utf-8"))
    chapters = {heading.lower() for heading in headings}
    expect_none(
        f"{alarm}: no chapter {chapter}"
        for name in SERVICES
        for alarm in service(name).resources("AWS::CloudWatch::Alarm")
        if (chapter := Alarm(alarm, "ALARM", "").chapter) not in chapters
    )


def test_an_alarm_that_rings_for_silence_is_reported() -> None:
    def spoil(resources: Json) -> None:
        resources["ClearLostAlarm"]["Properties"]["TreatMissingData"] = "breaching"

    found = list(unwatched(service("qr_orders").changed(spoil)))
    assert found == ["ClearLostAlarm: rings when nothing happens"]
