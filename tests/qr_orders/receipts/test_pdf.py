"""The receipt's page: read back as text, as a QR code, and byte by byte."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from local.receipt_reader import read_receipt
from qr_orders.receipts import fonts, layout
from qr_orders.receipts.fiscal import FiscalReceipt
from qr_orders.receipts.pdf import render
from qr_orders.receipts.qr import qr_text
from tests.qr_orders.receipts.sample import SAMPLES, document, with_item

RENDER_DIGEST = """
import hashlib, json, sys
from pathlib import Path
from qr_orders.receipts.fiscal import FiscalReceipt
from qr_orders.receipts.pdf import render
receipt = FiscalReceipt.parse(json.loads(Path(sys.argv[1]).read_text()))
print(hashlib.sha256(render(receipt)).hexdigest(), "reportlab.platypus" in sys.modules)
"""


def page_text(one: object) -> str:
    """All text of a receipt with every run of blanks as one space."""
    text = read_receipt(render(FiscalReceipt.parse(one, epoch_zone=UTC))).text
    return " ".join(text.split())


def pages(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def test_page_says_all_that_the_law_wants() -> None:
    text = page_text(document("dinner"))

    for part in (
        *("Кассовый чек № 204", "Приход", "20.11.2026 21:47", "ООО «Ресторан у моста»"),
        *("101000, г. Москва, Примерная наб., д. 8", "Ресторан «У моста», стол 12"),
        *("ИНН 7700000000", "Налогообложение ОСН", "Кассир Официант Петрова А. И."),
        *("Борщ с говядиной и сметаной 780,00", "2 шт. × 390,00 · НДС 20 %: 130,00"),
        *("Билет на вечер живой музыки 70,00", "1 шт. × 70,00 · без НДС", "Скидка −60,00"),
        *("ИТОГО 1 540,00 ₽", "Безналичными 1 540,00", "Сумма НДС 20 % 245,00"),
        *("Сумма без НДС 70,00", "ФН 9960440300000001", "ФД 43601", "ФП 2904417365"),
        *("РН ККТ 0001234567012345", "ЗН ККТ 00106700000001", "Смена 118"),
        *("Сайт ФНС www.nalog.gov.ru", "guest@example.com", "receipts@example.com"),
    ):
        assert part in text


def test_values_for_a_check_by_hand_stand_in_one_sentence() -> None:
    assert (
        "ФН 9960440300000001, ФД 43553, ФП 576585508, дата и время 20.11.2026 12:03, "
        "сумма 500.00, вид 1"
    ) in page_text(document("ride"))


def test_agent_supplier_and_every_form_of_payment_are_printed() -> None:
    text = page_text(document("old_format"))

    for part in (
        *("Возврат прихода", "Автомат № A-17", "Признак агента агент", "Заказ A-100"),
        *("0,412 кг × 899,90", "Поставщик: ООО «Сыроварня», ИНН 7700000001, тел. +70000000001"),
        *("Код маркировки 0104600000000017215test", "Округление −0,76", "Наличными 100,00"),
        *("Зачёт предоплаты (аванса) 100,00", "В кредит 60,00", "Встречным предоставлением 40,00"),
        *("Сумма НДС 22 % 9,02", "Покупатель ООО «Покупатель», ИНН 7700000002"),
    ):
        assert part in text


def test_unknown_factory_number_has_no_line() -> None:
    assert "ЗН ККТ" not in page_text(document("ride", kktNumber=None))


def test_main_vat_rate_was_eighteen_before_2019() -> None:
    assert "НДС 18 %" in page_text(document("dinner", dateTime="2018-12-31T23:59:00"))


@pytest.mark.parametrize("name", ["ride", "dinner", "old_format"])
def test_code_on_the_page_is_the_receipts_code(name: str) -> None:
    receipt = FiscalReceipt.parse(document(name), epoch_zone=UTC)

    assert read_receipt(render(receipt)).qr == qr_text(receipt)


@pytest.mark.parametrize("name", ["ride", "dinner", "old_format"])
def test_usual_receipt_is_one_page_of_at_most_40_kilobytes(name: str) -> None:
    pdf = render(FiscalReceipt.parse(document(name), epoch_zone=UTC))

    assert len(pdf) <= 40 * 1024
    assert len(pages(pdf).pages) == 1


def test_long_receipt_turns_pages_and_says_which() -> None:
    long = document("ride", totalSum=10_000_000, ecashTotalSum=10_000_000)
    item = long["items"][0]
    long["items"] = [{**item, "name": f"Блюдо {number}"} for number in range(1, 201)]
    pdf = render(FiscalReceipt.parse(long))
    text, count = page_text(long), len(pages(pdf).pages)

    assert all(f"Блюдо {number} 500,00" in text for number in range(1, 201))
    assert f"Страница {count} из {count}" in text
    assert count > 1


def test_name_longer_than_a_page_is_printed_whole() -> None:
    name = "Ж" * 5000 + " конец"

    text = page_text(with_item("ride", name=name))

    assert text.count("Ж") == 5000
    assert "конец" in text


@settings(max_examples=40, deadline=None)
@given(name=st.text(st.characters(), min_size=1, max_size=200))
def test_hostile_names_leave_sum_and_code_readable(name: str) -> None:
    hostile = with_item("ride", name=f"!{name}")
    hostile["user"] = hostile["operator"] = hostile["kktNumber"] = f"?{name}"

    back = read_receipt(render(FiscalReceipt.parse(hostile)))

    assert "500,00" in back.text
    assert back.qr.endswith("&i=43553&fp=576585508&n=1")


@given(st.text(max_size=300), st.floats(20, 250))
def test_wrapped_lines_fit_and_keep_every_letter(text: str, limit: float) -> None:
    shown = fonts.printable(text)
    lines = fonts.wrap(shown, fonts.REGULAR, 8, limit)

    assert all(fonts.width(line, fonts.REGULAR, 8) <= limit + 0.01 for line in lines)
    assert "".join(lines).replace(" ", "") == shown.replace(" ", "")


@pytest.mark.parametrize(
    "text",
    [
        "Съешь ещё этих мягких французских булок, да выпей же чаю № 5 «Ёж» — 1 000,50 ₽",
        "Құрметті қонақ, шот төленді: әіңғүұқөһ 900 ₸",
        "Հայկական գինի և լավաշ, Երևան",
        "ხაჭაპური აჭარული, თბილისი",
        "Плов по-ташкентски, O‘zbekiston so‘m",
    ],
)
def test_every_character_of_our_markets_has_a_glyph(text: str) -> None:
    assert fonts.printable(text) == text


def test_currency_signs_that_the_font_lacks_are_spelt() -> None:
    assert fonts.printable("15 ₾, 1200 ֏") == "15 GEL, 1200 AMD"


def test_missing_glyphs_show_and_invisible_characters_go() -> None:
    assert fonts.printable("Пицца 🍕\u202e寿\x00司\u200b\n2") == "Пицца \ufffd\ufffd\ufffd 2"


def test_same_receipt_is_the_same_bytes_in_every_process() -> None:
    sample = SAMPLES / "dinner.json"
    digest = hashlib.sha256(render(FiscalReceipt.parse(document("dinner")))).hexdigest()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", RENDER_DIGEST, str(sample)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
        assert run.stdout.split() == [digest, "False"]


def test_another_receipt_is_other_bytes() -> None:
    other = with_item("ride", name="Другая поездка")

    assert render(FiscalReceipt.parse(other)) != render(FiscalReceipt.parse(document("ride")))


def test_group_moves_to_the_next_page_instead_of_tearing() -> None:
    group = (layout.Row(40), layout.Row(40))

    sheets = layout.paginate([group, group], 2 * layout.MARGIN + 130)

    assert [len(sheet.rows) for sheet in sheets] == [2, 2]


def test_missing_fonts_folder_is_named_loudly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FONTS_DIR", str(tmp_path))

    with pytest.raises(fonts.FontsMissing, match=tmp_path.name):
        fonts.fonts_dir()
