"""PATCH /fleet-payment-systems/v1/wallets/{wallet_id}: what is told changes, under a revision."""

from fleet_payment_systems import wiring
from fleet_payment_systems.schema.wallets import UpdateWallet, WalletView
from shared.http import Request, endpoint, http_app

app = http_app("fleet_payment_systems-wallets_update")
wallets = wiring.wallets()
dispatchers = wiring.dispatchers()


@endpoint(
    app,
    "PATCH",
    "/fleet-payment-systems/v1/wallets/{wallet_id}",
    input=UpdateWallet,
    errors={
        400: ("bad_amount", "operator_required", "park_required"),
        403: ("caller_not_allowed",),
        404: ("wallet_not_found",),
        409: ("stale_rev",),
        422: (
            "currency_not_supported",
            "field_invalid",
            "immutable_field",
            "limits_invalid",
            "unknown_field",
            "unknown_profile",
            "wallet_incomplete",
            "wallet_stopped",
        ),
    },
    headers=("X-Park-Id", "X-User-Id"),
)
def wallets_update(request: Request[UpdateWallet]) -> WalletView:
    by, wanted = dispatchers.author(request), request.input
    wallet = wallets.update(by, request.path["wallet_id"], wanted.rev, wanted.to_changes())
    return WalletView.of(wallet, wallets)
