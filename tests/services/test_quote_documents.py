"""A quote on paper and signed: what the page says, in the customer's language, and the evidence."""

import base64
import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app import i18n
from app.errors import UserError, ValidationError
from app.models.account import Account
from app.models.document import Document
from app.models.product import Product
from app.models.quote import Clause, QuoteState, Signature
from app.models.sync_state import FileQueueEntry
from app.models.team import Company
from app.services import documents, quote_documents, quote_lines, quote_rows, quote_totals, quotes
from tests.company import seed
from tests.services.records import NOW, TODAY, customer

D = Decimal
STROKES = [[[10, 20, 0], [30, 40, 16]], [[50, 60, 400]]]


@pytest.fixture
def made(database):
    return seed(database)


@pytest.fixture
def quote_id(database, made):
    with database.write() as session:
        company = session.get(Company, made.company)
        company.tax_id, company.phone, company.email = "B97123459", "+34961234567", "a@b.es"
        company.address, company.postcode, company.province = "C/ Mayor, 1", "46900", "Valencia"
        account = session.get(Account, made.account)
        account.legal_name, account.tax_id, account.code = "Socarrat, S.L.", "B97123459", "430012"
        account.language = "es"
        session.add(Clause(text="Portes pagados.", language="es"))
        session.flush()
        quote = quotes.draft(session, made.account, today=TODAY)
        for product, chain in zip(made.products[:2], ((D(8), D(2)), (D("2.5"),)), strict=True):
            line = quote_lines.add_line(session, quote.id, product, today=TODAY, quantity=D(3))
            quote_lines.set_line(session, line.id, today=TODAY, discount=chain)
        quote_lines.add_heading(session, quote.id, "Y además")
        quotes.update(
            session, quote.id, delivery_terms="48 h", customer_reference="Pedido 7",
            general_discount=(D(2),),
        )  # fmt: skip
    return quote.id


def issue(database, quote_id):
    with database.write() as session:
        return quotes.issue(session, quote_id, now=NOW)


def paper(database, quote_id, read_file=lambda _sha: None):
    with database.read() as session:
        return quote_documents.document(session, quote_id, read_file)


def test_the_page_speaks_the_customers_language_whatever_the_screen_does(database, quote_id):
    issue(database, quote_id)
    page = paper(database, quote_id)
    assert (page.number, page.issued_on, page.valid_until, page.language) == (
        "P26-K7-00001", "19/11/2026", "19/12/2026", "es",
    )  # fmt: skip
    assert page.customer == (
        "Socarrat, S.L.", "NIF B97123459 · Cliente 430012", "C/ de la Fontana, 12 · 46800 Xàtiva",
        "A la atención de Vicent Sanchis",
    )  # fmt: skip
    assert page.terms == (
        "Tarifa: Hostelería 2", "Pago: Recibo a 30 días", "Entrega: 48 h",
        "Su referencia: Pedido 7",
    )  # fmt: skip
    assert (page.rep, page.rep_zone, page.tax_name) == ("Marta Ferrer", "Zona Levante Sur", "IVA")
    assert page.company.address == "C/ Mayor, 1 · 46900 Torrent (Valencia)"
    assert page.company.contact == "961 23 45 67 · a@b.es"
    assert page.clauses == ("Portes pagados.",)
    assert [line.discount for line in page.lines] == ["8+2\u00a0%", "2,5\u00a0%", ""]
    assert [line.is_heading for line in page.lines] == [False, False, True]
    assert i18n.language() == "en"


def test_the_figures_of_the_page_are_those_of_the_quote(database, quote_id):
    quote = issue(database, quote_id)
    page = paper(database, quote_id)
    assert (page.lines_sum, page.base, page.tax, page.total) == (
        quote.lines_sum, quote.base, quote.tax, quote.total,
    )  # fmt: skip
    assert page.discount == quote.lines_sum - quote.base
    assert sum(row.total for row in page.by_rate) == quote.total
    assert paper(database, quote_id) == page, "asked again it is the same"


