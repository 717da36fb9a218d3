"""Rules of single resources in the expanded templates: names, limits, keys, rights (DESIGN 11)."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.architecture.templates import KEEPERS, SERVICES, STAGE, Service, expect_none, service
from tests.support.intrinsics import Json

Rule = Callable[[Json], bool]

NAME_MAX = 64
TIMEOUT_BEHIND_API_S = 25
# Counters of requests, which nobody pays by.
MAY_FORGET = {f"{STAGE}-qr_partner_integration-windows"}
# Never a path, a query, a header or a claim: each may be somebody's secret.
MAY_BE_LOGGED = {
    *("requestId", "routeKey", "status", "responseLatency", "identity.sourceIp"),
    *("integrationErrorMessage", "authorizer.error", "error.message"),
}
# SAM gives it to every role: to write logs, of any group, which only a role written by hand for
# every function would narrow. What it gives for an SQS event (to take from any queue) nobody has:
# mappings are resources of their own.
MANAGED = {"AWSLambdaBasicExecutionRole"}
_CONTEXT = re.compile(r"\$context\.([\w.]+)")
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
        "forgets nothing by itself": lambda it: (
            "TimeToLiveSpecification" not in it or it["TableName"] in MAY_FORGET
        ),
    },
    "AWS::S3::Bucket": {
        "is closed": lambda it: all(it["PublicAccessBlockConfiguration"].values()),
        "is encrypted": lambda it: "BucketEncryption" in it,
    },
    "AWS::S3::BucketPolicy": {
        "asks for TLS": lambda it: denies(it, "Bool", "aws:SecureTransport"),
        "ends signed links": lambda it: denies(it, "NumericGreaterThan", "s3:signatureAge"),
    },
    "AWS::KMS::Key": {
        "rotates": lambda it: it["EnableKeyRotation"] is True,
        "can be saved for 30 days": lambda it: it["PendingWindowInDays"] == 30,
        "trusts nobody without a condition": lambda it: not strangers(it["KeyPolicy"]),
    },
    "AWS::Scheduler::Schedule": {
        "is named by its stack": lambda it: "Name" not in it,  # else nested stacks overwrite it
    },
    "AWS::Lambda::Permission": {"names its caller": lambda it: "SourceArn" in it},
    "AWS::Lambda::EventSourceMapping": {
        "has a limit": lambda it: it["ScalingConfig"]["MaximumConcurrency"] >= 2,
    },
    "AWS::ApiGatewayV2::Stage": {
        "limits its rate": lambda it: (
            it["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
            and it["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0
        ),
        "logs no more than it may": lambda it: (
            set(_CONTEXT.findall(it["AccessLogSettings"]["Format"])) <= MAY_BE_LOGGED
        ),
    },
    "AWS::Logs::LogGroup": {"forgets in time": lambda it: it["RetentionInDays"] > 0},
    "AWS::IAM::Role": {
        "names actions and resources": lambda it: not wildcards(it),
        "has no managed policy but SAM's own": lambda it: (
            {str(arn).rpartition("/")[2] for arn in it.get("ManagedPolicyArns", [])} <= MANAGED
        ),
    },
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


def denies(policy: Json, operator: str, key: str) -> bool:
    """Whether a bucket policy denies everybody what the condition describes."""
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and key in statement.get("Condition", {}).get(operator, {})
        for statement in policy["PolicyDocument"]["Statement"]
    )


def strangers(policy: Json) -> list[Json]:
    """Statements of a key policy that anyone in the world may use."""
    return [
        statement
        for statement in policy["Statement"]
        if "*" in (statement["Principal"], statement["Principal"].get("AWS"))
        and "kms:CallerAccount" not in statement.get("Condition", {}).get("StringEquals", {})
    ]


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


# A resource type, the property of a real one that is spoilt ("" takes it away), and the rule that
# must notice.
SPOILT: list[tuple[str, str, Any, str]] = [
    ("Lambda::Function", "Runtime", "python3.12", "runs python3.13 on arm64"),
    ("Lambda::Function", "MemorySize", "", "says memory and time-out"),
    ("Lambda::Function", "LoggingConfig", "", "logs to a group of its service"),
    ("Lambda::Function", "FunctionName", "x" * 65, "has a name that fits"),
    ("DynamoDB::Table", "BillingMode", "", "is billed by request"),
    ("DynamoDB::Table", "PointInTimeRecoverySpecification", "", "can be restored"),
    ("DynamoDB::Table", "DeletionProtectionEnabled", False, "is protected"),
    ("DynamoDB::Table", "SSESpecification.KMSMasterKeyId", "", "has the service's key"),
    ("DynamoDB::Table", "TimeToLiveSpecification", {"Enabled": True}, "forgets nothing by itself"),
    ("S3::Bucket", "PublicAccessBlockConfiguration.BlockPublicAcls", False, "is closed"),
    ("S3::Bucket", "BucketEncryption", "", "is encrypted"),
    ("S3::BucketPolicy", "PolicyDocument.Statement.0.Condition", "", "asks for TLS"),
    ("S3::BucketPolicy", "PolicyDocument.Statement.1.Effect", "Allow", "ends signed links"),
    ("KMS::Key", "EnableKeyRotation", False, "rotates"),
    ("KMS::Key", "PendingWindowInDays", 7, "can be saved for 30 days"),
    (
        *("KMS::Key", "KeyPolicy.Statement.0.Principal"),
        *({"AWS": "*"}, "trusts nobody without a condition"),
    ),
    ("Scheduler::Schedule", "Name", "sweep", "is named by its stack"),
    ("Lambda::Permission", "SourceArn", "", "names its caller"),
    ("Lambda::EventSourceMapping", "ScalingConfig", "", "has a limit"),
    ("ApiGatewayV2::Stage", "DefaultRouteSettings", "", "limits its rate"),
    (
        "ApiGatewayV2::Stage",
        "AccessLogSettings.Format",
        "$context.path",
        "logs no more than it may",
    ),
    ("Logs::LogGroup", "RetentionInDays", "", "forgets in time"),
    ("IAM::Role", "ManagedPolicyArns.0", "arn:AdministratorAccess", "has no managed policy but"),
]


@pytest.mark.parametrize(("kind", "path", "value", "rule"), SPOILT)
def test_a_real_resource_that_is_spoilt_is_reported(
    kind: str, path: str, value: Any, rule: str
) -> None:
    kind = f"AWS::{kind}"
    good = next(each for name in KEEPERS for each in service(name).resources(kind).values())
    assert broken(kind, good) == []
    assert any(each.startswith(rule) for each in broken(kind, spoilt(good, path, value)))


def spoilt(properties: Json, path: str, value: Any) -> Json:
    """A copy with one property replaced, or taken away when the value is ""."""
    copy = deepcopy(properties)
    *parents, last = (int(part) if part.isdigit() else part for part in path.split("."))
    place: Any = copy
    for part in parents:
        place = place[part]
    if value == "":
        del place[last]
    else:
        place[last] = value
    return copy


@pytest.mark.parametrize(("action", "resource"), [("sqs:*", "arn:q"), ("sqs:SendMessage", "*")])
def test_a_right_to_everything_is_reported(action: str, resource: str) -> None:
    statement = {"Effect": "Allow", "Action": [action], "Resource": resource}
    role = {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}
    assert broken("AWS::IAM::Role", role) == ["names actions and resources"]
