"""Adapters of payment systems: translators without IO, bytes to operations and back."""
