"""The only place that puts qr_partners together, from settings that fail loudly."""

from dataclasses import dataclass
from functools import cache

from qr_partners.store import DynamoPartnerStore
from qr_partners.use_cases import ApiKeys, Grants, Partners
from qr_partners.use_cases.admin import Admin
from qr_partners.use_cases.importing import Importing
from shared import secrets_store
from shared.clock import SYSTEM
from shared.settings import from_env


@dataclass(frozen=True, slots=True)
class Settings:
    """Table names are read by the rows themselves; here they make a gap fail at cold start."""

    groups_table: str
    partners_table: str
    keys_table: str
    claims_table: str
    audit_table: str
    api_key_pepper_secret: str


@cache
def settings() -> Settings:
    return from_env(Settings)


@cache
def partners() -> Partners:
    settings()
    return Partners(DynamoPartnerStore(), SYSTEM)


@cache
def api_keys() -> ApiKeys:
    secret_id = settings().api_key_pepper_secret
    return ApiKeys(DynamoPartnerStore(), SYSTEM, lambda: secrets_store.peppers(secret_id))


@cache
def grants(kept_s: int) -> Grants:
    """Grants of keys, each believed for `kept_s` seconds without asking again."""
    return Grants(api_keys(), kept_s)


@cache
def admin() -> Admin:
    return Admin(partners(), api_keys())


@cache
def importing() -> Importing:
    settings()
    return Importing(DynamoPartnerStore(), SYSTEM)
