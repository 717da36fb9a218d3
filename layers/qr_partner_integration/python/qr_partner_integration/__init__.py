"""The open API of the restaurants' tills: orders in, statuses out."""
