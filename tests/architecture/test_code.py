"""What the linters cannot say about our own code: sizes, and calls that are banned here."""

import ast
from collections.abc import Callable, Iterator
from pathlib import PurePath

import pytest

from tests.architecture.templates import SERVICES, Service, expect_none, sources
from tests.support.intrinsics import ROOT

Rule = Callable[[str, ast.AST], bool]

FILE_MAX = 300
FUNCTION_MAX = 40
# Known and meant: the rule, the end of the file's path, and why.
EXCEPTIONS = {
    ("is_float", "client_api/texts.py"): "the weight of a language in Accept-Language",
    ("is_float", "receipts/fonts.py"): "points on a page",
    ("is_float", "sandbox/fiscal.py"): "a quantity, which the fiscal format has as a number",
    ("compares_secret", "qr_orders/use_cases/orders.py"): "of a basket: is it the same bill?",
    ("compares_secret", "use_cases/cashback.py"): "of a message: does it say the same again?",
    ("compares_secret", "sandbox/transactions.py"): "of a request: is it the same again?",
    ("compares_secret", "sandbox/use_cases.py"): "of a request: is it the same again?",
}
_SECRETS = ("digest", "signature", "secret", "token")
_VERBS = {"get", "post", "put", "patch", "delete", "head", "request"}


def is_float(place: str, node: ast.AST) -> bool:
    """Money is whole minor units; only time may be a fraction."""
    match node:
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value="inf" | "-inf")]):
            return False
        case ast.Call(func=ast.Name(id="float")):
            return True
    return False


def reads_wall_clock(place: str, node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="now" | "utcnow" | "today", value=receiver)):
            told = ast.unparse(receiver) in ("datetime", "datetime.datetime", "date")
            return told and not place.endswith("shared/clock.py")
        case ast.Call(func=ast.Attribute(attr="time", value=ast.Name(id="time"))):
            return True
    return False


def writes_unconditionally(place: str, node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="batch_write" | "batch_write_item"):
            return True
    return False


def calls_without_timeout(place: str, node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=verb, value=receiver), keywords=keywords):
            by_requests = ast.unparse(receiver).endswith(("requests", "session"))
            return (
                by_requests
                and verb in _VERBS
                and "timeout" not in {keyword.arg for keyword in keywords}
            )
    return False


def prints(place: str, node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="print")):
            return True
    return False


def compares_secret(place: str, node: ast.AST) -> bool:
    """`==` stops at the first difference; a row's `Model.token == x` is a DynamoDB condition."""
    match node:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right]):
            sides = [ast.unparse(left), ast.unparse(right)]
            if any("Row." in side for side in sides) or place.endswith("shared/tasks.py"):
                return False
            names = [side.rpartition(".")[2].lower() for side in sides]
            return any(name.endswith(_SECRETS) for name in names)
    return False


def imports_past_the_edge(place: str, node: ast.AST) -> bool:
    """A function file knows shared code and its own layer, nothing else of ours or of others."""
    folder, service, *_ = PurePath(place).parts
    if folder != "functions":
        return False
    match node:
        case ast.ImportFrom(module=str(module)):
            names = {module}
        case ast.Import(names=found):
            names = {each.name for each in found}
        case _:
            return False
    known = {*Service(service).packages, "shared"}
    ours = {*SERVICES, "boto3", "botocore", "chalice", "pynamodb", "requests", "reportlab"}
    return any(name.partition(".")[0] in ours - known for name in names)


RULES: tuple[Rule, ...] = (
    is_float,
    reads_wall_clock,
    writes_unconditionally,
    calls_without_timeout,
    prints,
    compares_secret,
    imports_past_the_edge,
)


def offences(rule: Rule) -> Iterator[str]:
    for place, tree in sources("layers", "functions"):
        for node in ast.walk(tree):
            if rule(place, node) and not excepted(rule, place):
                yield f"{place}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)[:60]}"


def excepted(rule: Rule, place: str) -> bool:
    return any(rule.__name__ == name and place.endswith(end) for name, end in EXCEPTIONS)


def long_functions() -> Iterator[str]:
    for place, tree in sources("layers", "functions", "local", "tests"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_MAX:
                    yield f"{place}:{node.lineno}: {node.name} has {lines} lines"


@pytest.mark.parametrize(("name", "end"), EXCEPTIONS)
def test_no_exception_outlives_its_reason(name: str, end: str) -> None:
    (rule,) = (rule for rule in RULES if rule.__name__ == name)
    trees = [(place, tree) for place, tree in sources("layers") if place.endswith(end)]
    assert any(rule(place, node) for place, tree in trees for node in ast.walk(tree))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_code_does_not(rule: Rule) -> None:
    expect_none(offences(rule))


def test_no_function_is_longer_than_a_screen() -> None:
    expect_none(long_functions())


def test_no_file_is_longer_than_its_reader_can_hold() -> None:
    long = {
        place: count
        for folder in ("layers", "functions", "local")
        for place in (ROOT / folder).rglob("*.py")
        if (count := len(place.read_text(encoding="utf-8").splitlines())) > FILE_MAX
    }
    assert long == {}


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (is_float, "amount = float(wire.sum) * 100"),
        (reads_wall_clock, "at = datetime.now(UTC)"),
        (reads_wall_clock, "at = time.time()"),
        (writes_unconditionally, "with OrderRow.batch_write() as batch: ..."),
        (calls_without_timeout, "requests.post(url, json=body)"),
        (calls_without_timeout, "self._session.request('GET', url)"),
        (prints, "print(order)"),
        (compares_secret, "valid = signature == expected"),
        (compares_secret, "valid = stored.digest != found"),
        (imports_past_the_edge, "from qr_partners.model import Partner"),
        (imports_past_the_edge, "import boto3"),
    ],
)
def test_a_banned_line_is_reported(rule: Rule, source: str) -> None:
    tree = ast.parse(source)
    assert any(rule("functions/qr_orders/create.py", node) for node in ast.walk(tree))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (is_float, "never = float('inf')"),
        (reads_wall_clock, "at = self.clock.now()"),
        (calls_without_timeout, "requests.post(url, timeout=(1, 5))"),
        (compares_secret, "mine = TaskRow.token == ticket.token"),
        (compares_secret, "valid = hmac.compare_digest(signature, expected)"),
        (imports_past_the_edge, "from qr_orders import wiring"),
    ],
)
def test_an_allowed_line_is_not_reported(rule: Rule, source: str) -> None:
    tree = ast.parse(source)
    assert not any(rule("functions/qr_orders/create.py", node) for node in ast.walk(tree))
