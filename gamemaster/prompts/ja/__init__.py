"""Japanese prompt texts."""
