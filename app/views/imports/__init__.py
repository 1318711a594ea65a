"""Reading lists from other programs."""
