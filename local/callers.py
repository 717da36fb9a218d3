"""Who calls the local stack: its root, and users made through IAM with a policy or without."""

import json
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config

from local.emulator import REGION

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Credentials of one IAM principal."""

    access_key_id: str
    secret_access_key: str

    def client(self, service: str, endpoint_url: str) -> Any:
        """A boto3 client of the emulator, never through a proxy."""
        return boto3.client(
            service,
            endpoint_url=endpoint_url,
            region_name=REGION,
            config=Config(proxies={}),
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
        )


# The emulator's own key of the account's root, whatever its secret: it deploys, as nobody else may.
ACCOUNT_ROOT: Final = Caller("test", "test")
# All of the running system and none of who may do what in it.
OPERATOR_MAY: Final = (
    "cloudwatch:DescribeAlarms",
    "dynamodb:*",
    "execute-api:Invoke",
    "lambda:*",
    "logs:*",
    "s3:*",
    "secretsmanager:GetSecretValue",
    "sqs:*",
)


def allow(*actions: str, on: str = "*") -> Json:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on}


def create_user(iam: Any, name: str, *statements: Json) -> Caller:
    """A user under these statements and no others; `iam` is a client of somebody who may."""
    iam.create_user(UserName=name)
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Caller(key["AccessKeyId"], key["SecretAccessKey"])
