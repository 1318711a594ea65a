"""What the user sees and does; the only Qt of the program."""
