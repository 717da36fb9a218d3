"""Bad links at every payment system: one refusal, and nothing written (FP-10, FX-20, L3, L4)."""

from collections.abc import Iterator

import pytest

from tests.fleet_payment_systems_api.street import OFFICE, SYSTEMS, Street

EVERY_SYSTEM = pytest.mark.parametrize("system", SYSTEMS)


def bad_links(street: Street, system: str) -> Iterator[str]:
    """Every kind: unknown, malformed, cut, revoked, replaced, of another system, of nobody."""
    good = street.wallet(system)["link"]
    base, _, token = good.rpartition("/")
    wallet_id, link_id, secret = token.split("_", 2)
    for bad in (
        "",
        "x",
        "%",
        "%00",
        "../../etc",
        "0" * 3000,
        token[:-1],
        token + "A",
        token.lower(),
        f"{wallet_id}_{link_id}_{secret[::-1]}",
        f"{wallet_id}_{link_id[::-1]}_{secret}",
        f"{wallet_id[::-1]}_{link_id}_{secret}",
        f"{wallet_id}__{secret}",
        "ключ",
    ):
        yield f"{base}/{bad}"
    revoked = street.wallet(system)
    street.revoke(revoked["wallet_id"])
    yield revoked["link"]
    replaced = street.wallet(system)
    street.regenerate(replaced["wallet_id"])
    yield replaced["link"]
    other = next(each for each in SYSTEMS if each != system)
    yield street.wallet(other)["link"]


@EVERY_SYSTEM
def test_all_bad_links_get_one_and_the_same_answer(street: Street, system: str) -> None:
    facts = street.wallet(system)
    payment = street.payment(street.terminal(system, facts))
    answers = set()
    for link in bad_links(street, system):
        terminal = street.terminal(system, {**facts, "link": link})
        assert not terminal.pay(payment).ok
        reply = street.replies[-1]
        answers.add((reply["statusCode"], reply["body"], str(reply["headers"])))

    assert len(answers) == 1
    assert street.terminal(system, facts).check(payment).ok
    paid = [row for row in street.town.rows(f"{OFFICE}-transactions") if row["txn"] == payment.txn]
    assert paid == []


@EVERY_SYSTEM
def test_a_caller_from_an_address_that_is_not_listed_is_a_stranger(
    street: Street, system: str
) -> None:
    facts = street.wallet(system, ip_allowlist=["203.0.113.0/28", "2001:db8::/32"])
    terminal = street.terminal(system, facts)
    payment = street.payment(terminal)
    verdicts = {}
    for ip in ("203.0.113.15", "203.0.113.16", "2001:db8::7", "not an address", ""):
        street.ip = ip
        verdicts[ip] = terminal.check(payment).ok
    street.ip = "203.0.113.7"

    assert [ip for ip, ok in verdicts.items() if ok] == ["203.0.113.15", "2001:db8::7"]


def test_the_first_of_forwarded_addresses_is_not_believed(street: Street) -> None:
    facts = street.wallet("qiwi_md", ip_allowlist=["198.51.100.1"])
    terminal = street.terminal("qiwi_md", facts)
    sent = terminal.speaks.check(street.payment(terminal))
    headers = {"x-forwarded-for": "198.51.100.1", "forwarded": "for=198.51.100.1"}
    claimed = type(sent)(sent.method, sent.query, headers=headers)

    assert street.send("qiwi_md", facts["link"], claimed)[0] == 403


def test_the_link_of_one_park_credits_only_its_own_drivers(street: Street) -> None:
    facts = street.wallet("city24", park_id="park-8")
    terminal = street.terminal("city24", facts)
    payment = street.payment(terminal)
    terminal.pay(payment)
    street.credit()

    assert street.ledger(payment.account) == []
    assert ("topup", "150.00") in street.ledger(payment.account, "park-8")
