"""The same CRUD endpoint as FastAPI's tutorial has it, in Lambda by Mangum."""

from fastapi import FastAPI
from mangum import Mangum

from bench.references.orders import Bill, open_order

api = FastAPI()
app = Mangum(api, lifespan="off")


@api.post("/qr-orders/v1/create")
def create(bill: Bill) -> dict[str, str]:
    return open_order(bill)
