"""A customer's page: what it shows, what is changed where it stands, what begins there."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolTip

from app.models.account import Account, Contact, Site
from app.models.activity import Activity
from app.models.history import Invoice, Receivable
from app.models.sync_state import Conflict
from app.models.team import Company
from app.services import quotes, routes
from app.views.portfolio import customer_page, papers
from app.views.portfolio.customer_page import CustomerPage
from app.views.portfolio.figures import FigureTile
from app.views.undo import UndoStack
from app.views.widgets.button import IconButton
from app.views.widgets.page import Ref
from tests.views.desks import NOW, TODAY, cells, idle, press, typed, words
from tests.views.looking import clipped, nameless

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
        ("activity", "Visit · Quote"), ("sales", "Invoices and payments"), ("quotes", "Draft"),
        ("documents", "No documents yet"), ("terms", "Recibo a 30 días"),
    ],
)  # fmt: skip
def test_each_tab_shows_its_part(qtbot, page, company, lived, tab, said):
    opened(qtbot, page, company.account, tab)
    assert page.tabs.key == tab
    qtbot.waitUntil(lambda: said in words(page))
    assert page.record.isHidden()


def test_sales_say_what_was_bought_and_which_invoices_are_late(qtbot, page, company, lived):
    opened(qtbot, page, company.account, "sales")
    qtbot.waitUntil(lambda: page.sales.table.rowCount() == 12)
    assert cells(page.sales.table)[9] == ["October 2026", "–", "€500", "–", "–"]
    bills = cells(page.sales.bills)
    assert [bill[0] for bill in bills] == ["F-1", "F-2", "F-14"]
    assert bills[1] == ["F-2", "20/09/2026", "01/11/2026", "€440.00", "€0.00", "18 days"]
    assert bills[0][2:] == ["–", "€550.00", "€550.00", "–"]
    assert "Owes €440.00" in words(page.sales)


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
    assert said.args == ["Contact removed", True]
    UndoStack(page.desk.tasks).undo()
    qtbot.waitUntil(lambda: len(rows.people) == 2)


def test_visits_and_quotes_begin_here(qtbot, page, company):
    opened(qtbot, page, company.account)
    assert page.account == company.account
    for button, screen in ((page.head.visit, "visit"), (page.head.quote, "quote")):
        with qtbot.waitSignal(page.open_requested) as asked:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        ref = asked.args[0]
        assert (ref.screen, ref.options) == (screen, {"new": True, "account": company.account})


def test_calling_asks_the_desktop(qtbot, page, company, monkeypatch):
    called = []
    monkeypatch.setattr(customer_page.QDesktopServices, "openUrl", called.append)
    opened(qtbot, page, company.account)
    qtbot.mouseClick(page.head.call, Qt.MouseButton.LeftButton)
    assert [url.toString() for url in called] == ["tel:+34962270001"]


def test_the_star_is_put_on_and_shown(qtbot, page, company):
    opened(qtbot, page, company.account)
    qtbot.mouseClick(page.head.star, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.shown.account.starred and page.head.star.kind == "soft")


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


def chosen(page, what):
    """Press an entry of the menu behind the three dots."""
    menu = page.head.menu()
    next(action for action in menu.actions() if action.objectName() == what).trigger()


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_the_figures_explain_themselves(qtbot, page, company, lived):
    opened(qtbot, page, company.account)
    tiles = page.findChildren(FigureTile)
    assert [tile.figure.name for tile in tiles] == [
        "Sales, 12 months", "Last order", "Balance", "Conversion", "Commercial cost",
    ]  # fmt: skip
    sales = tiles[0]
    assert sales.accessibleName() == "Sales, 12 months: €900, −25% on last year"
    why = "12 months: 20/11/2025 – 19/11/2026, without VAT. The 12 months before: €1,200"
    assert sales.accessibleDescription() == sales.toolTip() == why
    sales.setFocus(Qt.FocusReason.TabFocusReason)
    press(KEY.Key_Space)
    qtbot.waitUntil(QToolTip.isVisible)
    assert QToolTip.text() == why
    QToolTip.hideText()


def test_a_customer_of_whom_no_invoice_came_says_so(qtbot, page, company):
    opened(qtbot, page, company.account)
    qtbot.waitUntil(lambda: "No sales figures yet" in words(page))
    page.tabs.choose("sales")
    assert page.sales.empty.isVisible()
    assert not page.sales.content.isVisible()


def test_a_note_is_kept_by_ctrl_enter_and_the_feed_is_filtered(
    qtbot, page, company, lived, database
):
    opened(qtbot, page, company.account, "activity")
    qtbot.waitUntil(lambda: "Visit · Quote" in words(page.feed))
    with qtbot.waitSignal(page.toast_requested) as said:
        page.feed.note.setPlainText("Cierra los lunes de noviembre")
        page.feed.note.setFocus()
        press(KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert said.args == ["Note kept", True]
    qtbot.waitUntil(lambda: "Cierra los lunes de noviembre" in words(page.feed))
    assert page.feed.note.toPlainText() == ""
    assert page.tabs.tabText(1) == "Activity 2"
    page.feed.chips["note"].click()
    qtbot.waitUntil(lambda: "Visit · Quote" not in words(page.feed))
    page.feed.chips[""].click()
    qtbot.waitUntil(lambda: "Visit · Quote" in words(page.feed))


def test_older_events_come_on_request(qtbot, page, company, database):
    with database.write() as session:
        for n in range(60):
            session.add(
                Activity(
                    kind="call", state="done", account_id=company.account, owner_id=company.user,
                    title=f"Call {n}", done_at=NOW - timedelta(days=n),
                )
            )  # fmt: skip
    opened(qtbot, page, company.account, "activity")
    qtbot.waitUntil(page.feed.more.isVisible)
    assert page.feed.more.text() == "Show older: 10 more"
    qtbot.waitUntil(lambda: "Call 49\n" in words(page.feed))
    assert "Call 59" not in words(page.feed)
    page.feed.more.click()
    qtbot.waitUntil(lambda: "Call 59" in words(page.feed))
    assert not page.feed.more.isVisible()


def test_documents_are_added_looked_at_opened_and_removed(
    qtbot, page, company, tmp_path, monkeypatch
):
    opened_files = []
    monkeypatch.setattr(papers, "open_file", opened_files.append)
    opened(qtbot, page, company.account, "documents")
    letter, picture = tmp_path / "acuerdo.txt", tmp_path / "barra.png"
    letter.write_text("Acuerdo 2026")
    Image.new("RGB", (40, 30), "red").save(picture)
    page.papers.take([letter, picture])
    assert "What are these 2 files?" in words(page.papers.layer)
    press(KEY.Key_1)
    qtbot.waitUntil(lambda: len(page.papers.shown) == 2)
    shown = {document.name: document for document in page.papers.shown}
    assert {document.kind for document in shown.values()} == {"contract"}
    assert shown["barra.png"].mime == "image/jpeg"
    assert "Contract · 19/11/2026" in words(page.papers)
    page.papers.look(shown["barra.png"])
    qtbot.waitUntil(lambda: page.papers.layer is not None)
    assert "barra.png" in words(page.papers.layer)
    press(KEY.Key_Escape)
    page.papers.look(shown["acuerdo.txt"])
    qtbot.waitUntil(lambda: bool(opened_files))
    assert opened_files[0].read_text() == "Acuerdo 2026"
    remove = next(
        b for b in page.papers.findChildren(IconButton)
        if b.accessibleName() == "Remove acuerdo.txt"
    )  # fmt: skip
    remove.click()
    qtbot.waitUntil(lambda: [d.name for d in page.papers.shown] == ["barra.png"])


def test_what_cannot_be_read_is_said_in_the_page(qtbot, page, company, tmp_path):
    opened(qtbot, page, company.account, "documents")
    broken = tmp_path / "barra.jpg"
    broken.write_bytes(b"no picture")
    page.papers.add([broken], "photo")
    qtbot.waitUntil(page.bar.isVisible)
    assert "not a picture" in page.bar.words.text()


def test_the_menu_writes_plans_notes_and_archives(qtbot, page, company, database, monkeypatch):
    written = []
    monkeypatch.setattr(customer_page.QDesktopServices, "openUrl", written.append)
    with database.write() as session:
        session.get(Account, company.account).email = "socarrat@cliente.example"
    opened(qtbot, page, company.account)
    chosen(page, "email")
    assert written[0].toString() == "mailto:socarrat@cliente.example"
    with qtbot.waitSignal(page.toast_requested) as said:
        chosen(page, "route")
    assert said.args[0] == "Restaurante El Socarrat is on today's route"
    with database.read() as session:
        assert [s.account_id for s in routes.unrouted(session, TODAY)] == [company.account]
    chosen(page, "task")
    typed(page.layer.title, "Traer muestras")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: "Traer muestras" in words(page))
    chosen(page, "archive")
    qtbot.waitUntil(lambda: "Inactive" in words(page.head))
    names = {action.objectName() for action in page.head.menu().actions()}
    assert "bring_back" in names
    assert "archive" not in names
    chosen(page, "history")
    qtbot.waitUntil(lambda: page.history is not None)
    page.history.layer.close_layer()


def test_a_prospect_becomes_a_customer(qtbot, page, company, database):
    with database.write() as session:
        session.get(Account, company.account).kind = "prospect"
    opened(qtbot, page, company.account)
    titles = [page.tabs.tabText(n) for n in range(page.tabs.count())]
    assert "Sales and payments" not in titles
    chosen(page, "convert")
    qtbot.waitUntil(lambda: page.shown.account.kind == "customer")


def test_a_change_of_terms_is_proposed_to_the_office(qtbot, page, company, database, monkeypatch):
    written = []
    monkeypatch.setattr(customer_page.QDesktopServices, "openUrl", written.append)
    opened(qtbot, page, company.account, "terms")
    assert "Propose a change" not in words(page), "nobody knows where to write"
    with database.write() as session:
        session.get(Company, company.company).email = "oficina@empresa.example"
    opened(qtbot, page, company.account, "terms")
    qtbot.waitUntil(lambda: "Propose a change" in words(page))
    page._propose()
    assert "oficina@empresa.example" in written[0].toString()
    assert "Recibo" in written[0].toString()


def test_a_colleagues_customer_can_be_looked_at_but_not_changed(qtbot, page, company, database):
    with database.write() as session:
        session.get(Account, company.account).owner_id = company.colleague
    opened(qtbot, page, company.account)
    qtbot.waitUntil(page.others.isVisible)
    assert "Luis Roca" in page.others._words.text()
    titles = [page.tabs.tabText(n) for n in range(page.tabs.count())]
    assert titles == ["Contacts", "Terms"]
    assert page.findChildren(FigureTile) == []
    assert not page.head.visit.isVisible()
    assert "Vicent Sanchis" in words(page)


def test_while_the_customer_looks_nothing_internal_is_seen(qtbot, page, company, lived, database):
    opened(qtbot, page, company.account, "activity")
    page.desk.customer_mode.switch(on=True)
    qtbot.waitUntil(lambda: page.tabs.count() == 2)
    titles = [page.tabs.tabText(n) for n in range(page.tabs.count())]
    assert titles == ["Summary", "Quotes 1"]
    qtbot.waitUntil(lambda: "Sales by month" in words(page))
    said = words(page)
    for hidden in ("overdue", "Customer A", "Every 28 days", "Balance", "Visit · Quote"):
        assert hidden not in said
    shown = [tile.figure.name for tile in page.findChildren(FigureTile) if tile.isVisible()]
    assert shown == ["Sales, 12 months", "Last order"]
    page.desk.customer_mode.switch(on=False)
    qtbot.waitUntil(lambda: page.tabs.count() == 7)


@pytest.mark.parametrize("size", [(1140, 716), (1220, 598), (1060, 640)])
def test_no_word_of_the_page_is_cut(qtbot, page, company, lived, size):
    page.resize(*size)
    for tab in ("summary", "activity", "sales", "quotes", "documents", "terms"):
        opened(qtbot, page, company.account, tab)
        qtbot.waitUntil(lambda: clipped(page) == [])
        assert nameless(page) == []


def test_more_of_a_contact_unfolds_and_there_is_one_who_decides(qtbot, page, company, database):
    with database.write() as session:
        other = Contact(account_id=company.account, name="Empar Roig")
        session.add(other)
        session.flush()
        other_id = other.id
    opened(qtbot, page, company.account, "record")
    person = page.record.contacts.people[other_id]
    assert not person.more.isVisible()
    person.unfold.click()
    assert person.more.isVisible()
    person.more.main.click()
    person.more.consent.click()
    typed(person.more.notes, "Solo por la mañana")
    press(KEY.Key_Return)

    def kept(id_):
        with database.read() as session:
            return session.get(Contact, id_)

    qtbot.waitUntil(lambda: kept(other_id).notes == "Solo por la mañana")
    assert kept(other_id).is_main
    assert kept(other_id).mailing_consent
    assert not kept(company.contact).is_main


def test_what_is_typed_stays_with_its_customer_when_another_is_opened(
    qtbot, page, company, database
):
    with database.write() as session:
        other = Account(name="Bar Núñez", owner_id=company.user)
        session.add(other)
        session.flush()
        other_id = other.id
    opened(qtbot, page, company.account, "record")
    typed(page.record.form.fields["website"].editor, "www.socarrat.example")
    opened(qtbot, page, other_id, "record")
    page.setFocus()
    idle(qtbot, page.desk)
    with database.read() as session:
        assert session.get(Account, company.account).website == "www.socarrat.example"
        assert session.get(Account, other_id).website == ""
    assert page.record.form.fields["website"].editor.text() == ""
