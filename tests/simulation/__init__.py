"""Devices, an office and a bad network, played from one integer; nothing that was done is lost."""
