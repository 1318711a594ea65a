"""The central server: another program, which shares protocol, entities and arithmetic with us."""
