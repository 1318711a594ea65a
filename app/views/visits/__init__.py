"""The report of a visit."""
