"""What the functions that guests and tills wait for do not load: PERFORMANCE 5."""

import subprocess
import sys

import pytest

from tests.support.aws_world import aws_world
from tests.support.intrinsics import REGION, ROOT

EVERYWHERE = ("boto3", "requests", "reportlab", "cryptography", "aws_lambda_powertools")
POLLED = (*EVERYWHERE, "pydantic", "pynamodb")


@pytest.mark.parametrize(
    ("service", "function", "heavy"),
    [
        ("qr_partner_integration", "orders_status_list", POLLED),
        ("qr_orders", "get_statuses", POLLED),
        ("qr_orders", "create", EVERYWHERE),
    ],
)
def test_function_starts_without(service: str, function: str, heavy: tuple[str, ...]) -> None:
    program = (
        f"import sys, functions.{service}.{function}\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    with aws_world(service) as world:
        environment = world.environment(service, function)
    loaded = subprocess.run(  # noqa: S603 - the program is the text above
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONPATH": ":".join(sys.path), "AWS_DEFAULT_REGION": REGION, **environment},
        capture_output=True,
        check=True,
    )

    assert loaded.stdout.decode().strip() == "[]"
