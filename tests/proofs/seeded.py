"""The seeded bugs of RELIABILITY appendix C that orders can have, and what catches each.

A guard that another one stands in for is seeded twice: alone, where the proof must still hold
(`caught=False` says which guard stands in), and together with its stand-in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pytest

from tests.proofs import refund_seeds, seeds
from tests.proofs import seeded_proofs as proofs
from tests.proofs import seeded_races as races
from tests.support.town import Town

Seed = Callable[[pytest.MonkeyPatch], None]
Proof = Callable[[Town], None]


@dataclass(frozen=True, slots=True)
class Bug:
    """`number` is appendix C's; `seeds` are put in together; `caught` by `proof`, or harmless."""

    number: int
    name: str
    proof: Proof
    seeds: Sequence[Seed]
    caught: bool = True


BUGS: Final[Sequence[Bug]] = (
    Bug(
        1,
        "version: the journal's key stands in",
        races.pay_or_replace,
        [seeds.no_version],
        caught=False,
    ),
    Bug(
        1,
        "version and journal",
        races.pay_or_replace,
        [seeds.no_version, seeds.journal_overwritten],
    ),
    Bug(1, "journal: the version stands in", races.two_guests, [seeds.journal_overwritten], False),
    Bug(
        1,
        "both versions: the journal stands in",
        races.two_guests,
        [seeds.no_version_no_state],
        False,
    ),
    Bug(2, "state: the version stands in", races.two_guests, [seeds.no_state], caught=False),
    Bug(
        2,
        "state, version, journal",
        races.two_guests,
        [seeds.no_version_no_state, seeds.journal_overwritten],
    ),
    Bug(
        3,
        "bound: the read stands in",
        refund_seeds.not_before_the_clear,
        [refund_seeds.no_bound],
        caught=False,
    ),
    Bug(
        5,
        "total instead of cleared: the bound stands in",
        refund_seeds.not_before_the_clear,
        [refund_seeds.total_instead_of_cleared, seeds.no_version_no_state],
        caught=False,
    ),
    Bug(
        3,
        "neither bound nor read nor version",
        refund_seeds.not_before_the_clear,
        [
            refund_seeds.no_bound,
            refund_seeds.total_instead_of_cleared,
            seeds.no_version_no_state,
        ],
    ),
    Bug(
        4,
        "less instead of at most",
        refund_seeds.everything_goes_back,
        [refund_seeds.less_instead_of_at_most],
    ),
    Bug(6, "a refund of nothing", refund_seeds.nothing_is_refused, [refund_seeds.nothing_accepted]),
    Bug(7, "a negative refund", refund_seeds.minus_is_refused, [refund_seeds.minus_accepted]),
    Bug(9, "a commit a write", proofs.create_crashes, [seeds.many_commits]),
    Bug(10, "task ended before its work", proofs.hold_crashes, [seeds.ended_before_the_work]),
    Bug(
        11, "claim after the call", proofs.pay_crashes_guest_leaves, [seeds.claimed_after_the_call]
    ),
    Bug(
        15, "key from the whole body", proofs.replaced_is_one_order, [seeds.key_from_the_whole_body]
    ),
    Bug(16, "no hash of the body", proofs.other_body_is_refused, [seeds.no_body_hash]),
    Bug(17, "new operation id on retry", proofs.pay_answers_lost, [seeds.new_operation_on_retry]),
    Bug(18, "old invoice after a refusal", proofs.second_card, [seeds.same_invoice_after_refusal]),
    Bug(19, "time-out is failure", proofs.pay_answers_lost, [seeds.time_out_is_failure]),
    Bug(20, "5xx is failure", proofs.engine_errs, [seeds.server_error_is_failure]),
    Bug(22, "acknowledged before commit", proofs.inbox_crashes, [seeds.acknowledged_first]),
    Bug(23, "unknown object is fine", proofs.unknown_waits, [seeds.unknown_is_fine]),
    Bug(24, "no task row", proofs.messages_lost, [seeds.no_task_row]),
    Bug(25, "sweeper marks before it sends", proofs.sweep_crashes, [seeds.marked_before_sent]),
    Bug(26, "guest's news without a key", proofs.news_crashes, [seeds.news_without_key]),
    Bug(27, "no sweeper", proofs.messages_lost, [seeds.no_sweeper]),
    Bug(
        28,
        "no lease: version and fence stand in",
        races.two_workers,
        [seeds.no_lease],
        caught=False,
    ),
    Bug(
        28,
        "no lease: the key of the news stands in",
        races.two_tellers,
        [seeds.no_lease],
        caught=False,
    ),
    Bug(
        26,
        "news without a key: the lease stands in",
        races.two_tellers,
        [seeds.news_without_key],
        caught=False,
    ),
    Bug(
        28,
        "no lease, news without a key",
        races.two_tellers,
        [seeds.no_lease, seeds.news_without_key],
    ),
    Bug(29, "no fence", races.armed_anew, [seeds.no_fence]),
    Bug(30, "eventual reads", proofs.reads_are_fresh, [seeds.eventual_reads]),
    Bug(31, "silence as the index has it", races.mark_or_end, [seeds.silence_of_the_index]),
    Bug(33, "mark not in the condition", races.mark_or_end, [seeds.mark_not_in_the_condition]),
    Bug(
        32,
        "expiry by the sweep: the condition stands in",
        proofs.too_late,
        [seeds.swept_away_is_expired],
        False,
    ),
    Bug(
        33,
        "expiry not in the condition: the read stands in",
        proofs.too_late,
        [seeds.no_expiry_in_the_condition],
        False,
    ),
    Bug(
        32,
        "expiry by the sweep alone",
        proofs.too_late,
        [seeds.swept_away_is_expired, seeds.no_expiry_in_the_condition],
    ),
    Bug(34, "an old callback's content", proofs.late_news, [seeds.content_applied]),
    Bug(35, "a final status leaves", proofs.final_stays, [seeds.any_partner_move]),
    Bug(36, "the first basket", proofs.replaced_is_paid, [seeds.first_basket]),
    Bug(
        36,
        "a refund of the first basket",
        refund_seeds.gone_is_gone,
        [refund_seeds.first_version_again],
    ),
    Bug(
        38,
        "rounding by portion: the last is what is left",
        refund_seeds.portion_by_portion,
        [refund_seeds.rounded_one_by_one],
        caught=False,
    ),
    Bug(39, "no void after cancel", proofs.cancel_in_flight, [seeds.no_cancel_task]),
    Bug(40, "failures hidden", proofs.inbox_answers_lost, [seeds.failures_hidden]),
)
