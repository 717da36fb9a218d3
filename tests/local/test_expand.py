"""What the local driver makes of templates before the emulator sees them."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from local.expand import expand
from local.root import Root

ENDPOINT = "http://127.0.0.1:4000"

SERVICE = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.13
    CodeUri: ../functions/orders
    Layers: [!Ref DependenciesLayer, !Ref SharedLayer]
    Environment:
      Variables:
        OWN_URL: !Sub https://${Api}.execute-api.${AWS::Region}.amazonaws.com/v1
        FONTS_DIR: /opt/fonts
Resources:
  DependenciesLayer:
    {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: ../build/dependencies}}
  SharedLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: ../layers/shared}}
  OtherLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: ../layers/other}}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        EnableIamAuthorizer: true
        Authorizers:
          Guest:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: {issuer: https://issuer.example, audience: [app]}
          Partner:
            FunctionArn: arn:aws:lambda:eu-central-1:000000000000:function:dev-authorize
            AuthorizerPayloadFormatVersion: "2.0"
            EnableSimpleResponses: true
            Identity: {Headers: [Authorization], ReauthorizeEvery: 60}
  GetFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: tasks.get.app
      Events:
        Guest:
          Type: HttpApi
          Properties: {ApiId: !Ref Api, Method: GET, Path: "/guest/{id}", Auth: {Authorizer: Guest}}
        Partner:
          Type: HttpApi
          Properties: {ApiId: !Ref Api, Method: POST, Path: /partner, Auth: {Authorizer: Partner}}
        Admin:
          Type: HttpApi
          Properties: {ApiId: !Ref Api, Method: PUT, Path: /admin, Auth: {Authorizer: AWS_IAM}}
        Open: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /open}}
  SavedQuery:
    Type: AWS::Logs::QueryDefinition
    Properties: {Name: errors, QueryString: fields @message}
  RateAlarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {Metrics: [{Id: rate, Expression: "1"}], EvaluationPeriods: 1}
  FilesPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: files
      PolicyDocument:
        Statement:
          - Sid: TlsOnly
            Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource: arn:aws:s3:::files/*
            Condition: {Bool: {"aws:SecureTransport": "false"}}
          - Sid: ShortLinks
            Effect: Deny
            Principal: "*"
            Action: s3:GetObject
            Resource: arn:aws:s3:::files/*
            Condition: {NumericGreaterThan: {"s3:signatureAge": "300000"}}
  QueuesPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement:
          - Sid: TlsOnly
            Effect: Deny
            Principal: "*"
            Action: sqs:*
            Resource: "*"
            Condition: {Bool: {"aws:SecureTransport": "false"}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: own
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: kms:Encrypt
                Resource: arn:key
                Condition: {StringEquals: {"kms:EncryptionContext:table": wallets}}
              - Effect: Allow
                Action: s3:GetObject
                Resource: arn:object
                Condition: {Bool: {"aws:SecureTransport": "false"}}
  Pepper:
    Type: AWS::SecretsManager::Secret
    Properties: {GenerateSecretString: {PasswordLength: 64, ExcludePunctuation: true}}
Outputs:
  ApiUrl: {Value: !GetAtt Api.ApiEndpoint}
"""

ROOT = """
Parameters:
  Stage: {Type: String, Default: dev}
  Upstreams: {Type: String, Default: sandbox}
  BaseUrl: {Type: String, Default: ""}
Conditions:
  Sandboxed: !Equals [!Ref Upstreams, sandbox]
Resources:
  Orders:
    Type: AWS::Serverless::Application
    Properties:
      Location: templates/orders.yaml
      Parameters:
        Stage: !Ref Stage
        Queue: !Sub "${Stage}-orders"
        Url: !If [Sandboxed, !Sub "${Sandbox.Outputs.ApiUrl}/v1", !Ref BaseUrl]
  Sandbox:
    Type: AWS::Serverless::Application
    Condition: Sandboxed
    Properties: {Location: templates/sandbox.yaml, Parameters: {Stage: !Ref Stage}}
"""


@pytest.fixture
def resources(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "layers/shared/python").mkdir(parents=True)
    (tmp_path / "layers/other/python").mkdir(parents=True)
    (tmp_path / "build/dependencies/python").mkdir(parents=True)
    (tmp_path / "build/dependencies/fonts").mkdir()
    template = tmp_path / "templates" / "orders.yaml"
    template.parent.mkdir()
    template.write_text(SERVICE)
    expanded = expand(template, ENDPOINT)
    return {**expanded["Resources"], "Outputs": expanded["Outputs"]}


