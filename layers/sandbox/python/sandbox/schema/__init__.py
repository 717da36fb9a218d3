"""Wire models, a module a system."""
