"""The central server: another program, which shares the protocol, the entities and the arithmetic."""
