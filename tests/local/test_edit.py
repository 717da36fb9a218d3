"""An edit of the code is live with the next request to the running stack; nothing is restarted."""

from pathlib import Path

import requests

from tests.local.conftest import Town
from tests.support.intrinsics import Json


def ask(town: Town) -> requests.Response:
    url = town.facts["sandbox"]["payment_methods"] + "/v1/payment-methods-availability"
    order = {"partner_id": "p1"}
    asked: Json = {"user_id": "u1", "currency": "RUB", "service": "qr", "order": order}
    return requests.post(url, json=asked, timeout=10)


def cards(town: Town) -> list[str]:
    answer = ask(town)
    answer.raise_for_status()
    return [method["id"] for method in answer.json()["payment_methods"]]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_an_edit_of_a_layer_is_live_with_the_next_request(town: Town) -> None:
    layer = town.tree / "layers" / "sandbox" / "python" / "sandbox" / "payment_methods.py"
    assert "card-ok" in cards(town)

    edit(layer, '_card("card-ok"', '_card("card-edited"')

    assert "card-edited" in cards(town)


def test_a_broken_edit_answers_500_and_its_repair_is_live(town: Town) -> None:
    function = town.tree / "functions" / "sandbox" / "payment_methods.py"
    text = function.read_text(encoding="utf-8")

    function.write_text(text + "\nthis is not Python\n", encoding="utf-8")
    assert ask(town).status_code >= 500

    function.write_text(text, encoding="utf-8")
    assert "card-insufficient" in cards(town)
