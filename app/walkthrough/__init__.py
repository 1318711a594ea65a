"""A whole day in the field, driven through the real window and proved step by step."""
