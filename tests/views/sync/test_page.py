"""The sync centre as a person uses it: what waits, what to review, field by field, receipts."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from app.models.account import Account, Segment
from app.models.sync_state import Conflict
from app.views.sync.conflict_view import ConflictView
from app.views.sync.details import ContentsView, ReceiptView, RejectedView
from app.views.sync.page import SyncPage
from app.views.synchroniser import Synchroniser
from app.views.widgets.page import Desk, Ref
from tests.sync.laptops import Laptop, World


def words(part: QWidget) -> str:
    """Return all that can be read on a widget."""
    read = [label.text() for label in part.findChildren(QLabel) if not label.isHidden()]
    read += [
        button.accessibleName() or button.text() for button in part.findChildren(QAbstractButton)
    ]
    return "\n".join(read)


@pytest.fixture
def page(qtbot, desk: Desk, synchroniser: Synchroniser) -> SyncPage:
    made = SyncPage(desk, synchroniser)
    qtbot.addWidget(made)
    made.resize(1158, 716)
    desk.tasks.changed.connect(made.refresh)
    made.show()
    return made


def shown(qtbot, page: SyncPage, kind: type) -> Any:
    qtbot.waitUntil(lambda: isinstance(page.detail, kind))
    return page.detail


@pytest.fixture
def disputed(world: World, laptop: Laptop) -> str:
    """A customer whose phone, notes and payment terms were changed here and at the office."""
    account = laptop.add(
        Account, name="Cooperativa San Isidro", owner_id=laptop.user, phone="600 000 410",
        payment_terms="Contado", website="a.example",
    )  # fmt: skip
    laptop.synced()
    laptop.edit(Account, account, phone="600 000 415", payment_terms="30 días", website="b.example")
    world.edit(
        "account", account, phone="600 000 418", payment_terms="60 días", website="c.example"
    )
    laptop.synced()
    return account


def open_first_case(qtbot, page: SyncPage) -> ConflictView:
    page.show_ref(Ref("sync"))
    qtbot.waitUntil(lambda: bool(page.review.buttons))
    qtbot.mouseClick(page.review.buttons[0], Qt.MouseButton.LeftButton)
    return shown(qtbot, page, ConflictView)


def test_with_nothing_chosen_it_says_what_is_on_this_computer(qtbot, page, laptop: Laptop):
    laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    page.show_ref(Ref("sync"))
    view = shown(qtbot, page, ContentsView)
    assert "Customers and leads" in words(view)
    assert laptop.state().series in words(view)
    assert laptop.state().server_url in words(view)


def test_what_waits_is_previewed_by_name_and_leads_to_its_record(qtbot, page, laptop: Laptop):
    account = laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    page.show_ref(Ref("sync"))
    qtbot.waitUntil(lambda: bool(page.queue.buttons))
    [button] = page.queue.buttons
    assert button.entry.title == "Bar Núñez"
    assert button.entry.chip == "New"
    assert "0 of 1 change" in words(page.card)
    with qtbot.waitSignal(page.open_requested) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args[0] == Ref("customer", account)


def test_syncing_from_the_card_empties_the_queue_and_leaves_a_receipt(
    qtbot, page, synchroniser, laptop: Laptop
):
    laptop.add(Account, name="Bar Núñez", owner_id=laptop.user)
    page.show_ref(Ref("sync"))
    qtbot.waitUntil(lambda: bool(page.queue.buttons))
    with qtbot.waitSignal(synchroniser.finished):
        qtbot.mouseClick(page.card.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.queue.isHidden() and page.card.title.text() == "Up to date")
    first = page.history.buttons[0]
    assert first.entry.right == "↑ 1   ↓ 0"
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    receipt = words(shown(qtbot, page, ReceiptView))
    assert "Customer record" in receipt
    assert "Everything is the same here and at the office" in receipt


def test_without_network_it_stays_calm(qtbot, page, synchroniser, laptop: Laptop, world: World):
    world.server.stop()
    page.show_ref(Ref("sync"))
    with qtbot.waitSignal(synchroniser.finished):
        synchroniser.sync_now()
    qtbot.waitUntil(lambda: page.card.title.text() == "Offline")
    assert "Your work is safe on this computer" in page.card.when.text()


def test_a_wrong_clock_is_said(qtbot, page, laptop: Laptop):
    laptop.set_state(clock_offset_ms=-3 * 3_600_000)
    page.show_ref(Ref("sync"))
    qtbot.waitUntil(lambda: "ahead" in words(page.card))
    assert "3\xa0h" in page.card.clock.text()


def test_a_conflict_is_decided_field_by_field(qtbot, page, disputed, laptop, world: World):
    view = open_first_case(qtbot, page)
    read = words(view)
    assert "Cooperativa San Isidro" in read
    assert "before: 600 000 410" in read
    fields = {field.choice.field: field for field in view.fields}
    assert fields["payment_terms"].mine.isEnabled() is False, "the office decides it"
    assert "has received your change as a proposal" in read
    fields["phone"].choose("mine")
    assert "600 000 415" in [
        view._result.itemAt(n).widget().text() for n in range(view._result.count())
    ]
    with qtbot.waitSignal(page.toast_requested):
        page.primary()
    qtbot.waitUntil(page.review.isHidden)
    assert laptop.get(Account, disputed).phone == "600 000 415"
    laptop.synced()
    assert world.get("account", disputed)["phone"] == "600 000 415"
    assert {each.state for each in laptop.rows(Conflict)} <= {"kept", "swapped"}


def test_all_mine_and_all_the_offices_and_a_third_value(qtbot, page, disputed, laptop: Laptop):
    view = open_first_case(qtbot, page)
    fields = {field.choice.field: field for field in view.fields}
    qtbot.mouseClick(view.all_mine, Qt.MouseButton.LeftButton)
    assert fields["phone"].words == "600 000 415"
    assert fields["payment_terms"].words == "60 días"
    qtbot.mouseClick(view.all_office, Qt.MouseButton.LeftButton)
    assert fields["phone"].words == "600 000 418"
    fields["website"].edit()
    fields["website"].typed.clear()
    qtbot.keyClicks(fields["website"].typed, "d.example")
    assert fields["website"].words == "d.example"
    with qtbot.waitSignal(page.toast_requested):
        qtbot.mouseClick(view.save, Qt.MouseButton.LeftButton)
    assert laptop.get(Account, disputed).website == "d.example"


def test_the_keys_go_from_field_to_field_and_from_side_to_side(qtbot, page, disputed):
    view = open_first_case(qtbot, page)
    page.activateWindow()
    first, second = view.fields[0], view.fields[1]
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert first.side == ("mine" if not first.choice.locked else "office")
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert first.side == "office"
    first.office.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert second.office.hasFocus() or second.mine.hasFocus() or not page.isActiveWindow()


def test_news_while_deciding_do_not_undo_what_was_chosen(qtbot, page, desk, disputed, laptop):
    view = open_first_case(qtbot, page)
    view.fields[0].choose("mine")
    with qtbot.waitSignal(desk.tasks.idle):
        laptop.add(Account, name="Otra cosa", owner_id=laptop.user)
        page._fetch()
    qtbot.waitUntil(lambda: bool(page.queue.buttons))
    assert page.detail is view


def test_deciding_later_and_escape_leave_everything_as_it_is(qtbot, page, disputed, laptop):
    view = open_first_case(qtbot, page)
    qtbot.mouseClick(view.decide_later, Qt.MouseButton.LeftButton)
    shown(qtbot, page, ContentsView)
    assert page.review.buttons[0].isVisible()
    page.select(page.review.buttons[0].entry.key)
    shown(qtbot, page, ConflictView)
    assert page.escape()
    shown(qtbot, page, ContentsView)
    assert not page.escape()
    assert {each.state for each in laptop.rows(Conflict)} == {"open"}


def test_a_rejected_change_says_why_and_what_was_written(qtbot, page, laptop: Laptop):
    laptop.add(Segment, name="Solo la oficina")
    laptop.synced()
    page.show_ref(Ref("sync"))
    qtbot.waitUntil(lambda: bool(page.review.buttons))
    assert page.review.buttons[0].entry.chip == "Rejected"
    page.select(page.review.buttons[0].entry.key)
    read = words(shown(qtbot, page, RejectedView))
    assert "Your user may not change this." in read
    assert "Solo la oficina" in read
    assert "Nothing was erased" in read


def test_a_conflict_can_be_opened_from_elsewhere(qtbot, page, disputed, laptop: Laptop):
    [*_more, last] = [each.id for each in laptop.rows(Conflict)]
    page.show_ref(Ref("sync", last))
    view = shown(qtbot, page, ConflictView)
    assert len(view.fields) == 3
    assert page.state() == {"selected": f"conflict:{last}"}


def test_a_conflict_that_was_settled_elsewhere_is_left(qtbot, page, disputed, laptop: Laptop):
    view = open_first_case(qtbot, page)
    ids = [each.id for each in laptop.rows(Conflict)]
    for each in ids:
        laptop.edit(Conflict, each, state="kept")
    qtbot.waitUntil(lambda: isinstance(page.detail, ContentsView))
    qtbot.waitUntil(page.review.isHidden)
    assert view is not page.detail


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("theme_name", ["claro", "oscuro"])
def test_it_can_be_read_in_both_languages_and_themes(
    qtbot, qapp, desk, synchroniser, disputed, language: str, theme_name: str,
):  # fmt: skip
    from app import i18n
    from app.views import theme

    i18n.use(language)
    theme.apply(qapp, theme_name)
    page = SyncPage(desk, synchroniser)
    qtbot.addWidget(page)
    page.resize(1158, 716)
    page.show()
    view = open_first_case(qtbot, page)
    save = {"es": "Guardar resultado", "en": "Save result"}[language]
    assert view.save.text() == save
    grabbed = page.grab().toImage()
    assert (grabbed.width(), grabbed.height()) == (1158, 716)
    background = grabbed.pixelColor(2, 2)
    assert (background.lightness() < 80) == (theme_name == "oscuro")
