"""Unrolls the OpenAPI body of an HTTP API, which the emulator does not read, into resources."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_ANY = "x-amazon-apigateway-any-method"
_VERBS = {"get", "put", "post", "delete", "options", "head", "patch", _ANY}


def unroll(template: Json) -> None:
    """Replaces each API body by authorizers, integrations and routes, in place."""
    resources: Json = template["Resources"]
    for name, api in list(resources.items()):
        if api["Type"] == "AWS::ApiGatewayV2::Api" and "Body" in api["Properties"]:
            body: Json = api["Properties"].pop("Body")
            api["Properties"] |= {"Name": body["info"]["title"], "ProtocolType": "HTTP"}
            if cors := body.get("x-amazon-apigateway-cors"):
                api["Properties"]["CorsConfiguration"] = cors
            resources.update(_authorizers(name, body))
            resources.update(_routes(name, body))


def _authorizers(api: str, body: Json) -> Iterator[tuple[str, Json]]:
    for scheme, definition in _schemes(body).items():
        if authorizer := definition.get("x-amazon-apigateway-authorizer"):
            yield (
                _authorizer_id(api, scheme),
                {
                    "Type": "AWS::ApiGatewayV2::Authorizer",
                    "Properties": {
                        "ApiId": {"Ref": api},
                        "Name": scheme,
                        "IdentitySource": _as_list(authorizer["identitySource"]),
                        **_authorizer_kind(authorizer),
                    },
                },
            )


def _authorizer_kind(authorizer: Json) -> Json:
    if authorizer["type"] == "jwt":
        jwt = authorizer["jwtConfiguration"]
        return {
            "AuthorizerType": "JWT",
            "JwtConfiguration": {"Issuer": jwt["issuer"], "Audience": jwt["audience"]},
        }
    return {
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": authorizer["authorizerUri"],
        "AuthorizerPayloadFormatVersion": authorizer["authorizerPayloadFormatVersion"],
        "EnableSimpleResponses": authorizer.get("enableSimpleResponses", False),
        "AuthorizerResultTtlInSeconds": authorizer.get("authorizerResultTtlInSeconds", 0),
    }


def _routes(api: str, body: Json) -> Iterator[tuple[str, Json]]:
    for index, (key, operation) in enumerate(_operations(body)):
        backend = operation["x-amazon-apigateway-integration"]
        integration, route = f"{api}Integration{index}", f"{api}Route{index}"
        yield (
            integration,
            {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    "ApiId": {"Ref": api},
                    "IntegrationType": "AWS_PROXY",
                    "IntegrationUri": backend["uri"],
                    "PayloadFormatVersion": backend["payloadFormatVersion"],
                },
            },
        )
        yield (
            route,
            {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": api},
                    "RouteKey": key,
                    "Target": {"Fn::Sub": f"integrations/${{{integration}}}"},
                    **_authorization(api, body, operation),
                },
            },
        )


def _operations(body: Json) -> Iterator[tuple[str, Json]]:
    for path, item in body["paths"].items():
        for verb, operation in item.items():
            if verb in _VERBS:
                method = "ANY" if verb == _ANY else verb.upper()
                yield ("$default" if path == "/$default" else f"{method} {path}"), operation


def _authorization(api: str, body: Json, operation: Json) -> Json:
    """Authorization properties of a route; none for SAM's scheme `NONE`."""
    schemes = _schemes(body)
    for requirement in operation.get("security", []):
        for scheme, scopes in requirement.items():
            if scheme not in schemes:
                continue
            authorizer = schemes[scheme].get("x-amazon-apigateway-authorizer")
            if authorizer is None:
                return {"AuthorizationType": "AWS_IAM"}
            return {
                "AuthorizationType": "JWT" if authorizer["type"] == "jwt" else "CUSTOM",
                "AuthorizerId": {"Ref": _authorizer_id(api, scheme)},
                "AuthorizationScopes": scopes,
            }
    return {}


def _schemes(body: Json) -> Json:
    schemes: Json = body.get("components", {}).get("securitySchemes", {})
    return schemes


def _authorizer_id(api: str, scheme: str) -> str:
    return f"{api}{scheme.replace('_', '')}LocalAuthorizer"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
