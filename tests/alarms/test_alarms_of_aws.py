"""Every alarm on a metric of AWS: its resource exists, and can be as bad as the alarm waits for."""

import pytest

from tests.alarms import aws_side
from tests.alarms.judge import Silent, must_ring
from tests.alarms.templates import ALARMS, OF_AWS
from tests.architecture.templates import service
from tests.support.intrinsics import Json

_ALARM: Json = {
    "Statistic": "Sum",
    **{"Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"},
}


@pytest.mark.parametrize(("name", "alarm"), OF_AWS)
def test_alarm_on_a_metric_of_aws_rings_at_its_worst(name: str, alarm: str) -> None:
    properties = ALARMS[name, alarm]

    must_ring(properties, aws_side.data_of(service(name), properties))


@pytest.mark.parametrize(
    ("metric", "subject"),
    [
        ("ApproximateNumberOfMessagesVisible", "test-qr_orders_close"),
        ("ApproximateNumberOfMessagesVisible", "test-qr_orders_gone-dlq"),
        ("ApproximateNumberOfMessages", "test-qr_orders_close-dlq"),
    ],
)
def test_alarm_on_a_queue_where_nothing_falls_is_silent(metric: str, subject: str) -> None:
    alarm = _ALARM | {"Namespace": "AWS/SQS", "MetricName": metric}
    alarm |= {"Dimensions": [{"Name": "QueueName", "Value": subject}]}

    with pytest.raises(Silent):
        must_ring(alarm, aws_side.data_of(service("qr_orders"), alarm))


def test_alarm_on_errors_of_a_function_that_never_raises_is_silent() -> None:
    """A task's function answers what failed: it never counts as an error of Lambda's."""
    alarm = _ALARM | {"Namespace": "AWS/Lambda", "MetricName": "Errors"}
    alarm |= {"Dimensions": [{"Name": "FunctionName", "Value": "test-qr_orders-close"}]}

    with pytest.raises(Silent):
        must_ring(alarm, aws_side.data_of(service("qr_orders"), alarm))
