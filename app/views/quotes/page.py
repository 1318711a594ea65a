"""The quote: lines at the left, the paper at the right, saved as it is typed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from app import i18n
from app.errors import UserError
from app.i18n import _
from app.models.account import Account
from app.models.quote import Clause, Quote, QuoteLine, QuoteState, Signature
from app.services import products, quote_documents, quote_lines, quote_rows, quotes
from app.services.quote_rows import Editor
from app.views import theme
from app.views.messages import MessageBar
from app.views.quotes.lines import LineTable, table_head
from app.views.quotes.paper import QuotePaper
from app.views.quotes.parts import QuoteFoot, QuoteHead
from app.views.quotes.signing import SigningLayer
from app.views.tasks import Task
from app.views.widgets.button import Button
from app.views.widgets.columns import Columns
from app.views.widgets.edits import ReadingEdit
from app.views.widgets.layout import box, clear, column, line, row, scroll, text
from app.views.widgets.notices import Banner, Banners
from app.views.widgets.page import Desk, Page, Ref
from app.views.widgets.picker import Choice, Picker
from app.views.widgets.record_history import HistoryLayer

if TYPE_CHECKING:
    from app.models.database import Changes


class QuotePage(Page):
    """The editor of a draft, and the reading view of what was issued."""

    customer_safe = True
    places = ("quote", "quote_lines")
    split: Columns

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setObjectName("Page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.quote_id = ""
        self.shown: Editor | None = None
        self._loading: Task | None = None
        self.signing: SigningLayer | None = None
        self._issuing = False
        self.head = QuoteHead(lambda: i18n.local(desk.now()).date())
        self.foot, self.table = QuoteFoot(), LineTable(desk.settings)
        self.add_field = Picker(
            _("Add a product by name, reference or barcode"), self._find_products
        )
        self.usual = row(gap=6)
        self.to_limit = Button(kind="warning_ghost", size="sm")
        self.banner, self.bar = Banner("warning", "", "", self.to_limit), MessageBar()
        self.banner.say_nothing()
        self.notices = Banners()
        self.notices.hold(self.bar, self.banner)
        self.paper = QuotePaper(desk)
        self.preview, self.language = self.paper.preview, self.paper.language
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        field = box(column(self.add_field, self.usual, gap=6, margins=(12, 8, 12, 10)))
        self.adding = box(column(line(), field, gap=0))
        head, area, lines = table_head(), scroll(self.table), QFrame()
        bar = area.verticalScrollBar()  # the titles stay above their columns when it comes
        bar.rangeChanged.connect(
            lambda _least, most: head.setContentsMargins(
                0, 0, bar.sizeHint().width() if most else 0, 0
            )
        )
        lines.setProperty("card", "true")
        lines.setLayout(
            column(head, line(), (area, 1), self.adding, gap=0, margins=(1, 1, 1, 1))
        )  # fmt: skip
        left = box(
            column(self.notices, self.bar, self.head, (lines, 1), self.banner, self.foot, gap=10)
        )
        self.split = Columns(left, self.paper, title=_("Preview"), width=404)
        self.setLayout(column(self.split, margins=(20, 12, 20, 14)))

    def _connect(self) -> None:
        self.table.changed.connect(self._change_line)
        self.table.removed.connect(self._remove_line)
        self.table.moved.connect(lambda id_, by: self._write(quote_lines.move_line, id_, by))
        self.table.duplicated.connect(lambda id_: self._write(quote_lines.duplicate_line, id_))
        self.add_field.chosen.connect(self._add_product)
        self.foot.general.edited.connect(
            lambda: self._update(general_discount=self.foot.general.discount)
        )
        self.head.valid_until.edited.connect(
            lambda: self._update(valid_until=self.head.valid_until.day)
        )
        self.head.price_list.activated.connect(self._choose_list)
        self.language.clicked.connect(
            lambda: self._update(language=("es", "en")[self.language.index])
        )
        self.desk.customer_mode.changed.connect(self._show_customer_mode)
        self._show_customer_mode()
        self.head.issue.clicked.connect(self.issue)
        self.head.sign.clicked.connect(self.sign)
        self.head.new_version.clicked.connect(self._revise)
        self.head.history.clicked.connect(self._show_history)
        self.to_limit.clicked.connect(self._hold_to_limit)

    # loading

    def show_ref(self, ref: Ref) -> None:
        self.bar.clear()
        if ref.options.get("new") and not ref.id:
            self.desk.tasks.write(
                self, quotes.draft, self._began, ref.options["account"],
                today=self.today, activity_id=ref.options.get("activity"),
            )  # fmt: skip
            ref.options.clear()  # going back here finds the quote instead of beginning another
        elif ref.id:
            self.quote_id = ref.id
            self._load()

    def _began(self, quote: Quote) -> None:
        self.quote_id = quote.id
        self._load()
        self.add_field.setFocus()

    def retire(self) -> None:
        """Take in what is being typed into a line or a field of the head."""
        typing = self.focusWidget()
        if isinstance(typing, ReadingEdit):
            typing.commit()

    def state(self) -> dict[str, Any]:
        self.retire()
        return {"quote": self.quote_id}

    def restore(self, state: dict[str, Any]) -> None:
        if state.get("quote", "") != self.quote_id:
            self.quote_id = state.get("quote", "")
            self._load()

    @property
    def account(self) -> str:
        return self.shown.quote.account_id if self.shown is not None else ""

    def refresh(self, changes: Changes) -> None:
        if self.isVisible() and changes.touched(Quote, QuoteLine, Clause, Signature, Account):
            self._load()

    @property
    def today(self) -> Any:
        return i18n.local(self.desk.now()).date()

    def _load(self) -> None:
        if self.quote_id:
            read = self.desk.tasks.read
            task = read(self, quote_rows.editor, self._show, self.quote_id, self.today)
            self._loading = self.desk.tasks.instead(self._loading, task)
            self.desk.tasks.or_else(task, self._gone)

    def _gone(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.bar.show_error(error)
        else:
            self.desk.tasks.failed.emit(self, error)

    def _show(self, shown: Editor) -> None:
        if shown.quote.id != self.quote_id:
            return  # another quote was opened meanwhile
        self.shown = shown
        quote, frozen = shown.quote, shown.quote.state != QuoteState.DRAFT
        self.crumbs_changed.emit([_("Quotes"), quote.number or _("Draft")])
        self.head.show_quote(shown)
        self.table.show_lines(shown.lines, quote, frozen=frozen)
        self.foot.show_quote(shown)
        self.adding.setVisible(not frozen)
        self.language.index = 1 if quote.language == "en" else 0
        self.language.setVisible(not frozen)
        self.language.update()
        self._show_usual(shown)
        self._show_limit(shown)
        self.paper.show_quote(quote.id, quote.number or _("Draft"))

    def _show_usual(self, shown: Editor) -> None:
        clear(self.usual)
        there = {each.line.product_id for each in shown.lines}
        offered = [(id_, name) for id_, name in shown.usual if id_ not in there]
        if not offered:
            return
        self.usual.addWidget(text(_("Usually orders:"), "muted"))
        for id_, name in offered:
            chip = Button(name, icon="plus", size="sm")
            chip.clicked.connect(lambda _checked=False, id_=id_: self._add(id_, None))
            self.usual.addWidget(chip)
        self.usual.addStretch(1)

    def _show_limit(self, shown: Editor) -> None:
        over = [each.line for each in shown.lines if each.is_over_limit]
        draft = shown.quote.state == QuoteState.DRAFT
        self.banner.say_nothing()
        if over and draft and shown.limit is not None:
            words = _("{discount} off {product}: your limit is {limit}.").format(
                discount=quote_documents.discount_words(over[0].discount),
                product=over[0].description,
                limit=i18n.percent(shown.limit),
            )
            rest = _("It can be issued and signed; it will go for approval.")
            self.banner.show_message("warning", words, rest)
            self.to_limit.setText(_("Make it {limit}").format(limit=i18n.percent(shown.limit)))

    def _hold_to_limit(self) -> None:
        """Bring the discounts that are above the user's limit down to it."""
        shown = self.shown
        if shown is not None and shown.limit is not None:
            for each in shown.lines:
                if each.is_over_limit:
                    self._change_line(each.line.id, {"discount": (shown.limit,)})

    # editing

    def _write(self, work: Any, *args: Any, **kwargs: Any) -> None:
        task = self.desk.tasks.write(self, work, lambda _done: None, *args, **kwargs)
        self.desk.tasks.or_else(task, self._refused)

    def _refused(self, error: Exception) -> None:
        self._gone(error)
        self._load()

    def _update(self, **changes: Any) -> None:
        self._write(quotes.update, self.quote_id, **changes)

    def _change_line(self, line_id: str, fields: dict[str, Any]) -> None:
        self._write(quote_lines.set_line, line_id, today=self.today, **fields)

    def _remove_line(self, line_id: str) -> None:
        def done(_none: None) -> None:
            self.toast_requested.emit(_("Line removed"), True)

        self.desk.tasks.write(self, quote_lines.remove_line, done, line_id)

    def _choose_list(self, _index: int) -> None:
        chosen = self.head.price_list.currentData()
        self._write(quotes.set_price_list, self.quote_id, chosen, today=self.today)

    def _find_products(self, typed: str, done: Any) -> None:
        _quantity, words = products.split_quantity(typed)

        def found(rows: list[products.ProductChoice]) -> None:
            currency = self.shown.quote.currency if self.shown else "EUR"
            done(
                [
                    Choice(
                        p.id, p.name,
                        " · ".join(
                            part
                            for part in (
                                p.reference, p.format,
                                i18n.money(p.price, currency) if p.price is not None else "",
                            )
                            if part
                        ),
                        "package",
                    )
                    for p in rows
                ]
            )  # fmt: skip

        price_list = self.shown.quote.price_list_id if self.shown else None
        self.desk.tasks.read(self, products.choices, found, words, price_list_id=price_list)

    def _add_product(self, choice: Choice) -> None:
        quantity, _words = products.split_quantity(self.add_field.text())
        self.add_field.show_choice(None)
        self._add(choice.id, quantity)

    def _add(self, product_id: str, quantity: Decimal | None) -> None:
        self._write(
            quote_lines.add_line, self.quote_id, product_id, today=self.today, quantity=quantity
        )

    # issuing and signing

    def primary(self) -> None:
        if self.shown is None:
            return
        if self.shown.quote.state == QuoteState.DRAFT:
            self.issue()
        else:
            self.sign()

    def issue(self) -> None:
        """Give the quote its number, freeze it, and keep its PDF."""
        typing = self.focusWidget()
        if isinstance(typing, ReadingEdit) and not typing.commit():
            return  # what is typed there cannot be read yet: it says so itself
        if self._issuing:
            return
        self._issuing = True
        task = self.desk.tasks.write(
            self, quotes.issue, self._issued, self.quote_id, now=self.desk.now()
        )
        self.desk.tasks.or_else(task, self._not_issued)

    def _not_issued(self, error: Exception) -> None:
        self._issuing = False
        self._refused(error)

    def _issued(self, quote: Quote) -> None:
        self._issuing = False
        self.toast_requested.emit(_("{number} issued").format(number=quote.number), None)
        self._keep_pdf(quote.id)

    def _keep_pdf(self, quote_id: str) -> None:
        """Make the PDF as the quote stands and keep its bytes, then name them."""
        files = self.desk.files

        def store(pdf: bytes) -> None:
            self.desk.tasks.run(self, lambda: (files.add(pdf), len(pdf)), kept)

        def kept(stored: tuple[str, int]) -> None:
            self._write(
                quote_documents.keep_pdf, quote_id, sha256=stored[0], size=stored[1],
                at=self.desk.now(),
            )  # fmt: skip

        self.paper.make(quote_id, store)

    def sign(self) -> None:
        """Open the layer in which the customer signs; only an issued quote can be signed."""
        if self.shown is not None and self.shown.shown_state in {"issued", "sent"}:
            mode = self.desk.customer_mode
            before = mode.on
            mode.switch(on=True)  # the customer is looking
            self.signing = SigningLayer(self, self.shown, self._sign)
            self.signing.layer.closed.connect(lambda: self._leave_signing(before=before))

    def _leave_signing(self, *, before: bool) -> None:
        self.signing = None
        self.desk.customer_mode.switch(on=before)

    def _show_customer_mode(self) -> None:
        """Hide what the trade earns on it; the customer may be looking."""
        self.foot.margin_box.setVisible(not self.desk.customer_mode.on)

    def _sign(self, signer: str, tax_id: str, strokes: Any) -> None:
        quote_id = self.quote_id

        def write(pdf: bytes) -> None:
            task = self.desk.tasks.write(
                self, quote_documents.sign, self._signed, quote_id, signer=signer,
                tax_id=tax_id, strokes=strokes, pdf=pdf, at=self.desk.now(),
            )  # fmt: skip
            self.desk.tasks.or_else(task, self._not_signed)

        self.paper.make(quote_id, write)

    def _signed(self, signature: Signature) -> None:
        if self.signing is not None:
            self.signing.layer.close_layer()
        self.toast_requested.emit(_("Signed and saved on this computer"), None)
        self._keep_pdf(signature.quote_id)

    def _not_signed(self, error: Exception) -> None:
        if self.signing is None or not self.signing.refused(error):
            self._refused(error)

    def _show_history(self) -> None:
        self.history = HistoryLayer(self, self.desk, "quote", self.quote_id)

    def _revise(self) -> None:
        self.desk.tasks.write(
            self, quotes.revise, lambda quote: self.open_requested.emit(Ref("quote", quote.id)),
            self.quote_id, today=self.today,
        )  # fmt: skip

    # the page itself

    def act(self, name: str) -> bool:
        """Sign, or open the PDF: the keys of a quote."""
        deeds = {"sign": self.sign, "print": self.paper.open_pdf}
        if name in deeds:
            deeds[name]()
        return name in deeds

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() / theme.scale()
        self.split.set_width(404 if wide >= 1100 else 320)
