"""English prompt texts."""
