"""What the data is: the entities that laptop and server share, and the laptop's own tables."""
