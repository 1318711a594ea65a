"""A desk with a clock on the small company."""

from tests.views.rounds import clock, company, desk

__all__ = ["clock", "company", "desk"]
