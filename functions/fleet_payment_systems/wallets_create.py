"""POST /fleet-payment-systems/v1/wallets: an account in a payment system (FP-04)."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.wallets import CreateWallet, WalletView
from shared.http import Reply, Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_create")
wallets = wiring.wallets()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "POST",
    "/fleet-payment-systems/v1/wallets",
    input=CreateWallet,
    answer=WalletView,
    statuses=(200, 201),
    errors={
        400: (
            "bad_amount",
            "idempotency_key_invalid",
            "idempotency_key_required",
            "operator_required",
            "park_required",
        ),
        403: ("caller_not_allowed",),
        422: (
            "currency_not_supported",
            "field_invalid",
            "idempotency_mismatch",
            "immutable_field",
            "limits_invalid",
            "too_many_wallets",
            "unknown_field",
            "unknown_profile",
            "unknown_system",
            "wallet_incomplete",
            "wallet_stopped",
        ),
    },
    headers=("X-Park-Id", "X-User-Id"),
)
def wallets_create(request: Request[CreateWallet]) -> Reply:
    wanted = request.input.to_new(request)
    wallet, created = wallets.create(dispatchers.author(request), wanted)
    return Reply(WalletView.of(wallet, wallets), 201 if created else 200)
