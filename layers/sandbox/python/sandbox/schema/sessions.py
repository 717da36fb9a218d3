"""Sessions on the wire (SPEC B.7)."""

from typing import Literal

from sandbox.schema.wire import Id, Text, Wire


class Session(Wire):
    """Whose: the query of a GET."""

    session_id: Id


class NewState(Wire):
    """`paid` is a finished ride that has been paid for; `quietly`: the bus does not hear of it."""

    session_id: Id
    user_id: Text
    state: Literal["booked", "riding", "parked", "finished", "cancelled", "paid"]
    quietly: bool = False
