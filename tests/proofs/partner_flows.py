"""Flows of the back office and of the open API, to be crashed like those of orders."""

from typing import Any

from shared import secrets_store
from shared.clock import SYSTEM
from shared.http_event import event
from tests.proofs.flow import Flow, Steps, flows_of
from tests.proofs.phases import insist
from tests.qr_partners.office import CALLER, new_inn, new_restaurant, sample
from tests.qr_partners.samples import Town as Group
from tests.support import calls
from tests.support.intrinsics import Json
from tests.support.street import Street
from tests.support.town import Town


def _ask(place: Town, path: str, body: Json, key: str = "proof") -> tuple[int, Any]:
    request = event(
        "POST",
        f"/qr-partners/v1/admin/{path}",
        body=body,
        headers={"Idempotency-Key": key},
        authorizer={"iam": {"userArn": CALLER}},
    )
    return place.call("qr_partners", f"admin_{path.replace('/', '_')}", request)


def _group(place: Town) -> Group:
    place.world.use("qr_partners")
    return Group(SYSTEM, secrets_store.peppers("test/qr_partners/api-key-pepper"))


def _counts(place: Town) -> dict[str, int]:
    tables = ("groups", "partners", "keys", "audit")
    return {name: len(place.rows(f"qr_partners-{name}")) for name in tables}


def _repeated(place: Town, path: str, body: Json, **more: int) -> Steps:
    """Asked until it is answered, then once more: so many rows more, and no others."""
    before = _counts(place)

    def ask() -> None:
        insist(lambda: _ask(place, path, body))

    def check() -> None:
        after = _counts(place)
        assert {name: after[name] - before[name] for name in after} == dict.fromkeys(
            before, 0
        ) | more

    return ask, ask, check


def _answered_before(place: Town, path: str, body: Json) -> Steps:
    """The answer was lost on the way: the repeat adds nothing."""
    assert _ask(place, path, body)[0] == 200
    return _repeated(place, path, body)


def creating_partner(place: Town) -> Steps:
    assert _ask(place, "create", new_restaurant(), "warm")[0] == 200
    return _repeated(place, "create", new_restaurant(), groups=1, partners=1, keys=1, audit=1)


def adding_partner(place: Town) -> Steps:
    body = new_restaurant(group=None, group_id=_group(place).group_id)
    return _repeated(place, "create", body, partners=1, audit=1)


def creating_partner_again(place: Town) -> Steps:
    return _answered_before(place, "create", new_restaurant())


def _new_key(place: Town) -> Json:
    return sample("admin_keys_create") | {"group_id": _group(place).group_id}


def issuing_key(place: Town) -> Steps:
    return _repeated(place, "keys/create", _new_key(place), keys=1, audit=1)


def issuing_key_again(place: Town) -> Steps:
    return _answered_before(place, "keys/create", _new_key(place))


def revoking_key(place: Town) -> Steps:
    group = _group(place)
    group.restaurant()
    text = group.key()
    key_id = text.split("_")[2]
    body = sample("admin_keys_revoke") | {"key_id": key_id}
    return _repeated(place, "keys/revoke", body, audit=1)


def importing(place: Town) -> Steps:
    return _repeated(place, "import", _old(), groups=1, partners=1, audit=2)


def importing_again(place: Town) -> Steps:
    return _answered_before(place, "import", _old())


def _old() -> Json:
    found = sample("admin_import")
    (group,) = found["groups"].values()
    (restaurant,) = found["restaurants"].values()
    return found | {
        "groups": {"old": group | {"inn": new_inn()}},
        "restaurants": {"old-0": restaurant | {"group": "old"}},
        "dry_run": False,
    }


def opening_at_the_till(place: Town) -> Steps:
    """Authorizer, count of new orders, partner, order: the till repeats and gets one order.

    Each run is of another restaurant, which no cache has seen.
    """
    street = Street(place)

    def ask() -> None:
        insist(lambda: street.open_order(order_id="till"))

    def first() -> None:
        with calls.outside():
            street.partner = street.open_restaurant()
        ask()

    def check() -> None:
        rows = place.rows("qr_orders-orders")
        assert [row["external_order_id"] for row in rows].count("till") == 1

    return first, ask, check


PARTNER_FLOWS: tuple[Flow, ...] = flows_of(
    *(creating_partner, creating_partner_again, adding_partner),
    *(issuing_key, issuing_key_again, revoking_key),
    *(importing, importing_again, opening_at_the_till),
)
