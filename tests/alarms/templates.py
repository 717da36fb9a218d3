"""Every alarm of every template, and whose metric it watches."""

from tests.architecture.templates import KEEPERS, service
from tests.support.intrinsics import Json


def metrics_of(alarm: Json) -> list[Json]:
    """Namespace, MetricName and Dimensions of each metric that an alarm reads."""
    found = [
        each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each
    ]
    return found or [alarm]


def is_aws(alarm: Json) -> bool:
    """Whether AWS emits what it watches."""
    return all(metric["Namespace"].startswith("AWS/") for metric in metrics_of(alarm))


ALARMS = {
    (name, alarm): properties
    for name in KEEPERS
    for alarm, properties in service(name).resources("AWS::CloudWatch::Alarm").items()
}
OURS = [each for each, found in ALARMS.items() if not is_aws(found)]
OF_AWS = [each for each, found in ALARMS.items() if is_aws(found)]
