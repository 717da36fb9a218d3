"""shared.store: all or nothing, and a refusal that says which write was refused (R1, R5)."""

import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from pynamodb.attributes import UnicodeAttribute

from shared import aws, store
from shared.errors import Unavailable
from shared.store import ConditionFailed, Row, Transaction, WholeNumber
from tests.shared.conftest import forget
from tests.support.atomic_moto import FakeAws, Snapshot, atomic_aws
from tests.support.calls import Served, serving
from tests.support.crash import fault_at
from tests.support.faults import Fault

ACCOUNTS: Final = "test-shared-accounts"


class Account(Row):
    class Meta:
        table_env = "ACCOUNTS_TABLE"

    account_id = UnicodeAttribute(hash_key=True)
    version = WholeNumber()
    balance = WholeNumber(null=True)


@pytest.fixture(scope="module")
def accounts() -> Iterator[tuple[FakeAws, Snapshot]]:
    with pytest.MonkeyPatch.context() as patch, atomic_aws() as fake:
        patch.setenv("ACCOUNTS_TABLE", ACCOUNTS)
        forget()
        aws.client("dynamodb").create_table(
            TableName=ACCOUNTS,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "account_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "account_id", "AttributeType": "S"}],
        )
        yield fake, fake.snapshot()
    forget()


@pytest.fixture(autouse=True)
def empty(accounts: tuple[FakeAws, Snapshot]) -> None:
    fake, snapshot = accounts
    fake.restore(snapshot)


def put(*ids: str, version: int = 1) -> None:
    transaction = Transaction()
    for account_id in ids:
        transaction.put(Account(account_id, version=version), account_id)
    store.commit(transaction)


def version(account_id: str) -> int | None:
    found = Account.find(account_id)
    return None if found is None else found.version


def moved(transaction: Transaction, account_id: str, from_version: int) -> None:
    action = Account.version.set(from_version + 1)
    condition = Account.version == from_version
    transaction.update(Account(account_id), account_id, [action], condition)


def left_over(rounds: int) -> Served:
    """BatchGetItem that serves one key alone in each of the first `rounds` calls."""
    asked = []

    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        keys = parameters["RequestItems"][ACCOUNTS]["Keys"]
        asked.append(keys)
        served, left = (keys[:1], keys[1:]) if len(asked) <= rounds else (keys, [])
        rows = [{**key, "version": {"N": "1"}} for key in served]
        rest = {ACCOUNTS: {"Keys": left}} if left else {}
        return {"Responses": {ACCOUNTS: rows}, "UnprocessedKeys": rest}

    return answer


def checked(account_id: str, wanted: int) -> Transaction:
    """A transaction that writes "b" if the row `account_id` has the version."""
    transaction = Transaction()
    transaction.put(Account("b", version=1), "new")
    transaction.check(Account(account_id), "checked", Account.version == wanted)
    return transaction


def test_a_check_that_holds_lets_the_writes_pass_and_changes_nothing() -> None:
    put("a", version=3)
    store.commit(checked("a", 3))
    assert (version("a"), version("b")) == (3, 1)


@pytest.mark.parametrize("account_id", ["a", "nobody"])
def test_a_check_that_fails_is_named_and_nothing_is_written(account_id: str) -> None:
    put("a", version=3)
    with pytest.raises(ConditionFailed) as refused:
        store.commit(checked(account_id, 2))
    assert refused.value.labels == {"checked"}
    assert version("b") is None


def test_reasons_keep_to_their_writes_whatever_the_order_they_were_named_in() -> None:
    put("a", "b", version=3)
    transaction = checked("a", 3)
    moved(transaction, "c", 7)
    transaction.delete(Account("d"), "deleted", Account.version == 1)
    with pytest.raises(ConditionFailed) as refused:
        store.commit(transaction)
    assert refused.value.labels == {"new", "c", "deleted"}


def test_rows_are_found_together_and_missing_ones_are_left_out() -> None:
    put("a", "b", version=3)

    found = Account.find_all([("a",), ("nobody",), ("b",)])

    assert {(row.account_id, row.version) for row in found} == {("a", 3), ("b", 3)}


