"""The agenda as a calendar that every other program reads: iCalendar, RFC 5545."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LONGEST = 75  # octets of a line, its end not counted


@dataclass(frozen=True)
class Entry:
    """Something in the agenda: at an instant for some minutes, or on a day as a whole."""

    uid: str
    title: str
    at: datetime | date
    minutes: int = 0
    place: str = ""
    notes: str = ""


def render(entries: Iterable[Entry], *, stamp: datetime) -> bytes:
    """Return the calendar; `stamp` is when it was made."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Viajante//Viajante//EN"]
    for entry in entries:
        lines += ["BEGIN:VEVENT", f"UID:{entry.uid}@viajante", f"DTSTAMP:{_instant(stamp)}"]
        lines += _times(entry)
        for name, words in (
            ("SUMMARY", entry.title), ("LOCATION", entry.place), ("DESCRIPTION", entry.notes),
        ):  # fmt: skip
            if words:
                lines.append(f"{name}:{_escaped(words)}")
        lines.append("END:VEVENT")
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _times(entry: Entry) -> list[str]:
    if isinstance(entry.at, datetime):
        end = entry.at + timedelta(minutes=entry.minutes)
        return [f"DTSTART:{_instant(entry.at)}", f"DTEND:{_instant(end)}"]
    after = entry.at + timedelta(days=1)
    return [
        f"DTSTART;VALUE=DATE:{entry.at:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}",
        "TRANSP:TRANSPARENT",
    ]  # fmt: skip


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(words: str) -> str:
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    return words.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> str:
    """Cut a line into pieces of 75 octets, never inside a letter."""
    pieces, piece, size = [], "", 0
    for letter in line:
        weight = len(letter.encode())
        if size + weight > _LONGEST:
            pieces.append(piece)
            piece, size = "", 1  # the blank that begins a further piece counts
        piece += letter
        size += weight
    return "\r\n ".join([*pieces, piece])
