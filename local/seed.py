"""Demo data: one group, one restaurant and its API key, made by the real use cases."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Final
from unittest.mock import patch

from local.emulator import REGION
from local.stack import Stack
from qr_partners.model import (
    Address,
    Cashback,
    Environment,
    OnExpireHeld,
    Point,
    Profile,
    Settings,
    Terms,
)
from qr_partners.store import DynamoPartnerStore
from qr_partners.store.places import DynamoPlaceStore
from qr_partners.use_cases import ApiKeys, Partners
from shared import aws
from shared.clock import SYSTEM
from shared.keys import Peppers
from shared.money import Money

_TERMS: Final = Terms(
    legal_name="ООО «Демо Ресторан»",
    inn="7700000009",
    currency="RUB",
    commission_rate=Decimal("0.03"),
    cashback=Cashback(Decimal("0.05"), Money(50_000, "RUB")),
    settings=Settings(240, 300, OnExpireHeld.CANCEL),
)
_RESTAURANT: Final = Profile(
    external_id="r1",
    name="Демо Ресторан на Тверской",
    address=Address("Россия", "Москва", "Тверская улица", "1"),
    point=Point(55_757_800, 37_611_200),
    timezone="Europe/Moscow",
    pos_system="other",
    place_id="demo-r1",
)


# Whose tills must not be silent for longer than that: a person watches.
HASTY_S: Final = 10


def seed(stack: Stack) -> tuple[dict[str, str], dict[str, str]]:
    """Fills the tables of a running stack: {"partner_id", "restaurant_id", "api_key"} of the
    demo's restaurant, and of a hasty one.
    """
    (name,) = (name for name in _functions(stack) if name.endswith("-qr_partners-get_authorize"))
    found = stack.client("lambda").get_function_configuration(FunctionName=name)
    variables = found["Environment"]["Variables"]
    secret_id = variables["API_KEY_PEPPER_SECRET"]
    secret = stack.client("secretsmanager").get_secret_value(SecretId=secret_id)
    peppers = Peppers.parse(secret["SecretString"])
    hasty = replace(_TERMS, settings=replace(_TERMS.settings, activity_timeout_sec=HASTY_S))
    with _inside(stack, variables):
        return open_restaurant(peppers), open_restaurant(peppers, "2", hasty)


def open_restaurant(peppers: Peppers, house: str = "1", terms: Terms = _TERMS) -> dict[str, str]:
    """As seed, in the AWS and under the table names that are in force; one of each `house`."""
    store = DynamoPartnerStore()
    partners = Partners(store, SYSTEM)
    api_keys = ApiKeys(store, SYSTEM, lambda: peppers, DynamoPlaceStore())
    group = partners.create_group("Демо", terms)
    profile = replace(_RESTAURANT, address=replace(_RESTAURANT.address, house=house))
    restaurant = partners.create_partner(group.group_id, profile)
    text, _key = api_keys.issue_key(group.group_id, Environment.LIVE)
    return {
        "partner_id": restaurant.partner.partner_id,
        "restaurant_id": restaurant.partner.profile.external_id,
        "api_key": text.reveal(),
    }


def _functions(stack: Stack) -> Iterator[str]:
    for page in stack.client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            yield function["FunctionName"]


@contextmanager
def _inside(stack: Stack, variables: Mapping[str, str]) -> Iterator[None]:
    """The environment of a function of the stack, in this process."""
    here = {
        "AWS_ENDPOINT_URL": stack.endpoint_url,
        "AWS_DEFAULT_REGION": REGION,
        "NO_PROXY": "127.0.0.1",
        "AWS_ACCESS_KEY_ID": stack.operator.access_key_id,
        "AWS_SECRET_ACCESS_KEY": stack.operator.secret_access_key,
    }
    with patch.dict(os.environ, {**variables, **here}):
        aws.forget()
        try:
            yield
        finally:
            aws.forget()