def test_rows_are_read_strongly_and_only_as_far_as_asked() -> None:
    asked: list[dict[str, Any]] = []

    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        asked.append(parameters["RequestItems"][ACCOUNTS])
        return {"Responses": {ACCOUNTS: []}, "UnprocessedKeys": {}}

    with serving("dynamodb", "BatchGetItem", answer):
        Account.find_all([("a",)], "account_id", "version")

    (request,) = asked
    assert request["ConsistentRead"] is True
    assert set(request["ExpressionAttributeNames"].values()) == {"account_id", "version"}


@pytest.mark.parametrize(("keys", "reads"), [(0, []), (100, [100]), (101, [100, 1])])
def test_hundred_rows_are_one_read(keys: int, reads: list[int]) -> None:
    sizes: list[int] = []

    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        sizes.append(len(parameters["RequestItems"][ACCOUNTS]["Keys"]))
        return {"Responses": {ACCOUNTS: []}, "UnprocessedKeys": {}}

    with serving("dynamodb", "BatchGetItem", answer):
        Account.find_all([(str(number),) for number in range(keys)])

    assert sizes == reads


def test_keys_left_unprocessed_are_read_again() -> None:
    with serving("dynamodb", "BatchGetItem", left_over(rounds=2)):
        found = Account.find_all([("a",), ("b",), ("c",), ("d",)])

    assert sorted(row.account_id for row in found) == ["a", "b", "c", "d"]


def test_rows_that_stay_unread_are_not_called_missing() -> None:
    with (
        serving("dynamodb", "BatchGetItem", left_over(rounds=99)),
        pytest.raises(Unavailable, match="storage_unavailable"),
    ):
        Account.find_all([(str(number),) for number in range(9)])


def test_writes_of_a_transaction_happen_together() -> None:
    put("old", "moved")
    transaction = Transaction()
    transaction.put(Account("new", version=5), "new")
    moved(transaction, "moved", 1)
    transaction.delete(Account("old"), "old", Account.version == 1)

    store.commit(transaction)

    assert [version(name) for name in ("new", "moved", "old")] == [5, 2, None]


def test_one_refused_write_refuses_all() -> None:
    put("a")
    transaction = Transaction()
    transaction.put(Account("new", version=5), "new")
    moved(transaction, "a", 7)

    with pytest.raises(ConditionFailed):
        store.commit(transaction)

    assert [version("new"), version("a")] == [None, 1]


def test_row_put_without_a_condition_must_be_new() -> None:
    put("a")

    with pytest.raises(ConditionFailed) as refusal:
        put("a", version=2)

    assert refusal.value.labels == {"a"}
    assert version("a") == 1


def test_row_put_with_a_condition_may_replace() -> None:
    put("a")
    transaction = Transaction()
    transaction.put(Account("a", version=2), "a", Account.version == 1)

    store.commit(transaction)

    assert version("a") == 2


@pytest.mark.parametrize("refused", [{"put"}, {"update"}, {"delete"}, {"put", "delete"}])
def test_refusal_names_the_writes_whatever_their_kind_and_order(refused: set[str]) -> None:
    put("update", "delete", "other")
    transaction = Transaction()
    moved(transaction, "update", 9 if "update" in refused else 1)
    transaction.put(Account("other" if "put" in refused else "put", version=1), "put")
    delete_at = 9 if "delete" in refused else 1
    transaction.delete(Account("delete"), "delete", Account.version == delete_at)

    with pytest.raises(ConditionFailed) as refusal:
        store.commit(transaction)

    assert refusal.value.labels == refused


def test_after_commit_runs_once_and_only_after_a_commit() -> None:
    ran: list[str] = []
    for name in ("a", "a"):
        transaction = Transaction()
        transaction.put(Account(name, version=1), name)
        transaction.after_commit.append(lambda: ran.append("after"))
        try:
            store.commit(transaction)
        except ConditionFailed:
            ran.append("refused")

    assert ran == ["after", "refused"]


