"""A model of orders in plain integers: what may be answered, and how each order must end.

It knows the contract and the test cards, and nothing of the code that it judges.
"""

from dataclasses import dataclass, field
from typing import Final

Line = tuple[int, int]  # how many, and minor units of them all
Lines = dict[str, Line]

BILLS: Final[tuple[Lines, ...]] = (
    {"1": (2, 80000), "2": (1, 77000)},
    {"1": (3, 99999), "2": (1, 77000)},
)
DECLINED: Final = frozenset({"card-insufficient", "card-fraud"})
UNSURE: Final = frozenset({"card-3ds"})
# Which payment status the journal may show after which (SPEC A.2.3); the same again is no move.
EDGES: Final = frozenset(
    pair
    for before, afters in {
        "new": "init cancelled expired",
        "init": "holding held hold_failed cancelling",
        "holding": "held hold_failed cancelling",
        "hold_failed": "init cancelled expired",
        "held": "clearing cancelling",
        "clearing": "cleared clear_failed",
        "clear_failed": "clearing",
        "cleared": "refunding",
        "cancelling": "cancelled",
        "refunding": "refunded partially_refunded refund_failed",
        "partially_refunded": "refunding",
        "refund_failed": "refunding",
    }.items()
    for pair in ((before, after) for after in afters.split())
)
FINAL: Final = frozenset({"cancelled", "expired", "refunded"})


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish to return some of a dish: so many of it, or so many minor units."""

    dish: str
    kind: str
    number: int

    def wire(self) -> dict[str, str]:
        if self.kind == "quantity":
            return {"id": self.dish, "quantity": str(self.number)}
        return {"id": self.dish, "amount": f"{self.number // 100}.{self.number % 100:02}"}


@dataclass(frozen=True, slots=True)
class Refund:
    """What was asked under one refund id, what it gave back, and how that was answered."""

    asks: tuple[Ask, ...]
    minor: int
    answer: object


class Forbidden(AssertionError):
    """The system allowed what the contract does not."""


def total(lines: Lines) -> int:
    return sum(minor for _, minor in lines.values())


def portion(line: Line, ask: Ask) -> Line:
    """What of a line goes back. Raises Forbidden for more than there is."""
    count, minor = line
    if ask.kind == "quantity":
        require(ask.number <= count, "more of a dish than there is")
        return ask.number, (2 * minor * ask.number + count) // (2 * count)
    require(ask.number <= minor, "more money than the dish costs")
    return (count if ask.number == minor else 0), ask.number


def require(holds: bool, what: str) -> None:
    if not holds:
        raise Forbidden(what)


@dataclass(slots=True)
class Account:
    """One order: what its till, its guests and its operator were told yes to.

    `ended` is "closed", "cancelled" or "expired" when somebody said so. Moments in milliseconds.
    """

    number: str
    order_id: str
    policy: str
    expires_at: int
    version: int = 1
    cards: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    guests: list[str] = field(default_factory=list)
    ended: str = ""
    left: Lines = field(default_factory=dict)
    refunds: dict[str, Refund] = field(default_factory=dict)

    @property
    def lines(self) -> Lines:
        return BILLS[self.version - 1]

    @property
    def total(self) -> int:
        return total(self.lines)

    @property
    def given(self) -> list[int]:
        """The amounts of its refunds, oldest first."""
        return [refund.minor for refund in self.refunds.values()]

    @property
    def may_fail(self) -> bool:
        """Nobody has paid, or the card of the last who tried may have held nothing."""
        return not self.cards or self.cards[-1] in DECLINED | UNSURE

    @property
    def may_hold(self) -> bool:
        return bool(self.cards) and self.cards[-1] not in DECLINED

    def taken(self, now: int) -> int:
        """The most that may be cleared of it by now."""
        return self.total if self.ended == "closed" or self._closed_by_time(now) else 0

    def _closed_by_time(self, now: int) -> bool:
        over = self.policy == "close" and not self.ended and now >= self.expires_at
        return over and self.may_hold

    def replaced(self, now: int, version: int, expires_at: int) -> None:
        if version == self.version:
            return
        require(self.may_fail and not self.ended, "a basket replaced while somebody pays")
        require(now < self.expires_at, "a basket replaced after the end")
        self.version, self.expires_at = version, expires_at

    def paid(self, now: int, key: str, guest: str, card: str, version: int) -> None:
        if self.keys and key == self.keys[-1]:
            return
        require(self.may_fail, "paid twice")
        require(not self.ended, "paid after its end")
        require(now < self.expires_at, "paid after its time")
        require(version == self.version, "paid another bill")
        self.cards.append(card)
        self.guests.append(guest)
        self.keys.append(key)

    def said(self, now: int, status: str) -> None:
        """The till's or the operator's word was taken."""
        if status == "closed":
            require(self.may_hold, "closed without money")
            require(self.ended in ("", "closed"), "closed after its end")
        elif status == "cancelled":
            require(self.ended in ("", "cancelled"), "cancelled after its end")
        else:
            over = now >= self.expires_at
            require(self.may_fail or over, "expired while somebody pays")
            require(self.ended in ("", "expired"), "expired after its end")
            if over:
                return  # its time decides what becomes of the money
        self.ended = status

    def refunded(self, now: int, refund_id: str, asks: tuple[Ask, ...], answer: object) -> int:
        """The amount that goes back, once however often it is asked, and answered the same."""
        if refund_id in self.refunds:
            known = self.refunds[refund_id]
            require(known.asks == asks, "one refund id for two refunds")
            require(known.answer == answer, "a repeat was answered otherwise")
            return known.minor
        require(self.taken(now) > 0, "refunded what was not taken")
        if not self.refunds:
            self.ended, self.left = "closed", dict(self.lines)
        back = {name: line for name, line in self.left.items() if line[1] and not asks}
        back |= {ask.dish: portion(self.left.get(ask.dish, (0, 0)), ask) for ask in asks}
        require(total(back) > 0, "refunded nothing")
        for name, (count, minor) in back.items():
            self.left[name] = self.left[name][0] - count, self.left[name][1] - minor
        self.refunds[refund_id] = Refund(asks, total(back), answer)
        return total(back)

    def ends(self, now: int) -> set[tuple[str, str]]:
        """How payment and partner may stand when all is done and every time is over."""
        cleared = "cleared"
        if self.refunds:
            whole = sum(self.given) == self.total
            cleared = "refunded" if whole else "partially_refunded"
        if self.taken(now) and self.cards[-1] not in UNSURE:
            return {(cleared, "closed")}
        match self.ended:
            case "closed":
                return {(cleared, "closed")}
            case "cancelled" | "expired":
                return {(self.ended, self.ended)}
        unpaid, given_back = ("expired", "expired"), ("cancelled", "expired")
        paid = (cleared, "closed") if self.policy == "close" else given_back
        if not self.may_hold:
            return {unpaid}
        return {unpaid, paid} if self.cards[-1] in UNSURE else {paid}
