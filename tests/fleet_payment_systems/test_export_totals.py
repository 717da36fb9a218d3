"""An export's totals are what billing's own books say (FP-06)."""

import json
from collections import Counter
from decimal import Decimal

from fleet_payment_systems.model import Direction, Operator, Wanted
from fleet_payment_systems.use_cases.exports import Order
from tests.fleet_payment_systems.exporting import minor, stored, xlsx_lines
from tests.support.park import SERVICE, WIRING, Park
from tests.support.wallets import PARK


def test_totals_equal_the_books_of_billing(here: Park) -> None:
    """Credits, commissions, a reversal and a refusal: what is processed is what billing has."""
    link = here.open_wallet(commission_rate=Decimal("0.05"), allow_reversal=True)
    for number in range(4):
        here.pay(link, f"t-{number}", amount=f"{number + 1}.50")
    here.pay(link, "t-x", account="100666")
    here.deliver()
    here.ask(link, "cancel", txn="t-2")
    here.deliver()
    now = here.aws.clock.now()
    wanted = Wanted(PARK, now.replace(year=2025), now.replace(year=2027))
    export = WIRING.exports().order(Operator(PARK, "a", "b"), Order(wanted, "xlsx", False, ""))

    while found := here.tasks():
        body = json.dumps({"task_id": found[0]})
        here.town.run(SERVICE, "tasks.export", {"Records": [{"messageId": "m", "body": body}]})

    lines = xlsx_lines(stored(export.key))
    totals = {line["state"]: line for line in lines if line["tx_id"] == "total"}
    books: Counter[bool] = Counter()
    for entry in here.billing():
        books[entry["category"] == "topup_commission"] += int(entry["amount"])
    assert minor(totals["processed"]["amount"]) == books[False] == 850
    assert minor(totals["processed"]["commission"]) == -books[True]
    assert minor(totals["rejected"]["amount"]) == 1000
    directions = Counter(str(line["direction"]) for line in lines if line["direction"])
    assert directions == {Direction.CALLBACK.value: 5, Direction.REVERSAL.value: 1}
