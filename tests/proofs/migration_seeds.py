"""Bugs to put in on purpose into what keeps wallets in two stores."""

from typing import Any

import pytest

from fleet_payment_systems import old_store
from fleet_payment_systems.model import Wallet
from fleet_payment_systems.store import WALLET
from fleet_payment_systems.store.copies import CopyStore
from fleet_payment_systems.store.wallets import RequestMark, WalletStore, row_of, unchanged
from fleet_payment_systems.tables import WalletRow
from fleet_payment_systems.use_cases.paired import PairedBook
from shared.store import Transaction

Patch = pytest.MonkeyPatch


def no_repair(patch: Patch) -> None:
    patch.setattr(PairedBook, "_arm", lambda *_: None)


def swap_without_comparing(patch: Patch) -> None:
    script = old_store._SWAP.replace("if found ~= was then return 0 end", "was = found")
    patch.setattr(old_store, "_SWAP", script)


def copy_without_condition(patch: Patch) -> None:
    def copy(_: Any, writes: Transaction, wallet: Wallet, _before: Wallet | None) -> None:
        writes.put(row_of(wallet), WALLET, WalletRow.rev.does_not_exist() | (WalletRow.rev >= 0))

    patch.setattr(CopyStore, "copy", copy)


def still_a_copy(patch: Patch) -> None:
    """Phase 4 writes a row that somebody of phase 3a may still copy over."""

    def save(self: Any, writes: Transaction, wallet: Wallet, *line: Any) -> None:
        writes.put(row_of(wallet), WALLET, unchanged(wallet, wallet.rev - 1))
        self._journal(writes, wallet, *line)

    patch.setattr(WalletStore, "save", save)


def deleted_without_a_trace(patch: Patch) -> None:
    script = old_store._SWAP.replace("redis.call('HSET', gone, id, now)", "")
    patch.setattr(old_store, "_SWAP", script)


def request_not_remembered(patch: Patch) -> None:
    original = PairedBook._arm

    def arm(self: PairedBook, wallet: Wallet, line: Any, _mark: RequestMark | None) -> None:
        original(self, wallet, line, None)

    patch.setattr(PairedBook, "_arm", arm)
