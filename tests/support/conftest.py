"""What the self-tests of the harness share: a fake AWS with one order to refund."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config

from tests.support.atomic_moto import FakeAws, atomic_aws
from tests.support.refunds import Refunds, refunds


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with atomic_aws() as fake:
        yield fake


@pytest.fixture
def refund(aws: FakeAws) -> Refunds:
    standard = Config(retries={"mode": "standard", "total_max_attempts": 3})
    return refunds(aws, boto3.client("dynamodb", config=standard), boto3.client("sqs"))
