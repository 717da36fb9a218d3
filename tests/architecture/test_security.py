"""Rules of security that a single resource does not show, or that only ours have (RELIABILITY 5.2).

docs/security.md says of each rule which test holds it, and on what that test has fired.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.architecture.callers import kind
from tests.architecture.templates import KEEPERS, STAGE, Service, expect_none, service
from tests.support.intrinsics import ACCOUNT, REGION, Json

FOURTEEN_DAYS_S = 1_209_600
LOGS_KEPT_DAYS = 90
KEY_REMEMBERED_S = 60
# Values that are secrets themselves; the name of a secret, or of a key, is none.
_A_SECRET = re.compile(r"(PASSWORD|PASSPHRASE|PRIVATE_KEY|API_KEY|ACCESS_KEY|TOKEN|PEPPER)S?$")
_NAME_OF_A_SECRET = re.compile(rf"{STAGE}(/[\w-]+)*|arn:aws:secretsmanager:\S+")
_IN_CONTEXT = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


def open_queues(found: Service) -> Iterator[str]:
    """Queues that take a message over plain HTTP; a queue has one policy, the last one written."""
    policies = found.resources("AWS::SQS::QueuePolicy").values()
    for queue in found.resources("AWS::SQS::Queue").values():
        name = queue["QueueName"]
        mine = [
            each for each in policies if any(url.endswith(f"/{name}") for url in each["Queues"])
        ]
        if len(mine) != 1:
            yield f"{name}: {len(mine)} queue policies; one must be TlsOnly, as QueuesPolicy is"
        elif not any(map(is_tls_only, mine[0]["PolicyDocument"]["Statement"])):
            yield f"{name}: its policy allows plain HTTP"


def is_tls_only(statement: Json) -> bool:
    denied = (statement["Effect"], statement["Principal"], statement["Action"])
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    return denied == ("Deny", "*", "sqs:*") and statement.get("Condition") == insecure


def leaking_dlqs(found: Service) -> Iterator[str]:
    """The last place of a message: it goes nowhere from there, and not before anyone has looked."""
    for queue in found.resources("AWS::SQS::Queue").values():
        if queue["QueueName"].endswith("-dlq"):
            if "RedrivePolicy" in queue:
                yield f"{queue['QueueName']}: a DLQ of a DLQ"
            if queue.get("MessageRetentionPeriod") != FOURTEEN_DAYS_S:
                yield f"{queue['QueueName']}: forgets before 14 days"
            if queue.get("SqsManagedSseEnabled") is not True:
                yield f"{queue['QueueName']}: not encrypted"


def streams(found: Service) -> Iterator[str]:
    """A stream needs bisecting, a limit of age and a place for what fails: we have none."""
    for mapping in found.resources("AWS::Lambda::EventSourceMapping").values():
        if not mapping["EventSourceArn"].startswith("arn:aws:sqs:"):
            yield f"{mapping['FunctionName']}: fed by {mapping['EventSourceArn']}, no queue"


def unheard(found: Service) -> Iterator[str]:
    """Functions that a topic or a bus calls, whose failed events go nowhere."""
    configured = found.resources("AWS::Lambda::EventInvokeConfig").values()
    limited = {each["FunctionName"] for each in configured if "MaximumEventAgeInSeconds" in each}
    kept = {
        each["FunctionName"]
        for each in found.resources("AWS::Lambda::Function").values()
        if "DeadLetterConfig" in each
    }
    for function in found.functions.values():
        if kind(function, ()) in {"topic", "subscribers"}:
            if function.name not in kept:
                yield f"{function.stem}: no place for an event that fails"
            if function.name not in limited:
                yield f"{function.stem}: no limit of an event's age"


def hasty_schedules(found: Service) -> Iterator[str]:
    """A schedule repeats for a day, 185 times, unless it is told to give up sooner."""
    for name, schedule in found.resources("AWS::Scheduler::Schedule").items():
        retries = schedule["Target"].get("RetryPolicy", {})
        if retries.get("MaximumRetryAttempts", 185) < 2:
            yield f"{name}: a missed call is not repeated"


def unbound_keys(found: Service) -> Iterator[str]:
    """Rights to a key for whatever was ever sealed with it."""
    for function in found.functions.values():
        for statement in function.statements:
            condition = str(statement.get("Condition", ""))
            if "kms:EncryptionContext:" not in condition:
                for action in _listed(statement["Action"]):
                    if action in _IN_CONTEXT:
                        yield f"{function.stem}: {action} in any context"


def open_buckets(found: Service) -> Iterator[str]:
    """Buckets without a policy of their own, or whose objects stay as they are for ever."""
    policies = found.resources("AWS::S3::BucketPolicy").values()
    guarded = {str(policy["Bucket"]) for policy in policies}
    for name, bucket in found.resources("AWS::S3::Bucket").items():
        if bucket["BucketName"] not in guarded:
            yield f"{name}: no bucket policy"
        if not bucket.get("LifecycleConfiguration", {}).get("Rules"):
            yield f"{name}: no lifecycle"


def mortal(found: Service) -> Iterator[str]:
    """What cannot be made again, and would go with its stack."""
    kept = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"}
    for name, resource in found.raw.items():
        if resource["Type"] in kept:
            policies = {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")}
            if policies != {"Retain"}:
                yield f"{name}: goes with its stack"


def told_secrets(found: Service) -> Iterator[str]:
    for function in found.functions.values():
        for name, value in function.environment.items():
            if _A_SECRET.search(name):
                yield f"{function.stem}: {name} in the environment"
            elif name.endswith("_SECRET") and not _NAME_OF_A_SECRET.fullmatch(str(value)):
                yield f"{function.stem}: {name} is not the name of a secret"


def talkative_logs(found: Service) -> Iterator[str]:
    for name, group in found.resources("AWS::Logs::LogGroup").items():
        if group["RetentionInDays"] > LOGS_KEPT_DAYS:
            yield f"{name}: kept for more than {LOGS_KEPT_DAYS} days"
        if "KmsKeyId" not in group:
            yield f"{name}: not under the service's key"
    for name, stage in found.resources("AWS::ApiGatewayV2::Stage").items():
        written = stage.get("AccessLogSettings", {}).get("Format", "$")
        if "$" in written.replace("$context.", ""):
            yield f"{name}: writes what is no $context"
        if stage["DefaultRouteSettings"].get("DataTraceEnabled"):
            yield f"{name}: writes whole requests"


def long_memories(found: Service) -> Iterator[str]:
    """Gateways that let a key in for longer than it may live after it is revoked (decision 13)."""
    for name, each in found.resources("AWS::ApiGatewayV2::Authorizer").items():
        if each["AuthorizerType"] == "REQUEST":
            kept_s = int(each.get("AuthorizerResultTtlInSeconds", 300))
            if kept_s > KEY_REMEMBERED_S:
                yield f"{name}: remembers a key for {kept_s} s"


def wide_resources(found: Service) -> Iterator[str]:
    """Rights on what is another account's, another region's, or of every name."""
    for function in found.functions.values():
        for statement in function.statements:
            for resource in _listed(statement["Resource"]):
                parts = f"{resource}::::".split(":", 5)
                place = [ACCOUNT, REGION] if parts[4] else ["", ""]
                wild = "*" in resource.rstrip("*") or (
                    resource.endswith("*") and not resource.endswith(("/*", "/index/*"))
                )
                ours = resource.startswith(STAGE) or [parts[4], parts[3]] == place
                if wild or not ours:
                    yield f"{function.stem}: {resource}"


def strange_callers(found: Service) -> Iterator[str]:
    for name, permission in found.resources("AWS::Lambda::Permission").items():
        source = str(permission.get("SourceArn", "*"))
        if ACCOUNT not in source and not source.startswith((STAGE, "arn:aws:s3:::")):
            yield f"{name}: called by {source}"


def old_tls(found: Service) -> Iterator[str]:
    for name, domain in found.resources("AWS::ApiGatewayV2::DomainName").items():
        for each in domain["DomainNameConfigurations"]:
            if each.get("SecurityPolicy") != "TLS_1_2":
                yield f"{name}: not TLS 1.2"


RULES: tuple[Callable[[Service], Iterator[str]], ...] = (
    *(open_queues, leaking_dlqs, streams, unheard, hasty_schedules, unbound_keys, open_buckets),
    *(
        mortal,
        told_secrets,
        talkative_logs,
        long_memories,
        wide_resources,
        strange_callers,
        old_tls,
    ),
)


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", KEEPERS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_every_service_keeps_the_rule(name: str, rule: Callable[[Service], Iterator[str]]) -> None:
    expect_none(rule(service(name)))


# A service, a path into its expanded resources, what is put there ("" takes it away), and the rule
# that must notice.
SPOILT: list[tuple[str, str, Any, Callable[[Service], Iterator[str]]]] = [
    ("qr_orders", "QueuesPolicy.Properties.Queues.0", "", open_queues),
    ("qr_orders", "QueuesPolicy.Properties.Queues.0", {"Ref": "CashbackNotifyQueue"}, open_queues),
    (
        "qr_orders",
        "QueuesPolicy.Properties.PolicyDocument.Statement.0.Effect",
        "Allow",
        open_queues,
    ),
    ("qr_orders", "CloseDlq.Properties.MessageRetentionPeriod", 3600, leaking_dlqs),
    ("qr_orders", "CloseDlq.Properties.SqsManagedSseEnabled", "", leaking_dlqs),
    ("qr_orders", "CloseDlq.Properties.RedrivePolicy", {"maxReceiveCount": 8}, leaking_dlqs),
    ("qr_orders", "{mapping}.Properties.EventSourceArn", "arn:aws:dynamodb:eu:1:table/x", streams),
    ("operations", "AlertToChatFunction.Properties.DeadLetterConfig", "", unheard),
    ("operations", "AlertToChatFunctionEventInvokeConfig", "", unheard),
    (
        *("qr_orders", "{schedule}.Properties.Target.RetryPolicy"),
        *({"MaximumRetryAttempts": 0}, hasty_schedules),
    ),
    (
        *("fleet_payment_systems_api", "City24FunctionRole.Properties.Policies"),
        *([{"PolicyDocument": {"Statement": [{"Action": "kms:Decrypt", "Resource": "k"}]}}],),
        unbound_keys,
    ),
    ("qr_orders", "ReceiptsBucketPolicy", "", open_buckets),
    ("qr_orders", "ReceiptsBucket.Properties.LifecycleConfiguration", "", open_buckets),
    ("qr_orders", "OrdersTable.UpdateReplacePolicy", "Delete", mortal),
    ("qr_orders", "ReceiptsBucket.DeletionPolicy", "", mortal),
    ("operations", "{variables}.BOT_TOKEN", "123:abc", told_secrets),
    ("operations", "{variables}.CHAT_SECRET", "https://chat.example/hook", told_secrets),
    ("qr_orders", "FunctionLogs.Properties.RetentionInDays", 365, talkative_logs),
    ("qr_orders", "FunctionLogs.Properties.KmsKeyId", "", talkative_logs),
    ("qr_orders", "{stage}.AccessLogSettings.Format", "$request.path", talkative_logs),
    ("qr_orders", "{stage}.DefaultRouteSettings.DataTraceEnabled", True, talkative_logs),
    (
        *("qr_partner_integration", "{authorizer}.Properties.AuthorizerResultTtlInSeconds"),
        *(300, long_memories),
    ),
    ("qr_orders", "{right}", "arn:aws:dynamodb:eu-central-1:210987654321:table/x", wide_resources),
    ("qr_orders", "{right}", "arn:aws:dynamodb:us-east-1:123456789012:table/x", wide_resources),
    ("qr_orders", "{right}", "arn:aws:dynamodb:eu-central-1:123456789012:*", wide_resources),
    ("qr_orders", "{right}", "arn:aws:s3:::test-*/receipts/*", wide_resources),
    ("qr_orders", "{permission}.Properties.SourceArn", "*", strange_callers),
    (
        *("qr_partner_integration", "{domain}.Properties.DomainNameConfigurations.0"),
        *({"SecurityPolicy": "TLS_1_0"}, old_tls),
    ),
]
_PLACES = {
    "{mapping}": ("AWS::Lambda::EventSourceMapping", ""),
    "{schedule}": ("AWS::Scheduler::Schedule", ""),
    "{variables}": ("AWS::Lambda::Function", ".Properties.Environment.Variables"),
    "{stage}": ("AWS::ApiGatewayV2::Stage", ".Properties"),
    "{authorizer}": ("AWS::ApiGatewayV2::Authorizer", ""),
    "{right}": ("AWS::IAM::Role", ".Properties.Policies.0.PolicyDocument.Statement.0.Resource"),
    "{permission}": ("AWS::Lambda::Permission", ""),
    "{domain}": ("AWS::ApiGatewayV2::DomainName", ""),
}


@pytest.mark.parametrize(("name", "path", "value", "rule"), SPOILT)
def test_a_real_template_that_is_spoilt_is_reported(
    name: str, path: str, value: Any, rule: Callable[[Service], Iterator[str]]
) -> None:
    assert list(rule(service(name).changed(lambda resources: spoil(resources, path, value))))


def spoil(resources: Json, path: str, value: Any) -> None:
    """Changes one place; "{mapping}" and the like are the first resource of their type."""
    head, _, rest = path.partition(".")
    if head in _PLACES:
        wanted, below = _PLACES[head]
        first = next(name for name, each in resources.items() if each["Type"] == wanted)
        head = first + below
    *parents, last = f"{head}.{rest}".strip(".").split(".")
    place: Any = resources
    for part in parents:
        place = place[int(part) if isinstance(place, list) else part]
    key: Any = int(last) if isinstance(place, list) else last
    if value == "":
        del place[key]
    else:
        place[key] = value


def test_every_rule_has_fired() -> None:
    expect_none({rule.__name__ for rule in RULES} - {rule.__name__ for *_, rule in SPOILT})
