"""checkov's findings against the skips that we have written a reason for."""

import pytest

from local.template_check import Finding, Skip, problems

OPEN_BUCKET = Finding("CKV_AWS_53", "shop/Bucket", "Ensure S3 bucket blocks public ACLs")


@pytest.mark.parametrize(
    ("skips", "reported"),
    [
        ([], "CKV_AWS_53 shop/Bucket: Ensure S3 bucket blocks public ACLs"),
        ([Skip("CKV_AWS_53", "shop/Bucket", " ")], "CKV_AWS_53: a skip without a reason"),
    ],
)
def test_a_finding_without_a_reason_is_reported(skips: list[Skip], reported: str) -> None:
    assert problems([OPEN_BUCKET], skips) == [reported]


def test_a_skip_covers_the_resources_it_names_and_no_other() -> None:
    skip = Skip("CKV_AWS_53", "shop/.*", "it is a shop window")
    other = Finding("CKV_AWS_53", "bank/Bucket", "open")
    assert problems([OPEN_BUCKET, other], [skip]) == ["CKV_AWS_53 bank/Bucket: open"]


def test_a_finding_says_which_properties_it_is_about() -> None:
    found = Finding("CKV_AWS_45", "shop/Till", "secret", "Properties/Environment/Variables/URL")
    assert problems([found], []) == [
        "CKV_AWS_45 shop/Till: secret (Properties/Environment/Variables/URL)"
    ]


def test_a_skip_that_no_longer_fires_is_reported() -> None:
    found = problems([], [Skip("CKV_AWS_53", "shop/.*", "it is a shop window")])
    assert found == ["CKV_AWS_53 shop/.*: a skip that no longer fires"]
