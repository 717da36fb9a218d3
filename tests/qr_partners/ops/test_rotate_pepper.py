"""By hand, rotate_pepper of qr_partners: the secret gets a second pepper (L6)."""

import json

from shared import aws
from tests.support.aws_world import aws_world
from tests.support.intrinsics import ROOT


def test_pepper_is_added_and_the_sample_event_adds_none() -> None:
    sample = json.loads((ROOT / "events/qr_partners/rotate_pepper.json").read_text("utf-8"))
    with aws_world("qr_partners") as world:
        app = world.load("qr_partners", "ops.rotate_pepper")
        told = world.run(app, sample)
        done = world.run(app, {"step": "add", "dry_run": False})
        secret = aws.client("secretsmanager").get_secret_value(
            SecretId="test/qr_partners/api-key-pepper"
        )

    assert (told["pepper"], done["peppers"]) == ("p2", ["p1", "p2"])
    assert set(json.loads(secret["SecretString"])) == {"current", "p1", "p2"}
