"""How the laptop agrees with the central server; protocol, catalogue and merge are shared."""
