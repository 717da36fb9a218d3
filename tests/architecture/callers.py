"""What a caller knows of a function: its routes, queue, schedule or bus."""

from collections.abc import Iterable
from functools import cache

from tests.architecture.templates import SERVICES, STAGE, Function, Service, service


def kind(function: Function, authorizers: Iterable[str]) -> str:
    """What calls it: "tasks", "crons", "ops", "subscribers", "topic", "authorizer" or "http"."""
    folder, _, _ = function.stem.rpartition(".")
    if folder or function.name in authorizers:
        return folder or "authorizer"
    return "topic" if function.name in subscribers() else "http"


@cache
def authorizers() -> set[str]:
    return set().union(*(service(name).authorizers for name in SERVICES))


@cache
def subscribers() -> dict[str, str]:
    """Functions that an SNS topic calls, and the topic's name without its stage."""
    return {
        subscription["Endpoint"].rpartition(":")[2]: topic["TopicName"].partition("-")[2]
        for name in SERVICES
        for subscription in service(name).resources("AWS::SNS::Subscription").values()
        for topic in service(name).resources("AWS::SNS::Topic").values()
        if subscription["TopicArn"] == topic["TopicName"]
    }


def entries(found: Service, function: Function) -> set[str]:
    """What a caller knows of a function: its routes, queue, schedule or bus, its name."""
    if function.stem.startswith("tasks."):
        mappings = found.resources("AWS::Lambda::EventSourceMapping").values()
        mine = [each for each in mappings if each["FunctionName"] == function.name]
        return {each["EventSourceArn"].rpartition(f":{STAGE}-")[2] for each in mine}
    if function.stem.startswith("crons."):
        schedules = found.resources("AWS::Scheduler::Schedule").values()
        ending = f":function:{function.name}"
        mine = [each for each in schedules if each["Target"]["Arn"].endswith(ending)]
        return {each["ScheduleExpression"] for each in mine}
    if function.stem.startswith("subscribers."):
        rules = found.resources("AWS::Events::Rule").values()
        ending = f":function:{function.name}"
        mine = [each for each in rules if each["Targets"][0]["Arn"].endswith(ending)]
        return {each["EventBusName"].removeprefix(f"{STAGE}-") for each in mine}
    if function.stem.startswith("ops."):
        return {"by hand"}
    if function.name in subscribers():
        return {subscribers()[function.name]}
    return found.routes_of(function.name) or {"authorizer"}
