"""Each service is a stack that stands alone, and the root is a table of contents (DESIGN 1, 11)."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.deployment import FILE, text
from tests.architecture.templates import SERVICES, expect_none
from tests.support.intrinsics import ROOT, Json, read

EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)


def ties(template: Json) -> Iterator[str]:
    """What binds a stack to another one: exports, imports, stacks inside."""
    for name, resource in template["Resources"].items():
        if resource["Type"] in ("AWS::Serverless::Application", "AWS::CloudFormation::Stack"):
            yield f"{name}: a stack inside"
    for name, output in template.get("Outputs", {}).items():
        if "Export" in output:
            yield f"{name}: exported; who imports it could not be changed first"
    for node in _nodes(template):
        if "Fn::ImportValue" in node:
            yield f"imports {node['Fn::ImportValue']}"


def misgiven(application: Json, template: Json) -> Iterator[str]:
    """Parameters that the root passes and nobody has, or that nobody passes."""
    given, declared = application["Properties"]["Parameters"], template["Parameters"]
    yield from (f"{name}: no such parameter" for name in given.keys() - declared.keys())
    for name in declared.keys() - given.keys():
        if "Default" not in declared[name]:
            yield f"{name}: not passed, and without a default"


def _nodes(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)


@EVERY_SERVICE
def test_a_service_stands_alone(name: str) -> None:
    expect_none(ties(read(ROOT / f"templates/{name}.yaml")))


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ({"Resources": {"Inner": {"Type": "AWS::Serverless::Application"}}}, "a stack inside"),
        ({"Resources": {}, "Outputs": {"Url": {"Export": {"Name": "u"}}}}, "Url: exported"),
        ({"Resources": {"A": {"Type": "B", "C": [{"Fn::ImportValue": "u"}]}}}, "imports u"),
    ],
)
def test_a_tie_between_stacks_is_reported(template: Json, problem: str) -> None:
    assert problem in "\n".join(ties(template))


def test_the_root_passes_what_services_ask_for_and_deploys_them_all() -> None:
    applications = read(ROOT / "template.yaml")["Resources"].values()
    templates = {each["Properties"]["Location"]: each for each in applications}

    assert set(templates) == {f"templates/{name}.yaml" for name in SERVICES}
    expect_none(
        f"{place}: {problem}"
        for place, application in templates.items()
        for problem in misgiven(application, read(ROOT / place))
    )


def test_a_parameter_that_is_not_passed_or_not_known_is_reported() -> None:
    application = {"Properties": {"Parameters": {"Stage": "dev", "Colour": "red"}}}
    template = {"Parameters": {"Stage": {}, "Url": {}, "Delay": {"Default": 1}}}
    assert sorted(misgiven(application, template)) == [
        "Colour: no such parameter",
        "Url: not passed, and without a default",
    ]


def test_the_page_of_deployment_has_every_parameter() -> None:
    """`make documents` writes it anew."""
    assert text() == FILE.read_text(encoding="utf-8")
