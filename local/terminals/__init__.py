"""How payment systems' terminals speak: requests out, answers in, a class a protocol.

Written from the systems' documents, apart from the adapters: what both misread the same way would
else pass for right. `facts` are those of a wallet in build/local.json.
"""

from collections.abc import Callable, Mapping
from typing import Final

from local.terminals.armenia import EasypayRest, Idram, TellCell
from local.terminals.forms import CommandCall, NonStop, Osmp, Signed
from local.terminals.paynet import PaynetRpc, PaynetSoap
from local.terminals.paystack import PaystackWebhook
from local.terminals.ukraine import EasypayXml
from local.terminals.words import Facts, Language

_PLAIN: Final[Mapping[str, Callable[[Facts], Language]]] = {
    "uzpaynet": PaynetSoap,
    "uzpaynet json_rpc": PaynetRpc,
    "city24": CommandCall,
    "city24 nonstop24": NonStop,
    "easypay armenia": EasypayRest,
    "easypay ukraine": EasypayXml,
    "elecsnet": Signed,
    "idram": Idram,
    "paystack": PaystackWebhook,
    "tellcell": TellCell,
}


def language(system: str, facts: Facts) -> Language:
    """What a wallet's terminal speaks; `facts["profile"]` decides where a system has several."""
    profile = facts.get("profile", "")
    plain = _PLAIN.get(f"{system} {profile}") or _PLAIN.get(system)
    if plain is not None:
        return plain(facts)
    if system == "tbc":
        return Osmp(facts, again=facts.get("repeat_code", "215"))
    return Osmp(facts, extended=profile.endswith("_extended"))
