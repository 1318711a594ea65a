"""How it looks on paper: quotes, route sheets and expense reports as PDF."""