def route(resources: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = (
        resource["Properties"]
        for resource in resources.values()
        if resource.get("Type") == "AWS::ApiGatewayV2::Route"
        and resource["Properties"]["RouteKey"] == key
    )
    return found


def authorizer(resources: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = resources[route(resources, key)["AuthorizerId"]["Ref"]]["Properties"]
    return found


def root(tmp_path: Path, body: str = ROOT, **overrides: str) -> Root:
    template = tmp_path / "template.yaml"
    template.write_text(dedent(body))
    return Root(template, overrides)


def test_a_route_leads_to_the_function_that_declares_it(resources: dict[str, Any]) -> None:
    target = route(resources, "GET /guest/{id}")["Target"]["Fn::Sub"]
    integration = resources[target.removeprefix("integrations/${").rstrip("}")]["Properties"]

    assert "${GetFunction.Arn}" in integration["IntegrationUri"]["Fn::Sub"]
    assert integration["PayloadFormatVersion"] == "2.0"


def test_a_jwt_route_keeps_its_issuer_and_audience(resources: dict[str, Any]) -> None:
    jwt = authorizer(resources, "GET /guest/{id}")["JwtConfiguration"]

    assert route(resources, "GET /guest/{id}")["AuthorizationType"] == "JWT"
    assert jwt == {"Issuer": "https://issuer.example", "Audience": ["app"]}


def test_a_lambda_authorizer_keeps_its_answer_format_and_cache(resources: dict[str, Any]) -> None:
    partner = authorizer(resources, "POST /partner")

    assert route(resources, "POST /partner")["AuthorizationType"] == "CUSTOM"
    assert partner["EnableSimpleResponses"] is True
    assert partner["AuthorizerResultTtlInSeconds"] == 60


def test_an_iam_route_stays_closed(resources: dict[str, Any]) -> None:
    assert route(resources, "PUT /admin")["AuthorizationType"] == "AWS_IAM"


def test_a_route_without_an_authorizer_is_open(resources: dict[str, Any]) -> None:
    assert "AuthorizationType" not in route(resources, "GET /open")


def test_a_function_runs_its_handler_from_its_folder_and_its_own_source_layers(
    resources: dict[str, Any], tmp_path: Path
) -> None:
    variables = resources["GetFunction"]["Properties"]["Environment"]["Variables"]

    assert variables["DEV_HANDLER"] == "tasks.get.app"
    assert variables["DEV_PATH"].split(":") == [
        str(tmp_path / "functions/orders"),
        str(tmp_path / "layers/shared/python"),
    ]


def test_a_file_of_a_layer_is_found_where_the_layer_is(
    resources: dict[str, Any], tmp_path: Path
) -> None:
    variables = resources["GetFunction"]["Properties"]["Environment"]["Variables"]

    assert variables["FONTS_DIR"] == str(tmp_path / "build/dependencies/fonts")


def test_every_spelling_of_an_api_url_becomes_the_emulators(resources: dict[str, Any]) -> None:
    base = f"{ENDPOINT}/_aws/execute-api/${{Api}}/$default"
    variables = resources["GetFunction"]["Properties"]["Environment"]["Variables"]

    assert variables["OWN_URL"] == {"Fn::Sub": f"{base}/v1"}
    assert resources["Outputs"]["ApiUrl"]["Value"] == {"Fn::Sub": base}


def test_a_metric_math_alarm_is_left_out(resources: dict[str, Any]) -> None:
    assert "RateAlarm" not in resources


def test_a_saved_query_is_left_out(resources: dict[str, Any]) -> None:
    assert "SavedQuery" not in resources


def test_a_secret_without_punctuation_excludes_it_by_name(resources: dict[str, Any]) -> None:
    generate = resources["Pepper"]["Properties"]["GenerateSecretString"]

    assert set('"\\{}') <= set(generate["ExcludeCharacters"])


def test_of_a_bucket_policy_only_the_demand_of_tls_is_left_out(resources: dict[str, Any]) -> None:
    statements = resources["FilesPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert [statement["Sid"] for statement in statements] == ["ShortLinks"]


def test_a_queue_policy_that_only_demands_tls_is_left_out(resources: dict[str, Any]) -> None:
    assert "QueuesPolicy" not in resources


def test_a_condition_on_an_encryption_context_is_left_out_and_no_other(
    resources: dict[str, Any],
) -> None:
    (policy,) = resources["Role"]["Properties"]["Policies"]
    sealing, reading = policy["PolicyDocument"]["Statement"]

    assert "Condition" not in sealing
    assert "Condition" in reading


def test_an_application_follows_the_one_whose_output_it_takes(tmp_path: Path) -> None:
    services = [application.service for application in root(tmp_path).applications()]

    assert services == ["sandbox", "orders"]


def test_parameters_resolve_from_defaults_overrides_and_outputs(tmp_path: Path) -> None:
    system = root(tmp_path, Stage="demo")
    system.outputs["Sandbox"] = {"ApiUrl": ENDPOINT}
    orders = system.applications()[1]

    assert system.resolve_parameters(orders) == {
        "Stage": "demo",
        "Queue": "demo-orders",
        "Url": f"{ENDPOINT}/v1",
    }


def test_an_application_under_a_false_condition_is_not_deployed(tmp_path: Path) -> None:
    system = root(tmp_path, Upstreams="real", BaseUrl="https://real.example")
    (orders,) = system.applications()

    assert system.resolve_parameters(orders)["Url"] == "https://real.example"


def test_an_override_that_the_template_does_not_declare_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Misspelt"):
        root(tmp_path, Misspelt="x")


def test_applications_that_need_each_other_are_refused(tmp_path: Path) -> None:
    circular = ROOT.replace("{Stage: !Ref Stage}}", "{Url: !GetAtt Orders.Outputs.ApiUrl}}")

    with pytest.raises(ValueError, match="need each other"):
        root(tmp_path, circular).applications()
