"""The map: pins where they belong, keys and mouse that move it, labels inside, its ground."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest

from app.routing import outlines
from app.settings import Settings
from app.views import application, theme
from app.views.widgets.map_canvas import MapCanvas, Pin

TORRENT, XATIVA, GANDIA = (39_437_000, -465_000), (38_990_000, -519_000), (38_968_000, -181_000)


@pytest.fixture
def canvas(qtbot, tmp_path):
    application.create(Settings(tmp_path / "settings.json", theme="claro"))
    made = MapCanvas()
    qtbot.addWidget(made)
    made.resize(700, 460)
    made.show()
    made.set_outlines(outlines.load())
    made.set_pins(
        [
            Pin("home", *TORRENT, kind="home"),
            Pin("a", *XATIVA, "Xàtiva", "done", 1),
            Pin("b", *GANDIA, "Gandia", "planned", 2),
            Pin("c", 39_150_000, -436_000, "Alzira", "suggestion"),
        ]
    )
    made.set_route([TORRENT, XATIVA, GANDIA, TORRENT], done=1)
    return made


def spot(canvas, id_):
    pin = next(pin for pin in canvas.pins if pin.id == id_)
    return canvas._to_pixels(pin.at())


def colour_at(canvas, where: QPointF):
    return canvas.grab().toImage().pixelColor(where.toPoint()).name()


def near(canvas, where: QPointF, token: str) -> bool:
    """Tell whether a colour of the theme is painted within a few pixels."""
    picture = canvas.grab().toImage()
    wanted = theme.colour(token).name()
    at = where.toPoint()
    return any(
        picture.pixelColor(at.x() + dx, at.y() + dy).name() == wanted
        for dx in range(-11, 12)
        for dy in range(-11, 12)
    )


def test_all_pins_are_in_sight_and_in_their_places(canvas):
    for id_ in ("home", "a", "b"):
        assert canvas.rect().adjusted(20, 20, -20, -20).contains(spot(canvas, id_).toPoint())
    assert spot(canvas, "home").y() < spot(canvas, "a").y(), "north is up"
    assert spot(canvas, "a").x() < spot(canvas, "b").x(), "east is right"


def test_pins_are_painted_in_the_colours_of_their_kind(canvas):
    assert near(canvas, spot(canvas, "a"), "success")
    assert near(canvas, spot(canvas, "b"), "primary")
    assert near(canvas, spot(canvas, "home"), "text")


def test_what_lies_behind_the_rep_is_painted_otherwise(canvas):
    home, a, b = (spot(canvas, id_) for id_ in ("home", "a", "b"))
    assert colour_at(canvas, home + (a - home) * 0.7) == theme.colour("route_done").name()
    assert colour_at(canvas, a + (b - a) * 0.5) == theme.colour("route").name()


def test_keys_zoom_and_move_and_show_all_again(canvas):
    canvas.setFocus()
    fitted, centre = canvas._metres, QPointF(canvas._centre)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas._metres == pytest.approx(fitted * 0.8)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas._metres == pytest.approx(fitted * 1.25)
    for key, axis, sign in (
        (Qt.Key.Key_Left, "x", -1), (Qt.Key.Key_Right, "x", 1),
        (Qt.Key.Key_Up, "y", -1), (Qt.Key.Key_Down, "y", 1),
    ):  # fmt: skip
        before = getattr(canvas._centre, axis)()
        QTest.keyClick(canvas, key)
        assert (getattr(canvas._centre, axis)() - before) * sign > 0
    QTest.keyClick(canvas, Qt.Key.Key_0)
    assert canvas._metres == pytest.approx(fitted)
    assert canvas._centre == centre


def test_zooming_keeps_the_place_under_the_pointer(canvas):
    where = spot(canvas, "b")
    canvas.zoom(0.5, where)
    assert (spot(canvas, "b") - where).manhattanLength() < 0.01


def test_zoom_has_its_ends(canvas):
    for _n in range(60):
        canvas.zoom(0.5)
    closest = canvas._metres
    for _n in range(60):
        canvas.zoom(2)
    assert (closest, canvas._metres) == (1_500.0, 2_500_000.0)


def test_dragging_moves_the_ground_and_is_no_click(qtbot, canvas):
    clicks = []
    canvas.pin_clicked.connect(clicks.append)
    before, start = spot(canvas, "a"), QPoint(200, 200)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(30, 20))
    QTest.mouseMove(canvas, start + QPoint(60, 40))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 40))
    moved = spot(canvas, "a") - before
    assert (round(moved.x()), round(moved.y())) == (60, 40)
    assert clicks == []


def test_a_click_chooses_the_pin_or_none(canvas):
    clicks = []
    canvas.pin_clicked.connect(clicks.append)
    for id_ in ("a", "c"):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=spot(canvas, id_).toPoint())
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert clicks == ["a", "c", ""]


def test_the_chosen_pin_has_a_ring(canvas):
    beside = spot(canvas, "b") + QPointF(0, theme.px(12) + 5)
    before = colour_at(canvas, beside)
    canvas.choose("b")
    assert colour_at(canvas, beside) == theme.colour("focus").name() != before


@pytest.mark.parametrize(("width", "height", "covered"), [(344, 190, 0), (700, 460, 46)])
def test_labels_stay_inside_and_never_lie_on_each_other(canvas, width, height, covered):
    canvas.covered = covered
    canvas.resize(width, height)
    canvas.fit()
    taken: list[QRectF] = []
    painter = QPainter(picture := QPixmap(canvas.size()))
    canvas._paint_labels(painter, taken)
    painter.end()
    assert picture.size() == canvas.size()
    assert len(taken) > 5, "towns are written"
    inside = QRectF(0, 0, width, height - covered)
    assert all(inside.contains(box) for box in taken)
    assert not any(a.intersects(b) for n, a in enumerate(taken) for b in taken[n + 1 :])


def test_what_lies_over_the_map_hides_no_pin(canvas):
    canvas.covered = 120
    canvas.fit()
    assert all(spot(canvas, id_).y() < canvas.height() - 120 for id_ in ("home", "a", "b"))


def test_it_fits_again_when_resized_until_the_user_moves_it(canvas):
    canvas.resize(500, 700)
    assert canvas.rect().contains(spot(canvas, "b").toPoint())
    canvas.zoom(0.5)
    zoomed = canvas._metres
    canvas.resize(700, 460)
    assert canvas._metres == zoomed


def test_new_pins_can_leave_the_view_as_it_is(canvas):
    centre, metres = QPointF(canvas._centre), canvas._metres
    canvas.set_pins([Pin("x", 42_500_000, 1_500_000)], fit=False)
    assert (canvas._centre, canvas._metres) == (centre, metres)


def test_land_and_sea_change_with_the_theme(qapp, canvas):
    canvas.set_pins([], fit=False)
    canvas.set_route([])
    sea = canvas._to_pixels(Pin("", 39_200_000, 100_000).at())
    assert colour_at(canvas, sea) == theme.colour("map_sea").name()
    light = colour_at(canvas, sea)
    theme.apply(qapp, "oscuro")
    try:
        assert colour_at(canvas, sea) == theme.colour("map_sea").name() != light
    finally:
        theme.apply(qapp, "claro")


def test_a_map_that_only_shows_does_not_move_and_says_where_it_was_clicked(qtbot, tmp_path):
    application.create(Settings(tmp_path / "settings.json", theme="claro"))
    small = MapCanvas(interactive=False)
    qtbot.addWidget(small)
    small.resize(300, 200)
    small.show()
    small.set_pins([Pin("a", *XATIVA)])
    centre = QPointF(small._centre)
    clicks = []
    small.pin_clicked.connect(clicks.append)
    QTest.mousePress(small, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    QTest.mouseMove(small, QPoint(90, 90))
    QTest.mouseRelease(small, Qt.MouseButton.LeftButton, pos=QPoint(90, 90))
    assert small._centre == centre
    assert clicks == [""]
    assert small.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_it_has_a_name(canvas):
    assert canvas.accessibleName() == "Map of the route; its stops are in the list beside it"
