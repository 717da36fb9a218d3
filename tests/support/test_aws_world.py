"""The fake world built from templates: what it makes, and whose environment is in force."""

import json
import os
from pathlib import Path

import pytest

from shared import aws, secrets_store
from shared.http_event import event
from tests.support import aws_world as worlds
from tests.support.aws_world import aws_world

_TEMPLATE = """
Parameters: {Stage: {Type: String}, BankUrl: {Type: String}}
Globals:
  Function:
    Environment:
      Variables: {NOTES_TABLE: !Ref Notes, PEPPER: !Sub "${Stage}/NAME/pepper", BANK: !Ref BankUrl}
Resources:
  Notes:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub ${Stage}-NAME-notes
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: note_id, AttributeType: S}]
      KeySchema: [{AttributeName: note_id, KeyType: HASH}]
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${Stage}-NAME_write"}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "${Stage}-NAME"}}
  Pepper:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: !Sub ${Stage}/NAME/pepper
      GenerateSecretString: {SecretStringTemplate: '{"current":"p1"}', GenerateStringKey: p1}
"""
_FUNCTION = """
from pynamodb.attributes import UnicodeAttribute
from aws_world_rows import NoteRow
from shared.http import http_app, endpoint

app = http_app("NAME-write")

@endpoint(app, "POST", "/write")
def write(request):
    known = NoteRow.find("n1") is not None
    NoteRow("n1").save()
    return {"known": known}
"""
_ROWS = """
from pynamodb.attributes import UnicodeAttribute
from shared.store import Row

class NoteRow(Row):
    class Meta:
        table_env = "NOTES_TABLE"
    note_id = UnicodeAttribute(hash_key=True)
"""


@pytest.fixture
def two_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """north and south: each with a table that both know as NOTES_TABLE."""
    for name in ("north", "south"):
        (tmp_path / "functions" / name).mkdir(parents=True)
        (tmp_path / "functions" / name / "write.py").write_text(_FUNCTION.replace("NAME", name))
        (tmp_path / "templates").mkdir(exist_ok=True)
        (tmp_path / "templates" / f"{name}.yaml").write_text(_TEMPLATE.replace("NAME", name))
    (tmp_path / "aws_world_rows.py").write_text(_ROWS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(worlds, "ROOT", tmp_path)


@pytest.mark.usefixtures("two_services")
def test_services_that_name_tables_alike_write_each_to_its_own() -> None:
    with aws_world("north", "south") as world:
        north, south = world.load("north", "write"), world.load("south", "write")
        write = event("POST", "/write")
        answers = [world.invoke(module, write) for module in (north, south, north)]
    assert answers == [(200, {"known": False}), (200, {"known": False}), (200, {"known": True})]


@pytest.mark.usefixtures("two_services")
def test_world_has_what_the_template_declares() -> None:
    with aws_world("north") as world:
        queues = aws.client("sqs").list_queues()["QueueUrls"]
        buckets = [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]]
        pepper = secrets_store.peppers(os.environ["PEPPER"])
        assert [url.rpartition("/")[2] for url in queues] == ["test-north_write"]
        assert buckets == ["test-north"]
        assert pepper.current == "p1"
        assert world.environment("north")["BANK"] == "http://127.0.0.1:1/bank"


@pytest.mark.usefixtures("two_services")
def test_environment_is_as_before_when_the_world_ends() -> None:
    before = json.dumps(dict(os.environ), sort_keys=True)
    with aws_world("north", parameters={"BankUrl": "http://127.0.0.1:2"}):
        assert os.environ["BANK"] == "http://127.0.0.1:2"
    assert json.dumps(dict(os.environ), sort_keys=True) == before
