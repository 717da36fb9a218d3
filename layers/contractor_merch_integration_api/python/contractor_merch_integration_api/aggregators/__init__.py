"""One file an aggregator: bytes in, an operation out; an outcome in, bytes out."""
