"""Receipts, reasons, amounts and moments, said as a person says them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app import i18n
from app.models.sync_state import SyncRun
from app.services.row_titles import Title
from app.services.syncing import Rejected
from app.views.sync import details
from app.views.sync.details import ReceiptView, RejectedView
from app.views.sync.entries import Entry, EntryList
from app.views.sync.state_card import clock_words, day_and_time
from app.views.widgets.button import Button
from app.views.widgets.page import Ref

AT = datetime(2026, 11, 19, 17, 42, tzinfo=UTC)
TODAY = date(2026, 11, 19)


def words(part: QWidget) -> str:
    return "\n".join(label.text() for label in part.findChildren(QLabel))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_reason_has_its_own_sentence_and_advice(language: str):
    i18n.use(language)
    reasons = ("schema", "fk", "scope", "role", "validation", "collision", "frozen", "error")
    said = [details.reason_words(reason) for reason in reasons]
    assert len({why for why, _what in said}) == len(reasons)
    assert all(why.endswith(".") and what.endswith(".") for why, what in said)
    assert details.reason_words("of_the_future") == details.reason_words("error")


def test_a_receipt_of_everything_that_can_happen(qtbot):
    run = SyncRun(
        started_at=AT, ended_at=AT + timedelta(seconds=95), sent=3, received=2, conflicts=1,
        parked=2, files_sent=4, bytes_sent=2_000_000, bytes_received=900, digest_ok=False,
        error="The office's server does not answer.",
        receipt={"account": {"sent": 3}, "quote": {"received": 1, "removed": 1}},
    )  # fmt: skip
    view = ReceiptView(run, TODAY)
    qtbot.addWidget(view)
    said = words(view)
    for expected in (
        "It was cut.", "does not answer", "Customer record", "Quote", "95 seconds",
        i18n.size(2_000_000),
        "Values changed in two places", "Changes that the office did not accept",
        "Photos and documents sent", "Some records differ",
    ):  # fmt: skip
        assert expected in said


def test_a_receipt_of_nothing(qtbot):
    view = ReceiptView(SyncRun(started_at=AT), TODAY)
    qtbot.addWidget(view)
    assert "There was nothing new on either side." in words(view)


def test_a_rejection_leads_to_its_record(qtbot):
    title = Title("Q26-K7-00001", "Quote", "quote", "7")
    view = RejectedView(Rejected("1", title, "collision", "I", [("Number", "Q26-K7-00001")]))
    qtbot.addWidget(view)
    [button] = [each for each in view.findChildren(Button) if each.text() == "Open record"]
    with qtbot.waitSignal(view.open_asked) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == [Ref("quote", "7")]
    assert "Another quote has this number already." in words(view)


def test_moments_are_told_from_today():
    assert day_and_time(AT, TODAY) == "Today, 18:42"
    assert day_and_time(AT - timedelta(days=1), TODAY) == "Yesterday, 18:42"
    assert day_and_time(AT - timedelta(days=3), TODAY) == i18n.moment(AT - timedelta(days=3))


@pytest.mark.parametrize(
    ("offset_ms", "expected"),
    [
        (0, ""),
        (-4 * 60_000, ""),
        (-3 * 3_600_000, "3\xa0h ahead"),
        (3 * 3_600_000, "3\xa0h behind"),
        (-365 * 86_400_000, "365 days ahead"),
        (86_400_000, "1 day behind"),
    ],
)
def test_a_wrong_clock_is_said_with_how_wrong_it_is(offset_ms: int, expected: str):
    said = clock_words(offset_ms)
    assert expected in said
    assert bool(said) == bool(expected)


def test_entries_are_chosen_by_key_and_by_the_arrows(qtbot):
    listed = EntryList("To review")
    qtbot.addWidget(listed)
    listed.show_entries([Entry(key, "store", key, "two lines") for key in "abc"], "b")
    listed.show()
    assert [button.isChecked() for button in listed.buttons] == [False, True, False]
    before = listed.buttons
    listed.show_entries([Entry(key, "store", key, "two lines") for key in "abc"], "c")
    assert listed.buttons is before, "the same entries keep their widgets"
    with qtbot.waitSignal(listed.chosen) as chosen:
        qtbot.keyClick(listed.buttons[0], Qt.Key.Key_Return)
    assert chosen.args == ["a"]
    qtbot.keyClick(listed.buttons[0], Qt.Key.Key_Down)
    listed.show_entries([])
    assert listed.isHidden()