def test_a_bare_quote_has_a_page_too(database, made):
    with database.write() as session:
        plain = customer(session, made, "Bar")
        quote = quotes.draft(session, plain, today=TODAY)
        quote.site_id, quote.price_list_id, quote.valid_until = None, None, None
        quote.tax_regime, quote.language = "igic", "eu"
    page = paper(database, quote.id)
    assert page.customer == ("Bar",)
    assert (page.number, page.issued_on, page.valid_until) == ("", "", "")
    assert (page.terms, page.lines, page.signature) == ((), (), None)
    assert (page.tax_name, page.language) == ("IGIC", "es")


def test_pictures_are_the_photo_or_the_thumbnail_until_it_comes(database, made, files, quote_id):
    logo, photo = files.add(b"LOGO"), files.add(b"PHOTO")
    with database.write() as session:
        common = {"kind": "photo", "mime": "image/jpeg", "size": 5}
        session.get(Company, made.company).logo_document_id = documents.add(
            session, name="logo", sha256=logo, **common
        ).id
        for product, sha256 in zip(made.products[:2], (photo, "f" * 64), strict=True):
            session.get(Product, product).photo_document_id = documents.add(
                session, name="p", sha256=sha256, **common,
                thumbnail=base64.b64encode(b"small").decode(),
            ).id  # fmt: skip
    page = paper(
        database, quote_id, lambda sha: None if files.size(sha) is None else files.read(sha)
    )
    assert page.company.logo == b"LOGO"
    assert [line.photo for line in page.lines] == [b"PHOTO", b"small", None]


def test_the_pdf_is_kept_under_the_number_and_goes_to_the_office(database, made, files, quote_id):
    issue(database, quote_id)
    sha256 = files.add(b"%PDF")
    with database.write() as session:
        kept = quote_documents.keep_pdf(session, quote_id, sha256=sha256, size=4, at=NOW)
    with database.read() as session:
        assert quote_totals.get(session, quote_id).pdf_document_id == kept.id
        assert session.get(Document, kept.id).name == "P26-K7-00001.pdf"
        (queued,) = session.scalars(select(FileQueueEntry)).all()
        assert [d.id for d in documents.of_account(session, made.account)] == [kept.id]
    assert (queued.sha256, queued.direction) == (sha256, "up")


def sign(database, quote_id, **more):
    values = {"signer": " Vicent Sanchis ", "tax_id": "00000000t", "strokes": STROKES,
              "pdf": b"%PDF", "at": NOW, "place": "Xàtiva"}  # fmt: skip
    with database.write() as session:
        return quote_documents.sign(session, quote_id, **{**values, **more})


def test_a_signature_keeps_the_evidence_of_what_was_shown(database, quote_id):
    issue(database, quote_id)
    signature = sign(database, quote_id)
    assert (signature.signer, signature.signer_tax_id) == ("Vicent Sanchis", "00000000T")
    assert signature.pdf_sha256 == hashlib.sha256(b"%PDF").hexdigest()
    assert (signature.device_id, signature.clauses_shown) == ("d" * 32, "Portes pagados.")
    with database.read() as session:
        assert quote_totals.get(session, quote_id).state == QuoteState.SIGNED
        assert session.scalars(select(Signature)).one().strokes == STROKES
    mark = paper(database, quote_id).signature
    assert mark.strokes == (((10, 20), (30, 40)), ((50, 60),))
    assert (mark.tax_id, mark.signed_at, mark.place) == (
        "NIF 00000000T", "19/11/2026 11:28", "Xàtiva",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"signer": "  "}, "signer"), ({"tax_id": " "}, "tax_id"), ({"tax_id": "1234"}, "tax_id"),
        ({"strokes": []}, "strokes"), ({"strokes": [[[1, 2, 3]]]}, "strokes"),
    ],
)  # fmt: skip
def test_what_a_signature_lacks_is_said_and_nothing_is_signed(database, quote_id, values, field):
    issue(database, quote_id)
    with pytest.raises(ValidationError) as caught:
        sign(database, quote_id, **values)
    assert caught.value.field == field
    with database.read() as session:
        assert session.scalars(select(Signature)).all() == []
        assert quote_totals.get(session, quote_id).state == QuoteState.ISSUED


