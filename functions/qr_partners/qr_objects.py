"""GET /internal/v1/qr-objects: restaurants for the map, by place or by change (QP-07)."""

from qr_partners import wiring
from qr_partners.schema.places import ListObjects, MapObjects
from shared.http import Request, endpoint, http_app

app = http_app("qr_partners-qr_objects")
places = wiring.places()


@endpoint(
    app,
    "GET",
    "/internal/v1/qr-objects",
    input=ListObjects,
    errors={400: ("bbox_invalid", "cursor_invalid"), 422: ("bbox_too_large",)},
)
def qr_objects(request: Request[ListObjects]) -> MapObjects:
    wanted = request.input
    box = wanted.to_box()
    if box is not None:
        return MapObjects.inside(*places.within(box, wanted.cursor or ""))
    step = wanted.step() or places.walk(wanted.since())
    return MapObjects.changed(*places.changed(step), places.synced_to(step))
