"""Codes of the fiscal data format (FFD 1.05-1.2) that a receipt carries; the tag beside each."""

from __future__ import annotations

from enum import Enum, IntEnum, IntFlag


class Form(Enum):
    """Which document it is: a cash receipt, or a strict-accountability form."""

    RECEIPT = 3
    BSO = 4


class Operation(IntEnum):
    """Sign of settlement, 1054."""

    SALE = 1
    SALE_RETURN = 2
    PURCHASE = 3
    PURCHASE_RETURN = 4


class Taxation(IntEnum):
    """Taxation system applied, 1055; a receipt carries exactly one bit."""

    GENERAL = 1
    SIMPLIFIED_INCOME = 2
    SIMPLIFIED_INCOME_MINUS_COST = 4
    IMPUTED = 8
    AGRICULTURAL = 16
    PATENT = 32


class VatRate(IntEnum):
    """VAT rate, 1199. MAIN is 18 % before 2019 and 20 % since: the code stayed."""

    MAIN = 1
    TEN = 2
    MAIN_COMPUTED = 3
    TEN_COMPUTED = 4
    ZERO = 5
    NONE = 6
    FIVE = 7
    SEVEN = 8
    FIVE_COMPUTED = 9
    SEVEN_COMPUTED = 10
    TWENTY_TWO = 11
    TWENTY_TWO_COMPUTED = 12


class PaymentType(IntEnum):
    """How an item is settled, 1214."""

    FULL_PREPAYMENT = 1
    PREPAYMENT = 2
    ADVANCE = 3
    FULL_PAYMENT = 4
    PARTIAL_CREDIT = 5
    CREDIT = 6
    CREDIT_PAYMENT = 7


class Agent(IntFlag):
    """Agent sign of a receipt, 1057, or of an item, 1222."""

    BANK_PAYING_AGENT = 1
    BANK_PAYING_SUBAGENT = 2
    PAYING_AGENT = 4
    PAYING_SUBAGENT = 8
    ATTORNEY = 16
    COMMISSIONER = 32
    AGENT = 64


AGENT_BITS = 127
