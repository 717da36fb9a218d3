"""Rules of single resources in the expanded templates: names, limits, keys, rights (DESIGN 11)."""

from collections.abc import Callable

import pytest

from tests.architecture.templates import KEEPERS, SERVICES, STAGE, Service, expect_none, service
from tests.support.intrinsics import Json

Rule = Callable[[Json], bool]

NAME_MAX = 64
TIMEOUT_BEHIND_API_S = 25
EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)

# Resource type -> what each resource of it must have, in the words of the report.
RULES: dict[str, dict[str, Rule]] = {
    "AWS::Lambda::Function": {
        "runs python3.13 on arm64": lambda it: (
            it["Runtime"] == "python3.13" and it["Architectures"] == ["arm64"]
        ),
        "says memory and time-out": lambda it: {"MemorySize", "Timeout"} <= it.keys(),
        "logs to a group of its service": lambda it: "LogGroup" in it.get("LoggingConfig", {}),
        "has a name that fits": lambda it: len(it["FunctionName"]) <= NAME_MAX,
    },
    "AWS::DynamoDB::Table": {
        "is billed by request": lambda it: it["BillingMode"] == "PAY_PER_REQUEST",
        "can be restored": lambda it: it["PointInTimeRecoverySpecification"][
            "PointInTimeRecoveryEnabled"
        ],
        "is protected": lambda it: it["DeletionProtectionEnabled"] is True,
        "has the service's key": lambda it: "KMSMasterKeyId" in it["SSESpecification"],
    },
    "AWS::S3::Bucket": {
        "is closed": lambda it: all(it["PublicAccessBlockConfiguration"].values()),
        "is encrypted": lambda it: "BucketEncryption" in it,
    },
    "AWS::KMS::Key": {"rotates": lambda it: it["EnableKeyRotation"] is True},
    "AWS::Logs::LogGroup": {"forgets in time": lambda it: it["RetentionInDays"] > 0},
    "AWS::IAM::Role": {"names actions and resources": lambda it: not wildcards(it)},
}


def broken(kind: str, properties: Json) -> list[str]:
    """The rules of `kind` that a resource does not keep."""
    return [rule for rule, kept in RULES[kind].items() if not holds(kept, properties)]


def holds(rule: Rule, properties: Json) -> bool:
    try:
        return rule(properties)
    except KeyError:
        return False


def wildcards(role: Json) -> list[str]:
    """Rights of a role that name no action, or no resource."""
    found = []
    for policy in role.get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, resources = (_listed(statement[key]) for key in ("Action", "Resource"))
            found += [action for action in actions if "*" in action]
            found += [resource for resource in resources if resource == "*"]
    return found


def behind_api(found: Service) -> dict[str, int]:
    """Time-outs in seconds of the functions that an API waits for."""
    called = {route.function for route in found.routes} & set(found.functions)
    return {name: found.functions[name].timeout_s for name in called}


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", KEEPERS)
@pytest.mark.parametrize("kind", RULES)
def test_every_resource_keeps_the_rules_of_its_kind(name: str, kind: str) -> None:
    resources = service(name).resources(kind)
    expect_none(
        f"{each}: not so: {rule}"
        for each, properties in resources.items()
        for rule in broken(kind, properties)
    )


@EVERY_SERVICE
def test_no_function_outlives_the_gateway(name: str) -> None:
    slow = {
        function: timeout_s
        for function, timeout_s in behind_api(service(name)).items()
        if timeout_s > TIMEOUT_BEHIND_API_S
    }
    expect_none(slow)


@EVERY_SERVICE
def test_tables_are_named_after_stage_service_and_table(name: str) -> None:
    tables = service(name).resources("AWS::DynamoDB::Table")
    prefix = f"{STAGE}-{name}-"
    names = [table["TableName"] for table in tables.values()]
    expect_none(table for table in names if not table.startswith(prefix))


@pytest.mark.parametrize("name", KEEPERS)
def test_what_holds_data_outlives_its_stack(name: str) -> None:
    kinds = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"}
    lost = [
        logical_id
        for logical_id, resource in service(name).source["Resources"].items()
        if resource["Type"] in kinds
        and {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")} != {"Retain"}
    ]
    expect_none(lost)


@pytest.mark.parametrize(
    ("kind", "properties", "rule"),
    [
        ("AWS::Lambda::Function", {"FunctionName": "x" * 65}, "has a name that fits"),
        ("AWS::DynamoDB::Table", {"DeletionProtectionEnabled": False}, "is protected"),
        ("AWS::S3::Bucket", {}, "is closed"),
        ("AWS::KMS::Key", {"EnableKeyRotation": False}, "rotates"),
        ("AWS::Logs::LogGroup", {}, "forgets in time"),
    ],
)
def test_a_resource_that_breaks_a_rule_is_reported(kind: str, properties: Json, rule: str) -> None:
    assert rule in broken(kind, properties)


@pytest.mark.parametrize(("action", "resource"), [("sqs:*", "arn:q"), ("sqs:SendMessage", "*")])
def test_a_right_to_everything_is_reported(action: str, resource: str) -> None:
    statement = {"Effect": "Allow", "Action": [action], "Resource": resource}
    role = {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}
    assert broken("AWS::IAM::Role", role) == ["names actions and resources"]
