"""What can go wrong and has something to say to the user; anything else that is raised is a bug.

UserError                 expected: message bar of the page, what to do, a button if there is one
├── ValidationError       what was typed will not do: said beside the field
├── Unreadable            a file of ours is damaged, or its key is another: a backup may help
├── Offline               no network or no server: only the state in the status area
├── SessionExpired        the server wants this device to sign in again
└── Refused               the server said no to a change: listed in Sync, to review
"""

from __future__ import annotations


class UserError(Exception):
    """An expected failure.

    `message` is a full translated sentence saying what failed and what is safe;
    `hint` says what to do about it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ValidationError(UserError):
    """A value the user typed is not acceptable; `field` tells the form where to say so."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Unreadable(UserError):  # noqa: N818 - a state of the file
    """A file of ours is damaged, or encrypted with another key; it was left as it is."""


class Offline(UserError):  # noqa: N818 - a state rather than an error, and named so
    """There is no network, or no server answers in our language at its address."""


class SessionExpired(UserError):  # noqa: N818
    """The server does not accept this device's token any more."""


class Refused(UserError):  # noqa: N818
    """The server said no; `reason` is its short code, `message` its sentence."""

    def __init__(self, reason: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.reason = reason