def cancelled(times: int, code: str, tokens: list[str]) -> Served:
    """TransactWriteItems as it refuses `times` times and then succeeds."""

    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        tokens.append(parameters["ClientRequestToken"])
        if len(tokens) <= times:
            error = {"Code": "TransactionCanceledException", "Message": code}
            reasons = [{"Code": "None"}, {"Code": code}]
            raise ClientError({"Error": error, "CancellationReasons": reasons}, "Transact")
        return {}

    return answer


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the code would have slept, in seconds."""
    found: list[float] = []
    monkeypatch.setattr("shared.store.time.sleep", found.append)
    return found


def test_contention_is_repeated_with_one_token_and_growing_pauses(pauses: list[float]) -> None:
    tokens: list[str] = []

    with serving("dynamodb", "TransactWriteItems", cancelled(3, "TransactionConflict", tokens)):
        put("a", "b")

    assert (len(tokens), len(set(tokens))) == (4, 1)
    assert len(pauses) == 3
    assert all(pause <= 0.02 * 2**n for n, pause in enumerate(pauses))


def test_lasting_contention_is_unavailable(pauses: list[float]) -> None:
    tokens: list[str] = []

    with (
        serving("dynamodb", "TransactWriteItems", cancelled(99, "TransactionConflict", tokens)),
        pytest.raises(Unavailable),
    ):
        put("a", "b")

    assert sum(pauses) < 2


@pytest.mark.parametrize("code", ["ValidationError", "ThrottlingError", "ItemCollectionSize"])
def test_other_cancellation_is_unavailable_and_not_repeated(pauses: list[float], code: str) -> None:
    tokens: list[str] = []

    with (
        serving("dynamodb", "TransactWriteItems", cancelled(1, code, tokens)),
        pytest.raises(Unavailable),
    ):
        put("a", "b")

    assert (len(tokens), pauses) == (1, [])


def test_two_transactions_have_two_tokens() -> None:
    tokens: list[str] = []

    with serving("dynamodb", "TransactWriteItems", cancelled(0, "", tokens)):
        put("a")
        put("b")

    assert len(set(tokens)) == 2


def test_lost_answer_of_a_transaction_is_recognised_by_its_token() -> None:
    with fault_at(1, Fault.LOST_ANSWER) as injector:
        put("a")

    assert "TransactWriteItems again" in [call.operation for call in injector.calls]
    assert version("a") == 1


def test_unknown_outcome_of_a_commit_is_unavailable() -> None:
    with pytest.raises(Unavailable), fault_at(1, Fault.LOST_ANSWER_FINAL):
        put("a")

    assert version("a") == 1


def test_unknown_outcome_of_a_read_is_unavailable() -> None:
    with pytest.raises(Unavailable), fault_at(1, Fault.LOST_ANSWER_FINAL):
        Account.find("a")


def test_unavailable_carries_nothing_of_the_request() -> None:
    with pytest.raises(Unavailable) as problem, fault_at(1, Fault.LOST_ANSWER_FINAL):
        put("card-4111")

    assert "4111" not in f"{problem.value.message}{problem.value.details}"


def test_row_is_read_strongly() -> None:
    asked: list[dict[str, Any]] = []

    def answer(parameters: dict[str, Any]) -> dict[str, Any]:
        asked.append(parameters)
        return {}

    with serving("dynamodb", "GetItem", answer):
        Account.find("a")

    assert asked[0]["ConsistentRead"] is True


@pytest.mark.parametrize("value", [1.0, 0.5, True, "7"])
def test_number_that_is_no_integer_is_not_stored(value: Any) -> None:
    transaction = Transaction()
    transaction.put(Account("a", version=1, balance=value), "a")

    with pytest.raises(TypeError, match="balance"):
        store.commit(transaction)

    assert version("a") is None


@pytest.mark.parametrize("value", [0, -1, 10**30])
def test_whole_number_comes_back_as_it_was(value: int) -> None:
    put("a", version=value)

    assert version("a") == value


def test_table_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    put("a")
    monkeypatch.setitem(os.environ, "ACCOUNTS_TABLE", "test-no-such-table")

    with pytest.raises(Unavailable):
        Account.find("a")
