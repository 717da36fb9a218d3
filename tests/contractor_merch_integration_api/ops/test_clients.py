"""By hand, clients: made, given a new secret, switched off; a secret is shown once (CM-25, L6)."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from shared.errors import NotFound
from tests.support.checkout import SERVICE, Checkout
from tests.support.intrinsics import Json

TRN = 900001


def told(here: Checkout, **wish: Any) -> Json:
    found: Json = here.town.run(SERVICE, "ops.clients", {"dry_run": False} | wish)
    return found


def test_a_new_client_may_call_and_its_secret_is_nowhere_in_the_clear(here: Checkout) -> None:
    desk = here.open_desk(title="Second")

    assert desk.authorize(TRN, "YM1.ok", "5.00").paid
    assert desk.facts["secret"] not in str(here.rows("clients"))


def test_rehearsing_changes_nothing(here: Checkout) -> None:
    before = here.rows("clients")
    wish = {"action": "create", "aggregator": "mobi", "title": "Mobi"}

    assert told(here, dry_run=True, **wish) == {"dry_run": True, "action": "create"}
    assert here.rows("clients") == before


def test_a_rotated_secret_lives_on_for_the_overlap_and_not_a_millisecond_longer(
    here: Checkout,
) -> None:
    old = here.desk
    wish = {"action": "rotate", "client_id": old.facts["client_id"], "overlap_min": 10}
    new = replace(old, facts={**old.facts, "secret": told(here, **wish)["secret"]})

    here.clock.advance(599.999)
    assert [desk.status(TRN).status for desk in (old, new)] == [200, 200]
    here.clock.advance(0.001)
    assert [desk.status(TRN).status for desk in (old, new)] == [401, 200]


def test_a_client_that_is_switched_off_is_refused_at_once(here: Checkout) -> None:
    client_id = here.desk.facts["client_id"]

    assert told(here, action="disable", client_id=client_id)["enabled"] is False
    assert here.desk.status(TRN).status == 401
    told(here, action="enable", client_id=client_id)
    assert here.desk.status(TRN).status == 200


def test_a_client_that_nobody_knows_is_told_so(here: Checkout) -> None:
    with pytest.raises(NotFound, match="client_not_found"):
        told(here, action="disable", client_id="cm_0123456789abcdef")


@pytest.mark.parametrize(
    "change",
    [{"aggregator": "nobody"}, {"ip_allowlist": ["10.0.0.300"]}, {"action": "delete"}],
)
def test_a_wish_that_makes_no_sense_is_refused(here: Checkout, change: Json) -> None:
    wish = {"action": "create", "aggregator": "mobi", "title": "Mobi"}

    with pytest.raises(ValidationError):
        told(here, **(wish | change))
