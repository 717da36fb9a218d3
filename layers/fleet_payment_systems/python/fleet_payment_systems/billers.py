"""Payment systems that take bills, over HTTP: port BillSystem by an adapter's calls and answers."""

from dataclasses import dataclass

from fleet_payment_systems.bills import Bill, BillStatus, Seen
from fleet_payment_systems.model import Wallet
from fleet_payment_systems.ports import Safe
from fleet_payment_systems.providers.bills import BillProvider, Unreadable, WireAnswer, WireCall
from fleet_payment_systems.providers.opened import account_of
from shared import logs
from shared.errors import Unavailable
from shared.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Biller:
    """One payment system; each call is tried once, the task repeats."""

    provider: BillProvider
    upstream: Upstream
    safe: Safe

    @property
    def needs(self) -> str:
        return self.provider.spec.payer

    def payer(self, said: str) -> str | None:
        return self.provider.payer(said)

    def issue(self, wallet: Wallet, bill: Bill) -> str:
        answer = self._send(
            self.provider.issue(account_of(wallet, self.safe, wallet.credentials), bill)
        )
        try:
            return self.provider.issued(answer)
        except Unreadable as problem:
            raise Unavailable("bill_unknown", system=wallet.system) from problem

    def look(self, wallet: Wallet, number: str) -> Seen:
        try:
            account = account_of(wallet, self.safe, wallet.credentials)
            answer = self._send(self.provider.look(account, number))
            return self.provider.seen(account, number, answer)
        except (Unavailable, Unreadable) as problem:
            logs.error("bill_unseen", problem, system=wallet.system)
            return Seen(BillStatus.UNKNOWN)

    def cancel(self, wallet: Wallet, number: str) -> None:
        try:
            call = self.provider.cancel(account_of(wallet, self.safe, wallet.credentials), number)
            if call is not None:
                self._send(call)
        except Unavailable as problem:
            logs.error("bill_not_cancelled", problem, system=wallet.system)

    def _send(self, call: WireCall) -> WireAnswer:
        status, body = self.upstream.send(
            call.method, call.path, call.body, call.headers, operation=call.operation
        )
        return WireAnswer(status, body)
