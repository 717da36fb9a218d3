"""No remote call goes uncrashed: what any proof calls is a point of some crash enumeration."""

from collections.abc import Callable, Iterable, Sequence
from types import FunctionType

from tests.proofs.flow import Flow
from tests.proofs.flows import FLOWS
from tests.proofs.pairs import PAIRS
from tests.proofs.phases import ALL
from tests.support import calls
from tests.support.calls import Call
from tests.support.crash import Injector, points_of
from tests.support.town import Town

# Read once a process, before anything is written: a crash there is one before the first call.
_COLD_START = "secretsmanager"
# Where a call comes from: its Lambda, the call, and the line of a use case that led to it.
Site = tuple[str, str, str, str]


def sites(found: Iterable[Call]) -> set[Site]:
    """Those of code of ours; a test's own calls come from no Lambda."""
    return {
        (call.flow, call.service, call.operation, call.work_site)
        for call in found
        if call.flow and call.service != _COLD_START
    }


def of_pairs(place: Town) -> None:
    """Each pair one after the other; `make test-proofs` has both orders."""
    begin = place.aws.snapshot()
    for pair in PAIRS:
        order_id = pair.state(place)
        start = place.aws.snapshot()
        orders = ((pair.first, pair.second), (pair.second, pair.first))
        for one, other in orders if ALL else orders[:1]:
            place.aws.restore(start)
            one(place, order_id)
            other(place, order_id)
            place.settle(rounds=4)
            place.sweep_alone(rounds=2)
        place.aws.restore(begin)


def uncovered(
    place: Town, flows: Sequence[Flow], others: Sequence[Callable[[Town], object]]
) -> set[Site]:
    """Sites that clean runs of the flows, and of `others`, pass outside of every crashed part."""
    crashed: set[Site] = set()
    begin = place.aws.snapshot()
    with calls.intercepting(seen := Injector()):
        for flow in flows:
            run, recover, check = flow.begin(place)
            crashed |= sites(points_of(run))
            recover()
            check()
            place.aws.restore(begin)
        for other in others:
            other(place)
    return sites(seen.calls) - crashed


def test_every_remote_call_of_every_proof_is_crashed_at(place: Town) -> None:
    found = uncovered(place, FLOWS, [of_pairs])

    assert not found, "\n".join(" ".join(site) for site in sorted(found))


def test_a_call_that_no_flow_makes_is_missed(place: Town) -> None:
    """Without the flows that clear, the sites of the workers that clear are missing."""
    few = [flow for flow in FLOWS if flow.name in ("creating", "paying")]

    found = uncovered(place, few, [])

    assert {flow for flow, *_ in found} >= {"qr_orders.tasks.close"}


def test_one_more_line_with_a_call_is_missed(place: Town) -> None:
    """A made-up line of a use case, called beside the flows."""
    site = calls.ROOT / "layers/qr_orders/python/qr_orders/use_cases/made_up.py"
    code = compile("from shared import aws\naws.client('sqs').list_queues()", str(site), "exec")

    def made_up(_place: Town) -> None:
        with calls.flow("qr_orders.made_up"):
            FunctionType(code, {})()

    found = uncovered(place, [flow for flow in FLOWS if flow.name == "creating"], [made_up])

    line = "layers/qr_orders/python/qr_orders/use_cases/made_up.py:2"
    assert ("qr_orders.made_up", "sqs", "ListQueues", line) in found
