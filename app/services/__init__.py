"""What can be done with the data: a module per noun, functions over a session."""
