"""Each service's template deploys by itself: nothing of another service is there before it."""

import json
from pathlib import Path

from local.stack import Stack
from tests.architecture.templates import SERVICES
from tests.support.intrinsics import ROOT, read, wired


def test_every_service_deploys_before_the_services_that_it_calls(tmp_path: Path) -> None:
    """From the last to the first, with the parameters that an operator would type."""
    root = read(ROOT / "template.yaml")["Resources"]
    alone = {}
    for name, application in reversed(root.items()):
        place = ROOT / application["Properties"]["Location"]
        given = wired(place.stem, "dev")
        for parameter, found in read(place)["Parameters"].items():
            if "Default" not in found:
                given.setdefault(parameter, f"https://{parameter.lower()}.example.com")
        alone[name] = {
            "Type": "AWS::Serverless::Application",
            "Properties": {"Location": str(place), "Parameters": given},
        }
    template = tmp_path / "template.yaml"
    template.write_text(
        json.dumps(
            {
                "Parameters": {"JwtIssuer": {"Type": "String"}, "JwtAudience": {"Type": "String"}},
                "Resources": alone,
            }
        )
    )

    with Stack.start(template=template, state=tmp_path / "state") as stack:
        served = set(stack.apis())

    assert served == {
        name for name in SERVICES if "Api" in read(ROOT / f"templates/{name}.yaml")["Resources"]
    }
