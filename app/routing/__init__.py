"""Which customers to visit, in which order, on which day; and where they are."""
