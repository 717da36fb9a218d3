"""Reads and writes of the taxi parks' tables; each write states its precondition."""

CLAIM = "claim"
WALLET = "wallet"
TRANSACTION = "transaction"
DAY = "day"
EVENT = "event"
SUSPENSE = "suspense"
EXPORT = "export"
