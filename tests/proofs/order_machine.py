"""Orders driven at random by everybody at once, each answer and each step held against a model.

One town for all runs; a run starts from a snapshot with an order that is new, one that is held and
two that are cleared, so that the deep states are as near as the shallow ones.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared import aws
from shared.http_event import event
from tests.proofs.order_books import Watch, check_step
from tests.proofs.order_end import check_end, finish
from tests.proofs.order_model import BILLS, Account, Ask, Forbidden, require, total
from tests.proofs.phases import warm_town
from tests.qr_orders.support import hasty
from tests.support import calls
from tests.support.atomic_moto import Snapshot
from tests.support.crash import fault_at
from tests.support.faults import Crash, Fault
from tests.support.interrupt import interrupted
from tests.support.intrinsics import Json
from tests.support.orders import PARTNER, close, create, refund
from tests.support.town import Town

TTL_S: Final = 1200
SILENCE_S: Final = 400
ORDERS_MAX: Final = 6
NAMES: Final = {"1": ("Борщ", "pcs"), "2": ("Стейк рибай", "pcs")}
CARDS: Final = (
    *("card-ok", "card-callback-dup", "card-callback-lost", "card-callback-reorder"),
    *("card-slow-65", "card-clear-fails-2x", "card-refund-fails-2x"),
)
BAD_CARDS: Final = ("card-insufficient", "card-fraud", "card-3ds")
KINDS: Final = (Fault.BEFORE, Fault.AFTER, Fault.LOST_ANSWER_FINAL, Fault.THROTTLED_ONCE)
Answer = tuple[int, Json]


@dataclass(frozen=True, slots=True)
class Act:
    """A request, and what the model makes of a yes to it; `sure` when no would be wrong (M18)."""

    ask: Callable[[], Answer]
    yes: Callable[[Account, Json], object]
    sure: bool = False


@dataclass(slots=True)
class Base:
    """The town of all runs, where a run starts, and what has been seen in all of them."""

    town: Town
    start: Snapshot
    accounts: list[Account]
    steps: int = 0
    seen: Counter[str] = field(default_factory=Counter)


def money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def lines(version: int) -> list[Json]:
    """The bill of that version on the wire; what a line costs less than its price is a discount."""
    found = []
    for name, (count, minor) in BILLS[version - 1].items():
        price = -(-minor // count)
        row = {"id": name, "name": NAMES[name][0], "unit": NAMES[name][1], "vat": "20"}
        row |= {"quantity": str(count), "price": money(price), "total": money(minor)}
        found.append(row | {"discount": money(price * count - minor)})
    return found


def open_account(town: Town, number: str, policy: str) -> Account:
    status, body = ask_create(town, number, policy, 1)
    assert status == 200, body
    expires_at = town.aws.clock.milliseconds() + TTL_S * 1000
    return Account(number, str(body["order_id"]), policy, expires_at)


def paid_account(town: Town, number: str, card: str) -> Account:
    account = open_account(town, number, "cancel")
    status, body = ask_pay(town, account, "guest-1", card, "first")
    assert status == 200, body
    account.paid(0, "first", "guest-1", card, 1)
    return account


def ask_create(town: Town, number: str, policy: str, version: int) -> Answer:
    return create(
        town,
        external_order_id=number,
        external_version=version,
        items=lines(version),
        total=money(total(BILLS[version - 1])),
        expires_in_sec=TTL_S,
        partner=hasty(SILENCE_S, on_expire_held=policy),
    )


def ask_pay(town: Town, account: Account, guest: str, card: str, key: str) -> Answer:
    body = {
        "order_id": account.order_id,
        "user_id": guest,
        "payment_method": {"type": "card", "id": card},
        "version": account.version,
        "expected_total": money(account.total),
        "idempotency_key": key,
    }
    request = event("POST", "/qr-orders/v1/start-payment", body=body)
    return town.call("qr_orders", "start_payment", request)


@contextmanager
def base() -> Iterator[Base]:
    """The town, warm, with its three orders and nothing on its way."""
    with warm_town() as town:
        held, cleared, brittle = (
            paid_account(town, name, card)
            for name, card in (
                ("held", "card-clear-fails-2x"),
                ("cleared", "card-ok"),
                ("brittle", "card-refund-fails-2x"),
            )
        )
        town.settle(rounds=2)
        for account in (cleared, brittle):
            assert close(town, account.order_id)[0] == 200
            account.said(0, "closed")
        town.settle(rounds=8)
        accounts = [open_account(town, "new", "close"), held, cleared, brittle]
        town.lose_messages()
        yield Base(town, town.aws.snapshot(), accounts)


class OrderMachine(RuleBasedStateMachine):
    """Rules are what guests, tills, operators, queues, clocks and bad luck may do."""

    base: ClassVar[Base]

    @initialize()
    def begin(self) -> None:
        self.town = self.base.town
        self.town.aws.restore(self.base.start)
        self.accounts = deepcopy(self.base.accounts)
        self.luck: tuple[int, Fault] | None = None
        self.watch = Watch()

    @rule(policy=st.sampled_from(["cancel", "close"]))
    def open(self, policy: str) -> None:
        number = f"order-{len(self.accounts)}"
        if len(self.accounts) == ORDERS_MAX:
            number = self.accounts[-1].number
            policy = self.accounts[-1].policy
        status, body = self._insist(lambda: ask_create(self.town, number, policy, 1))
        if len(self.accounts) == ORDERS_MAX:
            known = self.accounts[-1]
            assert status != 200 or (body["order_id"], known.version) == (known.order_id, 1)
            return
        assert status == 200, body
        expires_at = self.now + TTL_S * 1000
        self.accounts.append(Account(number, str(body["order_id"]), policy, expires_at))

    @rule(which=st.integers(0, 9))
    def replace(self, which: int) -> None:
        self._play(self._replacing(self._one(which)), self._one(which))

    @rule(which=st.integers(0, 9), guest=st.sampled_from("ab"), card=st.sampled_from(CARDS))
    def pay(self, which: int, guest: str, card: str) -> None:
        account = self._one(which)
        self._play(self._paying(account, guest, card), account)

    @rule(which=st.integers(0, 9), card=st.sampled_from(BAD_CARDS))
    def pay_in_vain(self, which: int, card: str) -> None:
        account = self._one(which)
        self._play(self._paying(account, "a", card), account)

    @rule(which=st.integers(0, 9))
    def pay_again(self, which: int) -> None:
        """The same tap once more: the same payment, whatever became of it."""
        account = self._one(which)
        if account.keys:
            guest, card, key = account.guests[-1], account.cards[-1], account.keys[-1]
            self._play(self._paying(account, guest, card, key), account)

    @rule(which=st.integers(0, 9))
    def confirm_3ds(self, which: int) -> None:
        account = self._one(which)
        invoice_id = f"{account.order_id}-{len(account.cards)}"
        route = "/transactions/invoices/{invoice_id}/confirm-3ds"
        request = event("POST", route, path={"invoice_id": invoice_id})
        with calls.outside():
            self.town.call("sandbox", "transactions", request)

    @rule(
        which=st.integers(0, 9),
        status=st.sampled_from(["closed", "closed", "cancelled", "expired"]),
        admin=st.booleans(),
    )
    def say(self, which: int, status: str, admin: bool) -> None:
        account = self._one(which)
        self._play(self._saying(account, status, admin), account)

    @rule(
        which=st.integers(0, 9),
        number=st.integers(1, 4),
        dish=st.sampled_from("12"),
        kind=st.sampled_from(["quantity", "quantity", "amount", "amount", "amount", "full"]),
        size=st.sampled_from([1, 2, 3, 86, 33333, 40000, 77000]),
    )
    def refund(self, which: int, number: int, dish: str, kind: str, size: int) -> None:
        account = self._one(which)
        self._play(self._refunding(account, f"rf-{number}", dish, kind, size), account)

    @rule(
        which=st.integers(0, 9),
        first=st.integers(0, 7),
        second=st.integers(0, 7),
        at=st.integers(1, 12),
    )
    def two_at_once(self, which: int, first: int, second: int, at: int) -> None:
        """One is interrupted at one of its calls by all of the other; some order explains it."""
        account = self._one(which)
        makers = [
            partial(self._paying, account, "a", "card-ok"),
            partial(self._paying, account, "b", "card-ok"),
            partial(self._replacing, account),
            partial(self._saying, account, "closed", False),
            partial(self._saying, account, "cancelled", False),
            partial(self._refunding, account, "rf-8", "1", "quantity", 1),
            partial(self._refunding, account, "rf-9", "2", "amount", 40000),
            partial(self._refunding, account, "rf-9", "1", "full", 1),
        ]
        acts = makers[first](), makers[second]()
        answers = interrupted(acts[0].ask, acts[1].ask, at)
        self._explain(account, list(zip(acts, answers, strict=True)))

    @rule(which=st.integers(0, 9))
    def poll(self, which: int) -> None:
        ids = [self._one(which).order_id]
        body = {"order_ids": ids, "partner_ids": [PARTNER], "touch_activity": True}
        request = event("POST", "/qr-orders/v1/get-statuses", body=body)
        assert self.town.call("qr_orders", "get_statuses", request)[0] == 200

    @rule()
    def check_silence(self) -> None:
        self._meet(
            lambda: self.town.run("qr_partner_integration", "crons.check_external_activity", {})
        )

    @rule(which=st.integers(0, 50), many=st.integers(1, 6))
    def deliver(self, which: int, many: int) -> None:
        """Some messages, each of any queue that has one."""
        for _ in range(many):
            waiting = [name for name in self.town.aws.waiting() if not name.endswith("-dlq")]
            if not waiting:
                return
            self._meet(partial(self._hand_over, waiting[which % len(waiting)]))

    @rule(seconds=st.sampled_from([1, 3]))
    def go_on(self, seconds: int) -> None:
        """The usual course of a few seconds."""
        for _ in range(3):
            self.deliver(0, 6)
            self.town.aws.clock.advance(seconds)

    @rule(seed=st.integers(0, 99))
    def reorder_messages(self, seed: int) -> None:
        self.town.aws.shuffle_messages(lambda found: Random(seed).sample(found, len(found)))

    @rule()
    def repeat_messages(self) -> None:
        for name in self.town.aws.waiting():
            url = f"https://sqs.eu-central-1.amazonaws.com/123456789012/{name}"
            client = aws.client("sqs")
            answer = client.receive_message(QueueUrl=url, VisibilityTimeout=0)
            for message in answer.get("Messages", []):
                client.send_message(QueueUrl=url, MessageBody=message["Body"])

    @rule()
    def lose_messages(self) -> None:
        self.town.lose_messages()

    @rule(system=st.sampled_from(["transactions", "eda", "notify"]), calls_=st.integers(1, 2))
    def break_outside(self, system: str, calls_: int) -> None:
        self._break(system, calls_)

    @rule(at=st.integers(1, 25), fault=st.sampled_from(KINDS))
    def bad_luck(self, at: int, fault: Fault) -> None:
        """The next request, or the next work on a queue, meets a fault at its `at`-th call."""
        self.luck = at, fault

    @rule(seconds=st.sampled_from([1, 20, 90, 310, 700]))
    def wait(self, seconds: int) -> None:
        self.town.aws.clock.advance(seconds)

    @rule()
    def sweep(self) -> None:
        self._meet(self.town.sweep)

    @invariant()
    def books_agree(self) -> None:
        self.base.steps += 1
        self.base.seen.update(check_step(self.town, self.accounts, self.watch))

    def teardown(self) -> None:
        if hasattr(self, "accounts"):
            self.luck = None
            for system in ("transactions", "eda", "notify"):
                self._break(system, 0)
            finish(self.town, self.accounts)
            check_step(self.town, self.accounts, self.watch)
            self.base.seen.update(check_end(self.town, self.accounts))

    @property
    def now(self) -> int:
        return self.town.aws.clock.milliseconds()

    def _one(self, which: int) -> Account:
        return self.accounts[which % len(self.accounts)]

    def _replacing(self, account: Account) -> Act:
        version = 2

        def yes(found: Account, body: Json) -> None:
            assert body["order_id"] == found.order_id
            found.replaced(self.now, version, self.now + TTL_S * 1000)

        number, policy = account.number, account.policy
        return Act(lambda: ask_create(self.town, number, policy, version), yes)

    def _paying(self, account: Account, guest: str, card: str, key: str = "") -> Act:
        name = key or f"{guest}-{len(account.cards)}"
        version = account.version

        def yes(found: Account, _body: Json) -> None:
            found.paid(self.now, name, guest, card, version)

        known = deepcopy(account)
        return Act(lambda: ask_pay(self.town, known, guest, card, name), yes)

    def _saying(self, account: Account, status: str, admin: bool) -> Act:
        source = "admin" if admin or status == "expired" else "pos"

        def yes(found: Account, _body: Json) -> None:
            found.said(self.now, status)

        def ask() -> Answer:
            return close(self.town, account.order_id, status, source)

        return Act(ask, yes, sure=account.ended == status != "expired")

    def _refunding(self, account: Account, refund_id: str, dish: str, kind: str, size: int) -> Act:
        asks = () if kind == "full" else (Ask(dish, kind, size),)
        what: dict[str, Any] = {"items": [ask.wire() for ask in asks]} if asks else {"full": True}
        known = account.refunds.get(refund_id)
        place = list(account.refunds).index(refund_id) if known else len(account.refunds)

        def yes(found: Account, body: Json) -> None:
            amount = found.refunded(self.now, refund_id, asks, body)
            place = list(found.refunds).index(refund_id)
            require(body["amount"] == money(amount), f"{body} instead of {amount}")
            require(body["version"] == 2 + place, f"{body} of refund {place}")

        def ask() -> Answer:
            return refund(self.town, account.order_id, refund_id, 1 + place, **what)

        return Act(ask, yes, sure=known is not None and known.asks == asks)

    def _play(self, act: Act, account: Account) -> None:
        before = self._order(account)
        status, body = self._insist(act.ask)
        assert status < 300 or not act.sure, body
        assert status < 300 or self._order(account) == before, "refused, and changed all the same"
        self._explain(account, [(act, (status, body))])

    def _order(self, account: Account) -> Json:
        rows = self.town.aws.rows("test-qr_orders-orders")
        return next(row for row in rows if row["order_id"] == account.order_id)

    def _explain(self, account: Account, heard: list[tuple[Act, Answer]]) -> None:
        """The model says yes to all that was said yes to, in one order of it at least."""
        for _, (status, body) in heard:
            assert status < 500, body
        done = [(act, body) for act, (status, body) in heard if status < 300]
        problems = []
        for order in (done, done[::-1]):
            tried = deepcopy(account)
            try:
                for act, body in order:
                    act.yes(tried, body)
            except Forbidden as problem:
                problems.append(problem)
            else:
                self.accounts[self.accounts.index(account)] = tried
                return
        raise problems[0]

    def _insist(self, ask: Callable[[], Answer]) -> Answer:
        """Repeated by whoever was not answered; a crashed Lambda is a 500 of the gateway."""
        found = self._meet(ask)
        return found if found is not None and found[0] < 500 else ask()

    def _meet(self, work: Callable[[], Any]) -> Any:
        """The work with the bad luck that waits for it; None when it died of it."""
        if self.luck is None:
            return work()
        (at, fault), self.luck = self.luck, None
        self.base.seen["bad luck"] += 1
        try:
            with fault_at(at, fault):
                return work()
        except (Crash, Exception) as error:
            if isinstance(error, AssertionError):
                raise
            return None

    def _hand_over(self, name: str) -> None:
        url = f"https://sqs.eu-central-1.amazonaws.com/123456789012/{name}"
        with calls.outside():
            found = aws.client("sqs").receive_message(QueueUrl=url).get("Messages", [])
        for message in found:
            self.town.handle(name.removeprefix("test-"), message)

    def _break(self, system: str, count: int) -> None:
        body = {"fail_next": count, "status": 503, "latency_ms": 0}
        with calls.outside():
            request = event("POST", f"/{system}/faults", body=body)
            assert self.town.call("sandbox", system, request)[0] == 200
