"""The day as a strip: blocks where their hours are, the hours of customers, and now."""

import pytest
from PySide6.QtCore import QPointF

from app.settings import Settings
from app.views import application, theme
from app.views.widgets.timeline import Block, Timeline

H = 3600
MORNING = (9 * H, 14 * H)


@pytest.fixture
def strip(qtbot, tmp_path):
    application.create(Settings(tmp_path / "settings.json", theme="claro"))
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(800, 104)
    made.set_day(
        [
            Block(9 * H, 10 * H, "1 Canals", "done", (MORNING,)),
            Block(11 * H, 12 * H, "2 Alzira", "now", (MORNING,)),
            Block(13 * H, 14 * H, "3 Gandia", "planned", ((12 * H, 15 * H),)),
            Block(14 * H, 15 * H, "Lunch", "lunch"),
        ],
        leave_s=8 * H, back_s=17 * H, start="Leave 8:00", end="Back 17:00", now_s=11 * H + 1800,
    )  # fmt: skip
    made.show()
    return made


def colour(strip, seconds, y):
    at = QPointF(strip._x(seconds), y).toPoint()
    return strip.grab().toImage().pixelColor(at).name()


@pytest.mark.parametrize(
    ("hour", "token"), [(9.2, "success"), (11.1, "accent"), (13.2, "primary"), (14.2, "sunken")]
)
def test_blocks_are_painted_at_their_hours_in_the_colours_of_their_state(strip, hour, token):
    assert colour(strip, hour * H, 40) == theme.colour(token).name()


def test_between_the_visits_there_is_the_way(strip):
    assert colour(strip, 10.5 * H, theme.px(30) + theme.px(17)) == theme.colour("route_done").name()
    assert colour(strip, 17.5 * H, theme.px(30) + theme.px(17)) != theme.colour("route_done").name()


def test_now_is_a_line_through_the_day_and_only_on_that_day(strip):
    second = H * 4 // 300  # a pixel, about
    around = [11.5 * H + n * second / 2 for n in range(-4, 5)]
    line = theme.colour("danger").name()
    assert line in {colour(strip, at, theme.px(70)) for at in around}
    strip.set_day([], leave_s=8 * H, back_s=17 * H)
    assert line not in {colour(strip, at, theme.px(70)) for at in around}


def test_hours_of_customers_are_joined_and_those_that_bind_nobody_left_out(strip):
    assert strip.open_hours() == [(9 * H, 15 * H)]
    strip.set_day(
        [
            Block(9 * H, 10 * H, "1 A", windows=((0, 24 * H),)),
            Block(11 * H, 12 * H, "2 B", windows=((9 * H, 13 * H),)),
            Block(18 * H, 19 * H, "3 C", windows=((17 * H, 20 * H),)),
        ],
        leave_s=8 * H, back_s=20 * H,
    )  # fmt: skip
    assert strip.open_hours() == [(9 * H, 13 * H), (17 * H, 20 * H)]


def test_it_begins_on_the_hour_and_has_at_least_four(strip):
    strip.set_day(
        [Block(9 * H + 600, 9 * H + 1200, "1 A")], leave_s=8 * H + 1700, back_s=9 * H + 1800
    )
    assert (strip._from, strip._to) == (8 * H, 12 * H)
    assert strip._x(strip._from) >= 0
    assert strip._x(strip._to) <= strip.width()


def test_it_can_be_heard(strip):
    assert strip.accessibleName() == (
        "The day: 9:00 1 Canals; 11:00 2 Alzira; 13:00 3 Gandia; 14:00 Lunch"
    )
