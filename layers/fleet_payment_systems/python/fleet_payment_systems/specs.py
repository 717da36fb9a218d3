"""What a payment system asks of a wallet, and how a dispatcher connects it (FP-04). No IO."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One credential or setting of a wallet. A secret is encrypted and never shown again.

    `choices` empty: any text of at most `longest` characters that matches `pattern`; of several
    lines only where the pattern has them. A required one has no default on purpose: a wallet
    without it cannot be enabled. `profiles` are those that know it; empty: all of them.
    """

    name: str
    required: bool = True
    secret: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ".*"
    longest: int = 200
    help: str = ""
    profiles: tuple[str, ...] = ()

    def needed(self, profile: str) -> bool:
        """Whether a wallet of `profile` cannot do without it."""
        return self.required and (not self.profiles or profile in self.profiles)


@dataclass(frozen=True, slots=True)
class Spec:
    """What the dispatcher must know to make a wallet of this system (FP-04, FP-09)."""

    code: str
    title: str
    country: str
    currencies: tuple[str, ...]
    profiles: tuple[str, ...]
    fields: tuple[Field, ...]
    methods: tuple[str, ...]
    """HTTP methods the system calls with."""
    instructions: str
    """What to type in the operator's cabinet; {url} is the link."""
    confirmed: bool
    """Whether a public document or independent implementations agree on the format."""
    below: tuple[str, ...] = ()
    """Paths below the link that the system calls too: "/api/{operation}"."""
    payer: str = ""
    """What names a driver who pays a bill of his own: "phone" or "email"; "" has no bills."""

    @property
    def routes(self) -> frozenset[str]:
        """As a template writes them: "GET /fps/v1/<code>/{token}"."""
        return frozenset(
            f"{method} /fps/v1/{self.code}/{{token}}{path}"
            for method in self.methods
            for path in ("", *self.below)
        )
