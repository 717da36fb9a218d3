"""The generated part of docs/providers.md: what a wallet asks for, and what we answer.

`python -m tests.fleet_payment_systems.providers.documentation` writes it anew.
"""

from collections.abc import Iterator
from typing import Final

from fleet_payment_systems.providers.base import Field, Spec
from fleet_payment_systems.wiring import specs
from tests.fleet_payment_systems.providers.support import System
from tests.fleet_payment_systems.providers.systems import SYSTEMS
from tests.support.intrinsics import ROOT

PAGE: Final = ROOT / "docs/providers.md"
_SITUATIONS: Final = {
    "payable": "may be paid",
    "ok": "accepted",
    "repeat": "the same payment again",
    "conflict": "a known number, another account or amount",
    "conflict of amount": "a known number, the amount alone is another",
    "unknown": "no such driver",
    "malformed": "an account that can be nobody's",
    "blocked": "the driver is blocked or fired",
    "small": "below the wallet's limit",
    "large": "above the wallet's limit",
    "zero": "no amount",
    "down": "try later",
    "not found": "asked about an unknown payment",
    "bad login": "wrong login or signature",
    "bad link": "unknown or revoked link, foreign address",
}
_STATUSES: Final = frozenset({"200", "400", "401", "403", "404", "500", "503"})
_BANNER: Final = "> **Confirm with the operator** before a park goes live: no public document."


def heading(spec: Spec) -> str:
    return f"## {spec.title} (`{spec.code}`)"


def marks(spec: Spec) -> tuple[str, str]:
    return f"<!-- generated: {spec.code} -->\n", f"<!-- end: {spec.code} -->"


def generated(spec: Spec) -> str:
    return "\n".join(_lines(spec)) + "\n"


def _lines(spec: Spec) -> Iterator[str]:
    if not spec.confirmed:
        yield from (_BANNER, "")
    methods = ", ".join(spec.methods) or "calls nobody"
    currencies = ", ".join(spec.currencies)
    profiles = ", ".join(f"`{profile}`" for profile in spec.profiles)
    yield f"{methods} · {spec.country} · {currencies} · profiles: {profiles}"
    yield from ("", spec.instructions.replace("{url}", "`<link>`"), "")
    yield from ("| setting | | values | what it is |", "|---|---|---|---|")
    yield from (_setting(field) for field in spec.fields)
    for system in SYSTEMS:
        if system.provider.spec.code == spec.code:
            yield from ("", f"Answers of `{system.account.profile}`:", "")
            yield from _answers(system)


def _setting(field: Field) -> str:
    kind = "secret" if field.secret else "required" if field.required else ""
    if field.secret and field.required:
        kind = "secret, required"
    choices = " or ".join(f"`{choice}`" for choice in field.choices)
    default = f"default `{field.default}`" if field.default else ""
    values = ", ".join(part for part in (choices, default) if part)
    profiles = ", ".join(f"`{profile}`" for profile in field.profiles)
    note = f"{profiles}: {field.help}" if profiles else field.help
    return f"| `{field.name}` | {kind} | {values} | {note} |"


def _answers(system: System) -> Iterator[str]:
    yield from ("| answer | when |", "|---|---|")
    by_code: dict[str, list[str]] = {}
    for situation, text in _SITUATIONS.items():
        # Most systems have one code for a good check and a good payment, and one for a conflict.
        code = system.codes.get(situation, system.codes["ok"] if situation == "payable" else "")
        if code and (situation != "not found" or system.asks):
            by_code.setdefault(code, []).append(text)
    for code, texts in by_code.items():
        shown = f"HTTP {code}" if code in _STATUSES and _is_status(system) else code
        yield f"| `{shown}` | {'; '.join(texts)} |"


def _is_status(system: System) -> bool:
    """Paynet's own list has a 401, but its JSON generation means the HTTP one by a login."""
    return system.name != "uzpaynet-soap"


def write() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for spec in specs().values():
        start, end = marks(spec)
        head, _, rest = page.partition(start)
        page = head + start + generated(spec) + end + rest.partition(end)[2]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write()
