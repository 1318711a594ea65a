"""The strip above every screen: back and forward, where one is, search, the sync, something new."""

from __future__ import annotations
