"""Viajante: the desktop CRM that field sales reps work with all day without coverage."""

__version__ = "0.1.0"
