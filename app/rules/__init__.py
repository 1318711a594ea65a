"""The trade's arithmetic: pure functions over plain values."""
