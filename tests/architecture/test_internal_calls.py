"""Each internal call has its route and its permission; each permission has its call (DESIGN 7)."""

import ast
from dataclasses import dataclass

import pytest

from tests.architecture.templates import (
    SERVICES,
    STAGE,
    Service,
    differences,
    expect_none,
    service,
    sources,
)

_PARTS = 4  # service, function, method, path
EVERY_SERVICE = pytest.mark.parametrize("name", SERVICES)


@dataclass(frozen=True, order=True, slots=True)
class InternalCall:
    """internal.call("<service>", "<function>", "<method>", "<path>") found at `place`."""

    place: str
    service: str
    function: str
    method: str
    path: str

    @property
    def callee(self) -> str:
        return f"{STAGE}-{self.service}-{self.function}"


def calls_in(place: str, tree: ast.Module) -> tuple[list[InternalCall], list[str]]:
    """The internal calls of one file, and the lines of those that are not spelled out."""
    calls, unclear = [], []
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        texts = local_texts(function)
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(attr="call", value=receiver), args=args):
                    if "internal" not in ast.unparse(receiver).lower():
                        continue
                    parts = [texts.get(ast.unparse(arg), "") for arg in args[:_PARTS]]
                    if len(parts) == _PARTS and all(parts):
                        calls.append(InternalCall(place, *parts))
                    else:
                        unclear.append(f"{place}:{node.lineno}: say callee and route as literals")
    return calls, unclear


def local_texts(function: ast.FunctionDef) -> dict[str, str]:
    """Source text -> value, of each literal and of each name that is set to a literal here."""
    found = {}
    for node in ast.walk(function):
        match node:
            case ast.Constant(value=str(text)):
                found[ast.unparse(node)] = text
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                found[name] = text
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for each, value in zip(names, values, strict=False):
                    if isinstance(each, ast.Name) and isinstance(value, ast.Constant):
                        found[each.id] = str(value.value)
    return found


def calls_of(name: str) -> tuple[list[InternalCall], list[str]]:
    calls, unclear = [], []
    for place, tree in sources(f"layers/{name}", f"functions/{name}"):
        found, dark = calls_in(place, tree)
        calls += found
        unclear += dark
    return calls, unclear


def permitted(found: Service) -> set[str]:
    """Functions that the roles of a service may invoke."""
    return {
        resource.rpartition(":function:")[2]
        for function in found.functions.values()
        for statement in function.statements
        if "lambda:InvokeFunction" in _listed(statement["Action"])
        for resource in _listed(statement["Resource"])
    }


def finders(found: Service) -> set[str]:
    """The functions that an operator's find asks by hand: no route, so no internal call."""
    asked = {each.environment.get("FIND_SERVICES", "") for each in found.functions.values()}
    return {f"{STAGE}-{each}-find" for names in asked for each in names.split(",") if each}


def missing_route(call: InternalCall) -> str:
    """Why nobody would answer `call`; "" when somebody does."""
    if call.service not in SERVICES:
        return f"{call.place}: no service {call.service}"
    callee = service(call.service)
    if f"{call.method} {call.path}" not in callee.routes_of(call.callee):
        return f"{call.place}: {call.callee} does not serve {call.method} {call.path}"
    return ""


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


@EVERY_SERVICE
def test_every_internal_call_reaches_a_route(name: str) -> None:
    calls, unclear = calls_of(name)
    expect_none(unclear + [missing_route(call) for call in calls if missing_route(call)])


@EVERY_SERVICE
def test_permissions_to_invoke_are_those_that_calls_need(name: str) -> None:
    needed = {call.callee for call in calls_of(name)[0]} | finders(service(name))
    expect_none(differences(permitted(service(name)), needed, "the policies", "the code"))


def test_a_call_that_nobody_serves_is_reported() -> None:
    source = """
def create(self):
    path, body = "/nowhere/v1/create", {}
    self.internal.call("nowhere", "create", "POST", path, body=body)
"""
    (call,), unclear = calls_in("clients.py", ast.parse(source))
    assert missing_route(call) == "clients.py: no service nowhere"
    assert unclear == []


def test_a_call_with_a_computed_callee_is_reported() -> None:
    source = "def ask(self, name): self.internal.call('qr_orders', name, 'POST', '/create')"
    _, unclear = calls_in("clients.py", ast.parse(source))
    assert len(unclear) == 1
