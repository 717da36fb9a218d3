"""Fiscal receipts: OFD JSON in, a PDF page with the tax service's QR out; no IO but font files."""
