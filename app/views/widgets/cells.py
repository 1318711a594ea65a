"""What a cell of a table can be: plain values, each with the words that a screen reader says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TwoLine:
    """A name with something smaller under it; an avatar by name, or an icon, in front."""

    title: str
    subtitle: str = ""
    avatar: str = ""
    icon: str = ""
    star: bool = False
    tone: str = ""  # of the subtitle

    def __str__(self) -> str:
        return f"{self.title}, {self.subtitle}" if self.subtitle else self.title


@dataclass(frozen=True)
class Number:
    """A figure, with how it changed or what belongs to it below; right-aligned."""

    text: str
    delta: str = ""
    tone: str = ""

    def __str__(self) -> str:
        return f"{self.text} {self.delta}".strip()


@dataclass(frozen=True)
class Stacked:
    """Two plain lines, left-aligned; the tone is that of the first."""

    text: str
    below: str = ""
    tone: str = ""

    def __str__(self) -> str:
        return f"{self.text}, {self.below}" if self.below else self.text


@dataclass(frozen=True)
class ChipCell:
    """A status that is worth a chip; normal states are plain text."""

    words: str
    tone: str = "neutral"
    icon: str = ""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Spark:
    """A small line over time; `words` say what it shows."""

    values: tuple[float, ...]
    token: str = "data1"  # noqa: S105 - of the theme
    words: str = ""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class IconCell:
    """An icon with a meaning, such as «only on this computer»."""

    name: str
    token: str
    words: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class Thumbnail:
    """A small picture (JPEG or PNG as base64) with a name."""

    picture: str
    title: str
    subtitle: str = ""

    def __str__(self) -> str:
        return f"{self.title}, {self.subtitle}" if self.subtitle else self.title


@dataclass(frozen=True)
class BarCell:
    """How far along, as a bar with its words over it; `pace` marks where it should be today."""

    fraction: float
    words: str
    token: str = "primary"  # noqa: S105 - of the theme
    pace: float | None = None

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True)
class CheckCell:
    """A box that is ticked or not; `words` say which."""

    on: bool
    words: str

    def __str__(self) -> str:
        return self.words
