"""The daily export: a file of restaurants that others read (QP-08)."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from qr_partners.tables import PartnerRow
from qr_partners.use_cases.exporting import SCHEMA
from shared import aws
from shared.clock import SYSTEM
from tests.qr_partners.samples import PROFILE, Town
from tests.support.aws_world import World, aws_world
from tests.support.clock import FakeClock
from tests.support.intrinsics import ROOT, Json, read

FOLDER = "exports/qr_partners/dt=2026-01-02"
FILES = [f"{FOLDER}/_SUCCESS", f"{FOLDER}/part-0.jsonl.gz", "exports/schemas/qr_partners.json"]


@pytest.fixture
def world() -> Iterator[World]:
    with aws_world("qr_partners") as found:
        yield found


@pytest.fixture
def town(world: World) -> Town:
    return Town(SYSTEM)


def export(world: World, clock: FakeClock | None = None) -> dict[str, bytes]:
    """What the bucket holds after a run on 2 January 2026."""
    module = world.load("qr_partners", "crons.export_partners")
    exporting = module.wiring.exporting()
    run = replace(exporting, clock=clock or FakeClock())
    run.export()
    return files(world)


def files(world: World) -> dict[str, bytes]:
    s3, bucket = aws.client("s3"), world.environment("qr_partners")["EXPORTS_BUCKET"]
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


def rows(found: dict[str, bytes]) -> list[Json]:
    lines = gzip.decompress(found[f"{FOLDER}/part-0.jsonl.gz"]).decode().splitlines()
    return [json.loads(line) for line in lines]


def test_the_schedule_writes_todays_file(world: World, town: Town) -> None:
    town.restaurant()
    world.run(world.load("qr_partners", "crons.export_partners"), {})
    day = f"{SYSTEM.now():%Y-%m-%d}"
    assert f"exports/qr_partners/dt={day}/_SUCCESS" in files(world)


def test_a_row_is_a_code_of_a_table_and_fits_the_schema(world: World, town: Town) -> None:
    bare = town.restaurant("r1")
    codes = town.partners.create_partner(
        town.group_id,
        replace(
            PROFILE,
            external_id="r2",
            address=replace(PROFILE.address, house="2"),
            tables=("1", "2"),
        ),
    ).partner.partner_id

    found = export(world)

    assert sorted(found) == FILES
    assert found["exports/schemas/qr_partners.json"] == SCHEMA.read_bytes()
    wanted = [(bare, None), (codes, f"{codes}.1"), (codes, f"{codes}.2")]
    assert [(row["partner_id"], row["qr_id"]) for row in rows(found)] == sorted(wanted)
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for row in rows(found):
        validator.validate(row)


def test_a_repeat_gives_the_same_bytes(world: World, town: Town) -> None:
    for number in range(4):
        town.restaurant(f"r{number}")
    later = FakeClock()
    later.advance(3600)
    assert export(world) == export(world, later)


def test_success_is_said_last(world: World, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.restaurant()
    put: list[str] = []
    monkeypatch.setattr(
        "qr_partners.clients.ExportBucket.put", lambda _bucket, key, _content: put.append(key)
    )
    export(world)
    assert put[-1] == f"{FOLDER}/_SUCCESS"
    assert set(put) == set(FILES)


def test_no_key_is_exported(world: World, town: Town) -> None:
    town.restaurant()
    secret = town.key().split("_")[2]
    assert secret not in str(rows(export(world)))


def test_every_page_is_exported(world: World, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qr_partners.use_cases.finding._PAGE", 2)
    for number in range(5):
        town.restaurant(f"r{number}")
    found = [row["partner_id"] for row in rows(export(world))]
    assert found == sorted(row.partner_id for row in PartnerRow.scan())


def test_athena_reads_the_columns_of_the_schema() -> None:
    template = read(ROOT / "templates/qr_partners.yaml")
    table: Any = template["Resources"]["ExportsPartnersTable"]["Properties"]["TableInput"]
    kinds = {"string": "string", "double": "number", "boolean": "boolean", "bigint": "integer"}
    columns = [
        (each["Name"], kinds[each["Type"]]) for each in table["StorageDescriptor"]["Columns"]
    ]
    properties = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]
    assert columns == [(name, _first(each["type"])) for name, each in properties.items()]


def _first(kind: str | list[str]) -> str:
    return kind if isinstance(kind, str) else kind[0]
