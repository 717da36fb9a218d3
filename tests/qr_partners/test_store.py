"""qr_partners.store: what is written is what is read, field by field."""

from hypothesis import given
from hypothesis import strategies as st

from qr_partners.model import ApiKey, Cashback, Group, Overrides, Partner, Terms
from qr_partners.store import rows
from qr_partners.tables import GroupRow, KeyRow, PartnerRow
from shared.clock import from_ms
from shared.money import Money

MOMENTS = st.integers(0, 4_000_000_000_000).map(from_ms)
SHARES = st.decimals(0, 1, places=4, allow_nan=False)
SUMS = st.builds(Money, st.integers(0, 10**12), st.sampled_from(["RUB", "KZT"]))
CASHBACKS = st.builds(Cashback, SHARES, SUMS)
GROUPS = st.builds(
    Group,
    terms=st.builds(Terms, commission_rate=SHARES, cashback=CASHBACKS),
    created_at=MOMENTS,
    updated_at=MOMENTS,
)
PARTNERS = st.builds(
    Partner,
    overrides=st.builds(
        Overrides, commission_rate=st.none() | SHARES, cashback=st.none() | CASHBACKS
    ),
    created_at=MOMENTS,
    updated_at=MOMENTS,
)
KEYS = st.builds(
    ApiKey,
    created_at=MOMENTS,
    revoked_at=st.none() | MOMENTS,
    expires_at=st.none() | MOMENTS,
    last_used_at=st.none() | MOMENTS,
)


@given(GROUPS)
def test_a_group_survives_storage(group: Group) -> None:
    stored = rows.of_group(group).serialize()
    assert rows.to_group(GroupRow.from_raw_data(stored)) == group


@given(PARTNERS)
def test_a_restaurant_survives_storage(partner: Partner) -> None:
    stored = rows.of_partner(partner).serialize()
    assert rows.to_partner(PartnerRow.from_raw_data(stored)) == partner


@given(KEYS)
def test_a_key_survives_storage(key: ApiKey) -> None:
    stored = rows.of_key(key).serialize()
    assert rows.to_key(KeyRow.from_raw_data(stored)) == key
