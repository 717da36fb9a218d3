"""Where most of a payment system's terminals stand, by its country: a wallet may say otherwise."""

from typing import Final

ZONES: Final = {
    "AM": "Asia/Yerevan",
    "GE": "Asia/Tbilisi",
    "KG": "Asia/Bishkek",
    "KZ": "Asia/Almaty",
    "MD": "Europe/Chisinau",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
