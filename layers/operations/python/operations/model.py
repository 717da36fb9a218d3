"""An alarm of CloudWatch, and what the team reads of it. No IO."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final, Self

_LOGICAL_ID: Final = re.compile(r"\w*Alarm(?=-|$)")
_REASON_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Alarm:
    """`state` is ALARM, OK or INSUFFICIENT_DATA."""

    name: str
    state: str
    reason: str
    description: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """A message of an alarm's SNS action; any other text is shown as it is."""
        try:
            found: Any = json.loads(text)
            return cls(
                name=str(found["AlarmName"]),
                state=str(found["NewStateValue"]),
                reason=str(found["NewStateReason"]),
                description=str(found.get("AlarmDescription") or ""),
            )
        except (ValueError, KeyError, TypeError):
            return cls("message", "ALARM", text)

    def told(self, runbook_url: str) -> str:
        """Name and state, what it means, why, and where it says what to do.

        Our alarms' descriptions end with the link; it goes last, and is not said twice.
        """
        link = f"{runbook_url}#{self.chapter}"
        means = self.description.removesuffix(link).rstrip(" .")
        lines = [f"{self.state}: {self.name}", means, self.reason[:_REASON_MAX]]
        return "\n".join([*filter(None, lines), link])

    @property
    def chapter(self) -> str:
        """The runbook's heading: CloudFormation puts a stack's name and an id around ours."""
        found = _LOGICAL_ID.findall(self.name)
        name = found[-1].lower() if found else "alarms"
        return "dlqalarm" if name.endswith("dlqalarm") else name