def test_a_draft_is_not_signed_and_a_quote_only_once(database, quote_id):
    with pytest.raises(UserError, match="draft cannot be signed"):
        sign(database, quote_id)
    issue(database, quote_id)
    sign(database, quote_id)
    with pytest.raises(UserError, match="already signed"):
        sign(database, quote_id)


# the list and the editor


def test_tabs_words_and_orders_of_the_list(database, made, quote_id):
    with database.write() as session:
        other = quotes.draft(session, customer(session, made, "Bar Núñez"), today=TODAY)
        quote_lines.add_line(session, other.id, made.products[4], today=TODAY, quantity=D(99))
        quotes.update(session, other.id, valid_until=TODAY + timedelta(days=7))
        quotes.issue(session, other.id, now=NOW)
        gone = quotes.draft(session, made.account, today=TODAY)
        quotes.remove(session, gone.id)
    with database.read() as session:

        def ids(words="", **more):
            return quote_rows.search(session, words, today=TODAY, **more)

        assert ids() == [other.id, quote_id]
        assert ids(tab="expiring") == [other.id]
        assert ids(tab="signed") == []
        assert ids("nunez") == [other.id]
        assert ids("00001") == [other.id]
        assert ids("socarrat") == [quote_id]
        assert ids("nadie") == []
        assert ids(sort="-total") == [other.id, quote_id] == ids(sort="total")[::-1]
        assert ids(sort="number") == [quote_id, other.id]
        assert quote_rows.counts(session, TODAY) == {
            "open": 2, "expiring": 1, "signed": 0, "all": 2,
        }  # fmt: skip
        late = quote_rows.search(session, tab="expiring", today=TODAY + timedelta(days=8))
        (row,) = quote_rows.rows(session, [other.id])
    assert late == []
    assert (row.number, row.account_name, row.issued_on, row.state, row.is_local) == (
        "P26-K7-00001", "Bar Núñez", TODAY, "issued", True,
    )  # fmt: skip


def test_a_quote_is_found_by_its_number_when_it_is_signed(database, quote_id):
    issue(database, quote_id)
    sign(database, quote_id)
    with database.read() as session:
        assert quote_rows.search(session, "p26-k7", tab="signed", today=TODAY) == [quote_id]


def test_the_editor_shows_all_of_a_quote_from_one_snapshot(database, made, quote_id):
    with database.write() as session:
        line = quote_totals.lines(session, quote_id)[0]
        quote_lines.set_line(session, line.id, today=TODAY, discount=(D(20),))
        photo = documents.add(
            session, name="p", kind="photo", mime="image/jpeg", sha256="a" * 64, size=1,
            thumbnail="AAAA",
        )  # fmt: skip
        session.get(Product, made.products[0]).photo_document_id = photo.id
    with database.read() as session:
        shown = quote_rows.editor(session, quote_id, TODAY)
    assert (shown.account_name, shown.contact_name, shown.price_list) == (
        "Restaurante El Socarrat", "Vicent Sanchis", "Hostelería 2",
    )  # fmt: skip
    assert [e.is_over_limit for e in shown.lines] == [True, False, False]
    assert [e.thumbnail for e in shown.lines] == ["AAAA", "", ""]
    assert (shown.rates, shown.limit) == ([D(4), D(10)], D(8))
    assert shown.is_local
    assert shown.quote.needs_approval
    with pytest.raises(UserError, match="no longer here"), database.read() as session:
        quote_rows.editor(session, "f" * 32, TODAY)
