"""Words of a printed receipt. Another language is another instance of Labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qr_orders.receipts.codes import Agent, Form, Operation, PaymentType, Taxation, VatRate


@dataclass(frozen=True, slots=True)
class Labels:
    """Texts by code, and single words. `vat` may hold {main}: the main rate of the day."""

    title: Mapping[Form, str]
    operation: Mapping[Operation, str]
    taxation: Mapping[Taxation, str]
    vat: Mapping[VatRate, str]
    turnover: Mapping[VatRate, str]
    payment_type: Mapping[PaymentType, str]
    product_type: Mapping[int, str]
    measure: Mapping[int, str]
    agent: Mapping[Agent, str]
    language: str = "ru"
    number: str = "№"
    currency: str = "₽"
    inn: str = "ИНН"
    place: str = "Место расчётов"
    system: str = "Налогообложение"
    cashier: str = "Кассир"
    machine: str = "Автомат №"
    internet: str = "ККТ для расчётов в интернете"
    agent_sign: str = "Признак агента"
    supplier: str = "Поставщик"
    phone: str = "тел."
    marking: str = "Код маркировки"
    discount: str = "Скидка"
    rounding: str = "Округление"
    total: str = "ИТОГО"
    vat_sum: str = "Сумма"
    cash: str = "Наличными"
    cashless: str = "Безналичными"
    prepaid: str = "Зачёт предоплаты (аванса)"
    credit: str = "В кредит"
    provision: str = "Встречным предоставлением"
    drive: str = "ФН"
    document: str = "ФД"
    sign: str = "ФП"
    registration: str = "РН ККТ"
    factory: str = "ЗН ККТ"
    shift: str = "Смена"
    buyer: str = "Покупатель"
    buyer_contact: str = "Получатель чека"
    sender: str = "Отправитель чека"
    tax_site: str = "Сайт ФНС"
    check: str = "Для проверки чека на сайте ФНС"
    check_time: str = "дата и время"
    check_sum: str = "сумма"
    check_operation: str = "вид"
    page: str = "Страница {page} из {pages}"


RU = Labels(
    title={Form.RECEIPT: "Кассовый чек", Form.BSO: "Бланк строгой отчётности"},
    operation={
        Operation.SALE: "Приход",
        Operation.SALE_RETURN: "Возврат прихода",
        Operation.PURCHASE: "Расход",
        Operation.PURCHASE_RETURN: "Возврат расхода",
    },
    taxation={
        Taxation.GENERAL: "ОСН",
        Taxation.SIMPLIFIED_INCOME: "УСН доход",
        Taxation.SIMPLIFIED_INCOME_MINUS_COST: "УСН доход − расход",
        Taxation.IMPUTED: "ЕНВД",
        Taxation.AGRICULTURAL: "ЕСХН",
        Taxation.PATENT: "Патент",
    },
    vat={
        VatRate.MAIN: "НДС {main} %",
        VatRate.TEN: "НДС 10 %",
        VatRate.MAIN_COMPUTED: "НДС {main}/1{main}",
        VatRate.TEN_COMPUTED: "НДС 10/110",
        VatRate.ZERO: "НДС 0 %",
        VatRate.NONE: "без НДС",
        VatRate.FIVE: "НДС 5 %",
        VatRate.SEVEN: "НДС 7 %",
        VatRate.FIVE_COMPUTED: "НДС 5/105",
        VatRate.SEVEN_COMPUTED: "НДС 7/107",
        VatRate.TWENTY_TWO: "НДС 22 %",
        VatRate.TWENTY_TWO_COMPUTED: "НДС 22/122",
    },
    turnover={VatRate.ZERO: "Сумма с НДС 0 %", VatRate.NONE: "Сумма без НДС"},
    payment_type={
        PaymentType.FULL_PREPAYMENT: "предоплата 100 %",
        PaymentType.PREPAYMENT: "предоплата",
        PaymentType.ADVANCE: "аванс",
        PaymentType.FULL_PAYMENT: "полный расчёт",
        PaymentType.PARTIAL_CREDIT: "частичный расчёт и кредит",
        PaymentType.CREDIT: "передача в кредит",
        PaymentType.CREDIT_PAYMENT: "оплата кредита",
    },
    product_type={1: "товар", 3: "работа", 4: "услуга", 10: "платёж", 33: "маркированный товар"},
    measure={0: "шт.", 10: "г", 11: "кг", 22: "м", 40: "мл", 41: "л", 71: "ч", 72: "мин"},
    agent={
        Agent.BANK_PAYING_AGENT: "банковский платёжный агент",
        Agent.BANK_PAYING_SUBAGENT: "банковский платёжный субагент",
        Agent.PAYING_AGENT: "платёжный агент",
        Agent.PAYING_SUBAGENT: "платёжный субагент",
        Agent.ATTORNEY: "поверенный",
        Agent.COMMISSIONER: "комиссионер",
        Agent.AGENT: "агент",
    },
)
