"""Days and customers to plan: small ones by hand, any ones by hypothesis."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from app.routing.problem import Day, Lunch, Position, Problem, Stop

HOUR = 3600
HOME = Position.of(39.47, -0.38)
MONDAY = date(2026, 3, 2)


def at(east_km: float, north_km: float = 0.0) -> Position:
    """Return a place so many kilometres from home."""
    return Position.of(39.47 + north_km / 111.2, -0.38 + east_km / 85.8)


def day(**changes) -> Day:
    given = {"leave_s": 8 * HOUR, "finish_s": 18 * HOUR, **changes}
    return Day(date=MONDAY, start=HOME, end=HOME, **given)


@st.composite
def windows(draw):
    kind = draw(st.sampled_from(["unknown", "closed", "one", "two", "short"]))
    opens = draw(st.integers(7, 12)) * HOUR
    if kind == "unknown":
        return None
    if kind == "closed":
        return ()
    if kind == "short":
        return ((opens, opens + draw(st.integers(300, 2400))),)
    morning = (opens, opens + draw(st.integers(1, 5)) * HOUR)
    if kind == "one":
        return (morning,)
    afternoon = morning[1] + draw(st.integers(1, 3)) * HOUR
    return (morning, (afternoon, afternoon + draw(st.integers(1, 4)) * HOUR))


@st.composite
def stops(draw, number: int, days: int):
    kilometres = st.floats(-60, 60, allow_nan=False)
    fixed = draw(st.booleans()) and draw(st.booleans()) and draw(st.booleans())
    return Stop(
        id=f"s{number}",
        position=at(draw(kilometres), draw(kilometres)),
        duration_s=draw(st.integers(0, 12)) * 600,
        windows=tuple(draw(windows()) for _ in range(days)),
        value=draw(st.sampled_from([0, 35, 60, 100])),
        must=draw(st.booleans()) and draw(st.booleans()),
        fixed_at=draw(st.integers(32, 70)) * 900 if fixed else None,
        fixed_day=draw(st.integers(0, days - 1)),
        name=f"Shop {number}",
    )


@st.composite
def problems(draw, most: int = 9, most_days: int = 2):
    n_days = draw(st.integers(1, most_days))
    chosen = tuple(draw(stops(k, n_days)) for k in range(draw(st.integers(0, most))))
    lunch = draw(st.sampled_from([None, Lunch(13 * HOUR, 15 * HOUR + 1800, HOUR)]))
    limit = draw(st.sampled_from([None, None, 150_000]))
    days = tuple(day(lunch=lunch, max_m=limit) for _ in range(n_days))
    return Problem(days, chosen, seed=draw(st.integers(0, 9)), iterations=25)


def three_shops() -> Problem:
    """Three shops on one road, open all day, given in the wrong order."""
    names = {"far": 30.0, "near": 10.0, "middle": 20.0}
    return Problem(
        (day(),),
        tuple(
            Stop(name, at(km), windows=(((8 * HOUR, 20 * HOUR),),)) for name, km in names.items()
        ),
        iterations=50,
    )
