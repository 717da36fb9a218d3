"""What the dependency layer keeps of botocore's data is enough for every client, and no more."""

import shutil
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.session import Session

from local.layer_data import slim
from shared import aws
from tests.support.intrinsics import REGION

SERVICES = [*aws._LIMITS, "lambda"]
_WHOLE = Path(botocore.__file__).parent / "data"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Slim data, made of this Python's botocore; one service more than are kept."""
    place = tmp_path_factory.mktemp("botocore") / "data"
    place.mkdir()
    for file in (each for each in _WHOLE.iterdir() if each.is_file()):
        shutil.copy(file, place)
    for service in (*SERVICES, "sts"):
        shutil.copytree(_WHOLE / service, place / service)
    slim(place, SERVICES)
    return place


def client(data: Path, service: str) -> Any:
    session = Session()
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    return session.create_client(
        service, region_name=REGION, aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_calls_the_same_operations_at_the_same_address(data: Path, service: str) -> None:
    ours, whole = client(data, service), client(_WHOLE, service)

    assert ours.meta.endpoint_url == whole.meta.endpoint_url
    assert ours.meta.method_to_api_mapping == whole.meta.method_to_api_mapping
    assert ours.meta.service_model.metadata == whole.meta.service_model.metadata


def test_a_model_keeps_what_is_sent_and_loses_what_is_told(data: Path) -> None:
    ours, whole = (
        client(place, "dynamodb").meta.service_model.operation_model("PutItem")
        for place in (data, _WHOLE)
    )

    assert ours.input_shape.members.keys() == whole.input_shape.members.keys()
    assert ours.input_shape.required_members == whole.input_shape.required_members
    assert (ours.documentation, bool(whole.documentation)) == ("", True)


def test_other_services_are_left_out(data: Path) -> None:
    assert {each.name for each in data.iterdir() if each.is_dir()} == set(SERVICES)
    assert (data / "endpoints.json").stat().st_size < 100_000


def test_the_same_data_makes_the_same_layer(data: Path) -> None:
    before = {file: file.read_bytes() for file in data.rglob("*.gz")}
    slim(data, SERVICES)
    assert {file: file.read_bytes() for file in before} == before
