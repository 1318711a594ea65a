"""Quotes, from the list to the signature."""
