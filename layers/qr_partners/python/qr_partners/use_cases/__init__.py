"""What qr_partners does: keeps groups and restaurants, issues keys and says whose a key is."""

from qr_partners.use_cases.keys import ApiKeys, Grants
from qr_partners.use_cases.partners import Partners

__all__ = ["ApiKeys", "Grants", "Partners"]
