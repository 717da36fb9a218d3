"""Wire models of the catalogue: which payment systems there are, and what each one asks for."""

from collections.abc import Iterable
from typing import Self

from fleet_payment_systems.specs import Field, Spec
from shared.wire import Answer


class FieldView(Answer):
    """One entry of a wallet's `credentials`. `pattern` is of Python's re, of the whole value.

    Wallets of other `profiles` have no use for it; none named is all of them.
    """

    name: str
    required: bool
    secret: bool
    default: str
    choices: list[str]
    pattern: str
    help: str
    profiles: list[str]

    @classmethod
    def of(cls, field: Field) -> Self:
        return cls(
            name=field.name,
            required=field.required,
            secret=field.secret,
            default=field.default,
            choices=list(field.choices),
            pattern=field.pattern,
            help=field.help,
            profiles=list(field.profiles),
        )


class SystemView(Answer):
    """The first of `profiles` is the default. Not `confirmed`: ask the operator before."""

    system: str
    title: str
    country: str
    currencies: list[str]
    profiles: list[str]
    methods: list[str]
    fields: list[FieldView]
    instructions: str
    confirmed: bool

    @classmethod
    def of(cls, spec: Spec) -> Self:
        return cls(
            system=spec.code,
            title=spec.title,
            country=spec.country,
            currencies=list(spec.currencies),
            profiles=list(spec.profiles),
            methods=list(spec.methods),
            fields=[FieldView.of(field) for field in spec.fields],
            instructions=spec.instructions,
            confirmed=spec.confirmed,
        )


class Systems(Answer):
    systems: list[SystemView]

    @classmethod
    def of(cls, specs: Iterable[Spec]) -> Self:
        return cls(systems=[SystemView.of(spec) for spec in specs])
