"""Everybody who may knock at a door of the local stack, rightly or not (SPEC A.1.3)."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local import oidc
from local.callers import ACCOUNT_ROOT, Caller, allow, create_user
from local.emulator import ACCOUNT, REGION
from local.park import Dispatcher, bill_plans, plans
from tests.architecture.templates import KEEPERS, Route, service
from tests.local.conftest import Town

OTHER_GUEST: Final = "other-guest"
_TIMEOUT_S: Final = 60
# What an AWS route, a JWT and a tills' one ask for; the others are open, and the link is the key.
OWN: Final = {"AWS_IAM": "backend", "JWT": "guest", "CUSTOM": "till"}


@dataclass(frozen=True, slots=True)
class Person:
    """Credentials that go with every request; `kind` is what he has, `how` good it is."""

    kind: str
    how: str
    headers: Mapping[str, str] = field(default_factory=dict)
    keys: Caller | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    """Tokens by payment system."""

    def __str__(self) -> str:
        return f"{self.how} {self.kind}".strip()


NOBODY: Final = Person("nobody", "")


def ask(town: Town, name: str, route: Route, who: Person, body: object = None) -> requests.Response:
    """One request at a route of the service `name`; a path's parameters are nobody's."""
    method, _, template = route.key.partition(" ")
    system = template.removeprefix("/fps/v1/").partition("/")[0]
    path = template.replace("{token}", who.links.get(system, "nobody"))
    url = town.stack.api(name) + re.sub(r"{\w+}", "nobody", path)
    data = b"" if body is None else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **who.headers}
    if who.keys:
        request = AWSRequest(method, url, sent, data)
        found = Credentials(who.keys.access_key_id, who.keys.secret_access_key)
        SigV4Auth(found, "execute-api", REGION).add_auth(request)
        sent = dict(request.headers)
    return requests.request(method, url, data=data, headers=sent, timeout=_TIMEOUT_S)


def everybody(town: Town) -> list[Person]:
    """Of each kind one who is as he should be, and others who are not any more, or never were."""
    return [NOBODY, *_tills(town), *_guests(town), *_backends(town), *_systems(town)]


def _tills(town: Town) -> Iterator[Person]:
    key = town.facts["partner"]["api_key"]
    yield Person("till", "", {"X-API-Key": key})
    yield Person("till", "unknown", {"X-API-Key": key[:-4] + key[-4:].swapcase()[::-1]})
    yield Person("till", "revoked", {"X-API-Key": _revoked_key(town, key)})


def _revoked_key(town: Town, key: str) -> str:
    """Another key of the group that has `key`: made and revoked by the back office."""
    office = Dispatcher(town.stack.api("qr_partners"), town.stack.operator)
    row = town.stack.client("dynamodb").get_item(
        TableName="dev-qr_partners-keys", Key={"key_id": {"S": key.split("_")[2]}}
    )["Item"]
    by = {"operator": "o.petrova", "reason": "lost"}
    wanted = {"group_id": row["group_id"]["S"], "environment": "live", **by}
    made = office.post("/qr-partners/v1/admin/keys/create", wanted)
    office.post("/qr-partners/v1/admin/keys/revoke", {"key_id": made["key"]["key_id"], **by})
    return str(made["api_key"])


def _guests(town: Town) -> Iterator[Person]:
    good = town.facts["client"]["jwt"]
    claims = json.loads(urlsafe_b64decode(good.split(".")[1] + "=="))
    tokens = {
        "": good,
        "expired": town.stack.jwt(OTHER_GUEST, ttl_s=-60),
        "forged": oidc.Issuer(claims["iss"]).token(OTHER_GUEST, claims["aud"], 600),
        "foreign": town.stack.jwt(OTHER_GUEST, audience="another-app"),
    }
    for how, token in tokens.items():
        yield Person("guest", how, {"Authorization": f"Bearer {token}"})


def _backends(town: Town) -> Iterator[Person]:
    """Users of AWS: one may call every API that is under IAM, another only one that is not ours."""
    iam = town.stack.client("iam", ACCOUNT_ROOT)
    urls = (town.stack.api(name) for name in KEEPERS if service(name).routes)
    arns = [f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{_api_id(url)}/*" for url in urls]
    may = [allow("execute-api:Invoke", on=arn) for arn in arns]
    yield Person("backend", "", keys=create_user(iam, "backend", *may))
    elsewhere = allow("execute-api:Invoke", on=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:other/*")
    yield Person("backend", "foreign", keys=create_user(iam, "foreign", elsewhere))
    revoked = create_user(iam, "revoked", *may)
    iam.delete_user_policy(UserName="revoked", PolicyName="own")
    yield Person("backend", "revoked", keys=revoked)


def _systems(town: Town) -> Iterator[Person]:
    """Payment systems: each at its own link, at another's, at one that was revoked."""
    wallets = town.facts["park"]["wallets"]
    links = {name: facts["link"] for name, facts in wallets.items() if "link" in facts}
    own = {system: urlsplit(link).path.rpartition("/")[2] for system, link in links.items()}
    yield Person("system", "", links=own)
    systems = list(own)
    following = dict(zip(systems, [*systems[1:], systems[0]], strict=True))
    yield Person("system", "foreign", links={each: own[following[each]] for each in systems})
    office = Dispatcher(town.stack.api("fleet_payment_systems"), town.stack.operator, "park-8")
    yield Person("system", "revoked", links={each: _revoked(office, each) for each in systems})


def _revoked(office: Dispatcher, system: str) -> str:
    wallet_id = office.create(system, {**plans(), **bill_plans()}[system])["wallet_id"]
    token = str(office.link(wallet_id)["path"]).rpartition("/")[2]
    office.revoke(wallet_id)
    return token


def _api_id(url: str) -> str:
    return url.split("/")[-2]
