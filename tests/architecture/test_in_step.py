"""Function file, template, routes, event, test and row of a map of one function agree."""

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fleet_payment_systems.specs import Spec
from tests.architecture.callers import authorizers, entries, kind, subscribers
from tests.architecture.templates import (
    EQUIPMENT,
    SERVICES,
    STAGE,
    Function,
    Service,
    differences,
    expect_none,
    service,
    stems,
)
from tests.support.aws_world import aws_world
from tests.support.intrinsics import ROOT, Json

EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)
# Of the test equipment; the map of what is ours is generated (local/endpoint_map.py).
_MAP = ROOT / "docs" / "sandbox.md"
_ROW = re.compile(r"\| *`?(\w+)`? *\| *`([^`]+)` *\| *\[?`([^`]+\.py)`")


def functions_out_of_step(found: Service) -> list[str]:
    """File below functions/ without a Lambda, and the other way round; names that differ."""
    declared = {function.stem: function for function in found.functions.values()}
    files = stems(found.name, found.root)
    problems = differences(files, set(declared), "functions/", "the template")
    for function in declared.values():
        if function.name != f"{STAGE}-{found.name}-{function.short}":
            problems.append(f"{function.stem}: its FunctionName is {function.name}")
    base = found.source.get("Globals", {}).get("Function", {}).get("CodeUri")
    for logical_id, resource in found.source["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            code = resource["Properties"].get("CodeUri", base)
            if code != f"../functions/{found.name}":
                problems.append(f"{logical_id}: its CodeUri is {code}")
    return problems


def event_problem(function: Function, event: Any, kind: str, routes: set[str]) -> str:
    """Why `event` cannot be one of `function`; "" when it can."""
    match kind, event:
        case (
            ("crons", {})
            | ("ops", {"dry_run": True} | {"id": str()})
            | ("topic", {"Records": [{"Sns": {"Message": str()}}]})
            | ("subscribers", {"detail-type": str(), "detail": {}})
        ):
            return ""
        case "authorizer", {"version": "2.0", "type": "REQUEST", "headers": {}}:
            return ""
        case "tasks", {"Records": [{"messageId": str(), "body": str(body)}]}:
            return "" if isinstance(json.loads(body), dict) else "its body is no JSON object"
        case "http", {"version": "2.0", "routeKey": str(key), "requestContext": {"http": {}}}:
            return "" if key in routes else f"no route {key}"
    return f"not the shape of an event of {kind}"


def event_problems(found: Service) -> list[str]:
    folder = found.root / "events" / found.name
    named = {function.short: function for function in found.functions.values()}
    events = {file.stem: file for file in folder.glob("*.json")}
    problems = differences(set(events), set(named), "events/", "the template")
    for short in sorted(events.keys() & named.keys()):
        function = named[short]
        event = json.loads(events[short].read_text(encoding="utf-8"))
        routes = found.routes_of(function.name)
        if problem := event_problem(function, event, kind(function, authorizers()), routes):
            problems.append(f"events/{found.name}/{short}.json: {problem}")
    return problems


def untested(found: Service) -> list[str]:
    """Functions without the test file that their place calls for."""
    folder = found.root / "tests" / found.name
    places = {
        function.stem: folder.joinpath(*function.stem.split(".")[:-1], f"test_{function.short}.py")
        for function in found.functions.values()
    }
    return [
        f"{stem}: no {place.relative_to(found.root)}"
        for stem, place in places.items()
        if not place.is_file()
    ]


def rows(readme: str) -> set[tuple[str, str, str]]:
    """(service, "POST /path" or queue or schedule, function file) of each row of its tables."""
    return {(row[1], row[2], row[3]) for row in _ROW.finditer(readme)}


def expected_rows(found: Service) -> set[tuple[str, str, str]]:
    expected = set()
    for function in found.functions.values():
        file = f"functions/{found.name}/{function.stem.replace('.', '/')}.py"
        for entry in entries(found, function):
            expected.add((found.name, entry, file))
    return expected


def callers_of(found: Service, function: Function) -> set[str]:
    """What may call a function by itself: routes, queues, schedules, topics."""
    targets = {
        "a queue": [
            each["FunctionName"]
            for each in found.resources("AWS::Lambda::EventSourceMapping").values()
        ],
        "a schedule": [
            each["Target"]["Arn"].rpartition(":function:")[2]
            for each in found.resources("AWS::Scheduler::Schedule").values()
        ],
        "a topic": [*subscribers()],
        "a permission": [
            str(each["FunctionName"]).rpartition(":")[2]
            for each in found.resources("AWS::Lambda::Permission").values()
        ],
    }
    callers = {caller for caller, names in targets.items() if function.name in names}
    return callers | found.routes_of(function.name)


def called_ops(found: Service) -> list[str]:
    return [
        f"{function.stem}: called by {caller}"
        for function in found.functions.values()
        if function.stem.startswith("ops.")
        for caller in sorted(callers_of(found, function))
    ]


def served(module: ModuleType) -> set[str]:
    """The routes of a Chalice app, or of the payment system that a file names."""
    routes = getattr(module.app, "routes", {})
    chalice = {f"{method} {path}" for path, methods in routes.items() for method in methods}
    specs = (getattr(each, "spec", None) for each in vars(module).values())
    return chalice.union(*(spec.routes for spec in specs if isinstance(spec, Spec)))


@EVERY_SERVICE
def test_every_function_file_is_a_lambda_of_its_template(name: str) -> None:
    expect_none(functions_out_of_step(service(name)))


@EVERY_SERVICE
def test_apps_route_what_the_template_routes(name: str) -> None:
    found, problems = service(name), []
    with aws_world(name, stage=STAGE) as world:
        for function in found.functions.values():
            routes = served(world.load(name, function.stem))
            declared = found.routes_of(function.name)
            problems += differences(routes, declared, f"{function.stem}.py", "the template")
            if kind(function, authorizers()) == "http" and not routes:
                problems.append(f"{function.stem}: nobody can call it")
    expect_none(problems)


@EVERY_SERVICE
def test_only_an_operator_calls_what_is_done_by_hand(name: str) -> None:
    expect_none(called_ops(service(name)))


def test_a_function_by_hand_that_something_calls_is_reported() -> None:
    def schedule(resources: Json) -> None:
        for resource in resources.values():
            if resource["Type"] == "AWS::Scheduler::Schedule":
                target = resource["Properties"]["Target"]
                target["Arn"] = {"Fn::GetAtt": ["RequeueReceiptOpsFunction", "Arn"]}

    changed = service("qr_orders").changed(schedule)
    assert called_ops(changed) == ["ops.requeue_receipt: called by a schedule"]


@EVERY_SERVICE
def test_every_function_has_a_real_shaped_event(name: str) -> None:
    expect_none(event_problems(service(name)))


@EVERY_SERVICE
def test_every_function_has_a_test_file(name: str) -> None:
    expect_none(untested(service(name)))


def test_the_sandbox_s_map_lists_every_function_and_no_other() -> None:
    listed = rows(_MAP.read_text(encoding="utf-8"))
    expected = set().union(*(expected_rows(service(name)) for name in EQUIPMENT))
    left, right = ({" ".join(row) for row in side} for side in (listed, expected))
    expect_none(differences(left, right, "the map", "the template"))


def test_root_template_nests_every_service() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    nested = set(re.findall(r"Location: templates/(\w+)\.yaml", text))
    expect_none(differences(nested, set(SERVICES), "template.yaml", "templates/"))


_TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String}}
Globals: {Function: {Runtime: python3.13, Timeout: 10, CodeUri: ../functions/shop}}
Resources:
  Api: {Type: AWS::Serverless::HttpApi}
  SellFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${Stage}-shop-sell
      Handler: sell.app
      Events:
        Post: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /shop/v1/sell}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Service:
    """A service in step, but for what each test below does to it."""
    for folder in ("templates", "functions/shop", "events/shop", "tests/shop"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "templates/shop.yaml").write_text(_TEMPLATE)
    (tmp_path / "functions/shop/sell.py").touch()
    (tmp_path / "tests/shop/test_sell.py").touch()
    event = {"version": "2.0", "routeKey": "POST /shop/v1/sell", "requestContext": {"http": {}}}
    (tmp_path / "events/shop/sell.json").write_text(json.dumps(event))
    return Service("shop", tmp_path)


def test_a_service_in_step_is_not_reported(shop: Service) -> None:
    assert functions_out_of_step(shop) + event_problems(shop) + untested(shop) == []
    assert expected_rows(shop) == {("shop", "POST /shop/v1/sell", "functions/shop/sell.py")}


def test_a_function_file_without_a_lambda_is_reported(shop: Service) -> None:
    (shop.root / "functions/shop/buy.py").touch()
    assert functions_out_of_step(shop) == ["buy: in functions/, not in the template"]


def test_a_lambda_without_a_function_file_is_reported(shop: Service) -> None:
    (shop.root / "functions/shop/sell.py").unlink()
    assert functions_out_of_step(shop) == ["sell: in the template, not in functions/"]


def test_an_event_of_another_route_is_reported(shop: Service) -> None:
    file = shop.root / "events/shop/sell.json"
    file.write_text(file.read_text().replace("v1", "v2"))
    assert event_problems(shop) == ["events/shop/sell.json: no route POST /shop/v2/sell"]


def test_a_function_without_a_test_is_reported(shop: Service) -> None:
    (shop.root / "tests/shop/test_sell.py").unlink()
    assert len(untested(shop)) == 1
