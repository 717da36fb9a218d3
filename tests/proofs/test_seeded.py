"""The proofs have teeth: each seeded bug of appendix C is caught, or its stand-in is named."""

import pytest

from tests.proofs.seeded import BUGS, Bug, Proof
from tests.support.town import Town

PROOFS = list(dict.fromkeys(bug.proof for bug in BUGS))


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__)
def test_the_proof_holds_of_the_code_as_it_is(place: Town, proof: Proof) -> None:
    proof(place)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: f"{bug.number} {bug.name}")
def test_a_seeded_bug_is_caught(place: Town, monkeypatch: pytest.MonkeyPatch, bug: Bug) -> None:
    for seed in bug.seeds:
        seed(monkeypatch)
    if not bug.caught:
        bug.proof(place)
        return
    with pytest.raises(AssertionError):
        bug.proof(place)
