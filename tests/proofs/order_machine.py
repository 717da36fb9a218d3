"""Orders driven at random by everybody at once, each answer and each step held against a model.

One town for all runs; a run starts from a snapshot with an order that is new, one that is held and
two that are cleared, so that the deep states are as near as the shallow ones.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from random import Random
from typing import Any, Final

from shared import aws
from shared.http_event import event
from tests.proofs.order_acts import (
    TTL_S,
    Act,
    Answer,
    Base,
    ask_create,
    paying,
    refunding,
    replacing,
    saying,
)
from tests.proofs.order_books import Watch, check_step
from tests.proofs.order_end import check_end, finish
from tests.proofs.order_model import Account, Ask, Forbidden
from tests.support import calls
from tests.support.crash import fault_at
from tests.support.faults import Crash, Fault
from tests.support.interrupt import interrupted
from tests.support.intrinsics import Json
from tests.support.orders import PARTNER
from tests.support.town import Town

ORDERS_MAX: Final = 6
KINDS: Final = (Fault.BEFORE, Fault.AFTER, Fault.LOST_ANSWER_FINAL, Fault.THROTTLED_ONCE)
SYSTEMS: Final = ("transactions", "eda", "notify")


class OrderMachine:
    """Rules are what guests, tills, operators, queues, clocks and bad luck may do."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self.town: Town = base.town
        self.town.aws.restore(self.base.start)
        self.accounts = deepcopy(self.base.accounts)
        self.luck: tuple[int, Fault] | None = None
        self.watch = Watch()

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

    def replace(self, which: int) -> None:
        self._play(replacing(self.town, self._one(which)), self._one(which))

    def pay(self, which: int, guest: str, card: str) -> None:
        account = self._one(which)
        self._play(paying(self.town, account, guest, card), account)

    def pay_in_vain(self, which: int, card: str) -> None:
        account = self._one(which)
        self._play(paying(self.town, account, "a", card), account)

    def pay_again(self, which: int) -> None:
        """The same tap once more: the same payment, whatever became of it."""
        account = self._one(which)
        if account.keys:
            guest, card, key = account.guests[-1], account.cards[-1], account.keys[-1]
            self._play(paying(self.town, account, guest, card, key), account)

    def confirm_3ds(self, which: int) -> None:
        account = self._one(which)
        invoice_id = f"{account.order_id}-{len(account.cards)}"
        route = "/transactions/invoices/{invoice_id}/confirm-3ds"
        request = event("POST", route, path={"invoice_id": invoice_id})
        with calls.outside():
            self.town.call("sandbox", "transactions", request)

    def say(self, which: int, status: str, admin: bool) -> None:
        account = self._one(which)
        self._play(saying(self.town, account, status, admin), account)

    def refund(self, which: int, number: int, dish: str, kind: str, size: int) -> None:
        account = self._one(which)
        asks = () if kind == "full" else (Ask(dish, kind, size),)
        self._play(refunding(self.town, account, f"rf-{number}", asks), account)

    def refund_again(self, which: int, number: int) -> None:
        """A refund that was answered is asked once more, word for word."""
        account = self._one(which)
        known = list(account.refunds.items())
        if known:
            refund_id, found = known[number % len(known)]
            self._play(refunding(self.town, account, refund_id, found.asks), account)

    def two_at_once(self, which: int, first: int, second: int, at: int) -> None:
        """One is interrupted at one of its calls by all of the other; some order explains it."""
        account = self._one(which)
        makers = [
            partial(paying, self.town, account, "a", "card-ok"),
            partial(paying, self.town, account, "b", "card-ok"),
            partial(replacing, self.town, account),
            partial(saying, self.town, account, "closed", False),
            partial(saying, self.town, account, "cancelled", False),
            partial(refunding, self.town, account, "rf-8", (Ask("1", "quantity", 1),)),
            partial(refunding, self.town, account, "rf-9", (Ask("2", "amount", 40000),)),
            partial(refunding, self.town, account, "rf-9", ()),
        ]
        acts = makers[first](), makers[second]()
        answers = interrupted(acts[0].ask, acts[1].ask, at)
        self._explain(account, list(zip(acts, answers, strict=True)))

    def poll(self, which: int) -> None:
        ids = [self._one(which).order_id]
        body = {"order_ids": ids, "partner_ids": [PARTNER], "touch_activity": True}
        request = event("POST", "/qr-orders/v1/get-statuses", body=body)
        assert self.town.call("qr_orders", "get_statuses", request)[0] == 200

    def check_silence(self) -> None:
        self._meet(
            lambda: self.town.run("qr_partner_integration", "crons.check_external_activity", {})
        )

    def deliver(self, which: int, many: int) -> None:
        """Some messages, each of any queue that has one."""
        for _ in range(many):
            waiting = [name for name in self.town.aws.waiting() if not name.endswith("-dlq")]
            if not waiting:
                return
            self._meet(partial(self._hand_over, waiting[which % len(waiting)]))

    def go_on(self, seconds: int) -> None:
        """The usual course of a few seconds."""
        for _ in range(3):
            self.deliver(0, 6)
            self.town.aws.clock.advance(seconds)

    def reorder_messages(self, seed: int) -> None:
        self.town.aws.shuffle_messages(lambda found: Random(seed).sample(found, len(found)))

    def repeat_messages(self) -> None:
        for name in self.town.aws.waiting():
            url = f"https://sqs.eu-central-1.amazonaws.com/123456789012/{name}"
            client = aws.client("sqs")
            answer = client.receive_message(QueueUrl=url, VisibilityTimeout=0)
            for message in answer.get("Messages", []):
                client.send_message(QueueUrl=url, MessageBody=message["Body"])

    def lose_messages(self) -> None:
        self.town.lose_messages()

    def break_outside(self, system: str, count: int) -> None:
        self._break(system, count)

    def bad_luck(self, at: int, fault: Fault) -> None:
        """The next request, or the next work on a queue, meets a fault at its `at`-th call."""
        self.luck = at, fault

    def wait(self, seconds: int) -> None:
        self.town.aws.clock.advance(seconds)

    def sweep(self) -> None:
        self._meet(self.town.sweep)

    def check(self) -> None:
        self.base.seen.update(check_step(self.town, self.accounts, self.watch))

    def end(self) -> None:
        """No more bad luck: everything comes to its end."""
        for system in SYSTEMS:
            self._break(system, 0)
        finish(self.town)
        check_step(self.town, self.accounts, self.watch)
        self.base.seen.update(check_end(self.town, self.accounts))

    @property
    def now(self) -> int:
        return self.town.aws.clock.milliseconds()

    def _one(self, which: int) -> Account:
        return self.accounts[which % len(self.accounts)]

    def _play(self, act: Act, account: Account) -> None:
        before = self._order(account)
        status, body = self._insist(act.ask)
        assert status < 300 or not act.sure, body
        assert status < 300 or self._order(account) == before, "refused, and changed all the same"
        self._explain(account, [(act, (status, body))])

    def _order(self, account: Account) -> Json:
        rows = self.town.rows("qr_orders-orders")
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
            status, body = self.town.call("sandbox", system, request)
            assert status == 200, body
