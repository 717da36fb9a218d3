"""Rules between resources: a role a function, a log group that exists, layers that are folders."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.expanded import expanded
from tests.architecture.templates import SERVICES, Service, expect_none, service
from tests.support.intrinsics import ROOT, Json, read, resolver


def loose_ends(found: Service) -> Iterator[str]:
    """Functions that share rights or log into nothing; layers that SAM would build anew."""
    roles: set[str] = set()
    groups = {each["LogGroupName"] for each in found.resources("AWS::Logs::LogGroup").values()}
    for name, function in found.resources("AWS::Lambda::Function").items():
        if function["Role"] in roles:
            yield f"{name}: its role is another's, too"
        roles.add(function["Role"])
        if function.get("LoggingConfig", {}).get("LogGroup") not in groups:
            yield f"{name}: logs to a group that is not of this template"
    for name, resource in found.source["Resources"].items():
        if resource["Type"] == "AWS::Serverless::LayerVersion" and "Metadata" in resource:
            yield f"{name}: a layer that SAM would build anew"


@pytest.mark.parametrize("name", SERVICES)
def test_a_template_has_no_loose_ends(name: str) -> None:
    expect_none(loose_ends(service(name)))


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("Role", {"Fn::GetAtt": ["CloseTaskFunctionRole", "Arn"]}, "its role is another's, too"),
        ("LoggingConfig", {"LogGroup": "x"}, "logs to a group that is not of this template"),
    ],
)
def test_a_loose_end_is_reported(key: str, value: Any, problem: str) -> None:
    def spoil(resources: Json) -> None:
        resources["SweepCronFunction"]["Properties"][key] = value

    changed = service("qr_orders").changed(spoil)
    assert list(loose_ends(changed)) == [f"SweepCronFunction: {problem}"]


@pytest.mark.parametrize(("domain", "closed"), [("", False), ("tills.example.com", True)])
def test_a_domain_of_its_own_closes_the_default_address_of_the_tills_api(
    domain: str, closed: bool
) -> None:
    """Decision 15: until then partners call the execute-api address."""
    flat = expanded(read(ROOT / "templates/qr_partner_integration.yaml"))
    (server,) = flat["Resources"]["Api"]["Properties"]["Body"]["servers"]
    found = resolver(flat, {"DomainName": domain}).of(server)
    assert found["x-amazon-apigateway-endpoint-configuration"] == {
        "disableExecuteApiEndpoint": closed
    }
