"""The only place that puts qr_partners together, from settings that fail loudly."""

from dataclasses import dataclass
from functools import cache, partial

from qr_partners.clients import ExportBucket
from qr_partners.store import DynamoPartnerStore
from qr_partners.store.places import DynamoPlaceStore
from qr_partners.use_cases import ApiKeys, Grants, Partners
from qr_partners.use_cases.admin import Admin
from qr_partners.use_cases.exporting import Exporting
from qr_partners.use_cases.finding import Finding
from qr_partners.use_cases.importing import Importing
from qr_partners.use_cases.lookup import Lookup
from qr_partners.use_cases.places import Places
from qr_partners.use_cases.switching import Switching
from qr_partners.use_cases.updating import Updating
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
    tills_table: str
    api_key_pepper_secret: str
    exports_bucket: str


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
    tills = DynamoPlaceStore()
    peppers = partial(secrets_store.peppers, secret_id)
    return ApiKeys(DynamoPartnerStore(), SYSTEM, peppers, tills)


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


@cache
def updating() -> Updating:
    settings()
    return Updating(DynamoPartnerStore(), SYSTEM)


@cache
def switching() -> Switching:
    return Switching(DynamoPartnerStore(), updating())


@cache
def lookup() -> Lookup:
    settings()
    return Lookup(DynamoPartnerStore())


@cache
def places() -> Places:
    settings()
    return Places(DynamoPlaceStore(), SYSTEM)


@cache
def finding() -> Finding:
    settings()
    return Finding(DynamoPlaceStore())


@cache
def exporting() -> Exporting:
    return Exporting(finding(), ExportBucket(settings().exports_bucket), SYSTEM)
