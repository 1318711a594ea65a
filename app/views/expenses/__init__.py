"""Expenses and the monthly report."""
