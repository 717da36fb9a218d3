"""What `make provider` writes; @NAME@, @CONSTANT@ and @Title@ are filled in."""

from typing import Final

ADAPTER: Final = '''"""@Title@, inbound, parameters in, XML out: the OSMP family as it is."""

from typing import Final

from fleet_payment_systems.providers.base import Spec
from fleet_payment_systems.providers.osmp import BASIC, Dialect, Osmp

@CONSTANT@: Final = Osmp(
    Spec(
        code="@NAME@",
        title="@Title@",
        country="RU",
        currencies=("RUB",),
        profiles=("osmp",),
        fields=BASIC,
        methods=("GET", "POST"),
        instructions="Give @Title@ the address {url}. Confirm its format with the operator.",
        confirmed=False,
    ),
    Dialect(),
)
'''

FUNCTION: Final = '''"""/fps/v1/@NAME@/{token}: @Title@ reports payments (FX-03)."""

from fleet_payment_systems.edge import provider_app
from fleet_payment_systems.providers.@NAME@ import @CONSTANT@

app = provider_app(@CONSTANT@)
'''

FUNCTION_TEST: Final = '''"""The Lambda of @Title@: what it answers at a park's link."""

import pytest

from tests.fleet_payment_systems.providers.door import event_of, function_of
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples.@NAME@ import SYSTEMS


def test_a_payment_is_taken_once_however_often_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    (system,) = SYSTEMS
    engine = Engine()
    app = function_of(system, engine, monkeypatch)
    event = event_of(system.pay(system.txn, "100245", 25000))
    assert app(event, None) == app(event, None)
    assert len(engine.paid) == 1
'''

SAMPLES: Final = '''"""@Title@ as a System of the contract."""

from fleet_payment_systems.providers.@NAME@ import @CONSTANT@
from tests.fleet_payment_systems.providers.samples import osmp_family
from tests.fleet_payment_systems.providers.support import account_of

ACCOUNT = account_of("osmp", "RUB", "Europe/Moscow")
SHAPES = (
    {"osmp_txn_id", "result", "comment"},
    {"osmp_txn_id", "prv_txn", "sum", "result", "comment"},
)
SYSTEMS = (osmp_family.system(@CONSTANT@, ACCOUNT, SHAPES),)
'''

TEST: Final = '''"""@Title@'s exchanges, byte for byte."""

from fleet_payment_systems.providers.@NAME@ import @CONSTANT@
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples.@NAME@ import ACCOUNT
from tests.fleet_payment_systems.providers.support import exchange, get

PAY = "command=pay&txn_id=1234567&txn_date=20240517123045&account=100245&sum=250.00"


def test_a_payment_and_its_repeat_are_answered_with_the_same_bytes() -> None:
    engine = Engine()
    paid = (
        '<?xml version="1.0" encoding="UTF-8"?>\\n'
        "<response><osmp_txn_id>1234567</osmp_txn_id><prv_txn>90017</prv_txn>"
        "<sum>250.00</sum><result>0</result><comment>OK</comment></response>"
    )
    replies = [exchange(@CONSTANT@, ACCOUNT, get(PAY), engine).reply for _ in range(2)]
    assert [reply.body.decode() for reply in replies] == [paid, paid]
    assert len(engine.paid) == 1
'''

SECTION: Final = """
## @Title@ (`@NAME@`)

<!-- generated: @NAME@ -->
<!-- end: @NAME@ -->

Known from: nothing yet; it is the OSMP family's protocol as it is.

Ask the operator: its document.
"""
