"""A customer's page: what it shows, what is changed where it stands, what begins there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from app.models.account import Account, Contact, Site
from app.models.activity import Activity
from app.models.history import Invoice, Receivable
from app.models.sync_state import Conflict
from app.services import quotes
from app.views.portfolio import customer_page
from app.views.portfolio.customer_page import CustomerPage
from app.views.widgets.page import Ref
from tests.views.desks import NOW, TODAY, idle, press, typed, words

KEY = Qt.Key


@pytest.fixture
def page(qtbot, desk, company):
    made = CustomerPage(desk)
    qtbot.addWidget(made)
    made.resize(1158, 716)
    desk.tasks.changed.connect(made.refresh)
    made.show()
    made.activateWindow()
    return made


def opened(qtbot, page, account: str, tab: str = "") -> None:
    page.show_ref(Ref("customer", account, tab))
    qtbot.waitUntil(lambda: page.shown is not None)
    idle(qtbot, page.desk)


@pytest.fixture
def lived(database, company):
    """A year of invoices, a debt, a visit and a quote."""
    with database.write() as session:
        for months, base in ((1, 500), (2, 400), (14, 1200)):
            day = TODAY - timedelta(days=30 * months)
            session.add(
                Invoice(
                    account_id=company.account, number=f"F-{months}", issued_on=day,
                    base=Decimal(base), total=Decimal(base) * 11 / 10,
                )
            )  # fmt: skip
        session.add(
            Receivable(
                account_id=company.account, number="F-2", due_on=TODAY - timedelta(days=18),
                pending=Decimal(440), amount=Decimal(440),
            )
        )  # fmt: skip
        session.add(
            Activity(
                kind="visit", state="done", account_id=company.account, owner_id=company.user,
                done_at=NOW - timedelta(days=16), outcome="quote",
            )
        )  # fmt: skip
        return quotes.draft(session, company.account, today=TODAY).id


def test_the_head_says_who_and_the_figures_how_it_goes(qtbot, page, company, lived):
    opened(qtbot, page, company.account)
    qtbot.waitUntil(lambda: "Sales by month" in words(page))
    read = words(page)
    for said in (
        "Restaurante El Socarrat", "Xàtiva · Hostelería", "Customer A", "Hostelería 2",
        "Every 28 days", "€440.00 overdue", "€900", "−25% on last year",
        "Vicent Sanchis",
    ):  # fmt: skip
        assert said in read, said
    titles = [page.tabs.tabText(n) for n in range(page.tabs.count())]
    assert titles == [
        "Summary", "Activity 1", "Sales and payments", "Quotes 1", "Documents 0", "Terms", "Record",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("activity", "Visit · Quote"), ("sales", "F-14"), ("quotes", "Draft"),
        ("documents", "No documents yet"), ("terms", "Recibo a 30 días"),
    ],
)  # fmt: skip
def test_each_tab_shows_its_part(qtbot, page, company, lived, tab, said):
    opened(qtbot, page, company.account, tab)
    assert page.tabs.key == tab
    qtbot.waitUntil(lambda: said in words(page))
    assert page.record.isHidden()


def test_a_field_is_saved_on_leaving_it(qtbot, page, company, database):
    opened(qtbot, page, company.account, "record")
    fields = page.record.form.fields
    typed(fields["phone"].editor, "962 27 00 99")
    press(KEY.Key_Tab)
    typed(fields["opening_hours"].editor, "Mon-Fri 9-14 17-20; Sun closed")
    press(KEY.Key_Tab)
    qtbot.waitUntil(lambda: not page.desk.tasks.busy)
    idle(qtbot, page.desk)
    with database.read() as session:
        assert session.get(Account, company.account).phone == "+34962270099"
        assert session.get(Site, company.site).opening_hours == (
            "Mo-Fr 09:00-14:00,17:00-20:00; Su off"
        )
    hours = fields["opening_hours"].editor
    qtbot.waitUntil(lambda: hours.text() == "Mon-Fri 9:00-14:00 17:00-20:00; Sun closed")


def test_what_cannot_be_used_stays_with_its_reason(qtbot, page, company, database):
    opened(qtbot, page, company.account, "record")
    fields = page.record.form.fields
    typed(fields["tax_id"].editor, "B1234")
    press(KEY.Key_Tab)
    qtbot.waitUntil(lambda: bool(fields["tax_id"].error))
    assert fields["tax_id"].editor.text() == "B1234"
    typed(fields["opening_hours"].editor, "cuando quiere")
    press(KEY.Key_Tab)
    assert "Write hours such as" in fields["opening_hours"]._words.text()
    idle(qtbot, page.desk)
    with database.read() as session:
        assert session.get(Account, company.account).tax_id == ""


def test_what_is_being_typed_is_kept_when_news_come(qtbot, page, company, database):
    opened(qtbot, page, company.account, "record")
    name, city = (page.record.form.fields[key].editor for key in ("name", "city"))
    typed(name, "El Socarr")
    with database.write() as session:
        session.get(Account, company.account).sector = "Arrocería"
        session.get(Site, company.site).city = "Canals"
    qtbot.waitUntil(lambda: city.text() == "Canals")
    assert name.text() == "El Socarr"


def test_contacts_are_added_changed_removed_and_brought_back(qtbot, page, company, database):
    opened(qtbot, page, company.account, "record")
    rows = page.record.contacts
    assert [person.edits["name"].text() for person in rows.people.values()] == ["Vicent Sanchis"]
    typed(rows.new, "Empar Roig")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: len(rows.people) == 2)
    person = next(p for p in rows.people.values() if p.contact.name == "Empar Roig")
    typed(person.edits["phone"], "600 000 331")
    press(KEY.Key_Tab)

    def kept() -> Contact:
        with database.read() as session:
            return session.get(Contact, person.contact.id)

    qtbot.waitUntil(lambda: kept().phone == "+34600000331")
    with qtbot.waitSignal(page.toast_requested) as said:
        qtbot.mouseClick(person.remove, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(rows.people) == 1)
    said.args[1]()
    qtbot.waitUntil(lambda: len(rows.people) == 2)


def test_visits_and_quotes_begin_here(qtbot, page, company):
    opened(qtbot, page, company.account)
    assert page.account == company.account
    for button, screen in ((page.visit, "visit"), (page.quote, "quote")):
        with qtbot.waitSignal(page.open_requested) as asked:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        ref = asked.args[0]
        assert (ref.screen, ref.options) == (screen, {"new": True, "account": company.account})


def test_calling_asks_the_desktop(qtbot, page, company, monkeypatch):
    called = []
    monkeypatch.setattr(customer_page.QDesktopServices, "openUrl", called.append)
    opened(qtbot, page, company.account)
    qtbot.mouseClick(page.call, Qt.MouseButton.LeftButton)
    assert [url.toString() for url in called] == ["tel:+34962270001"]


def test_the_star_is_put_on_and_shown(qtbot, page, company):
    opened(qtbot, page, company.account)
    qtbot.mouseClick(page.star, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.shown.account.starred and page.star.kind == "soft")


def test_two_versions_are_said_with_the_way_to_decide(qtbot, page, company, database):
    with database.write() as session:
        conflict = Conflict(
            entity="account", row_id=company.account, root=company.account, field="phone",
            base="1", winner="2", loser="3", policy="latest",
        )  # fmt: skip
        session.add(conflict)
    opened(qtbot, page, company.account)
    assert page.banner.isVisible()
    assert "Two versions of this record" in page.banner._words.text()
    with qtbot.waitSignal(page.open_requested) as asked:
        page.banner.findChild(customer_page.Button).click()
    assert asked.args[0] == Ref("sync", conflict.id)


def test_another_customer_begins_at_the_summary_and_back_finds_the_tab(
    qtbot, page, company, database
):
    with database.write() as session:
        other = Account(name="Bar Núñez", owner_id=company.user)
        session.add(other)
        session.flush()
        other_id = other.id
    opened(qtbot, page, company.account, "terms")
    kept = page.state()
    opened(qtbot, page, other_id)
    assert page.tabs.key == "summary"
    opened(qtbot, page, company.account)
    page.restore(kept)
    assert page.tabs.key == "terms"
    qtbot.waitUntil(lambda: "Recibo a 30 días" in words(page))


def test_a_customer_who_is_gone_is_said_calmly(qtbot, page, company, database):
    with database.write() as session:
        session.get(Account, company.account).removed_at = NOW
    page.show_ref(Ref("customer", company.account))
    qtbot.waitUntil(page.bar.isVisible)
    assert "This customer is no longer here." in page.bar.words.text()
