"""What goes, what came, what to review."""
