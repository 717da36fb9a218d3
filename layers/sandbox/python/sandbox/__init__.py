"""Test equipment: stand-ins for the outside systems of SPEC part B. Holds no real money."""
