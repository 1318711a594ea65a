"""Which column is which field: by the words of its title, in Spanish and English."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from app.routing.place_names import fold

# The first title that fits wins, and an earlier one fits better. Compared without accents, case,
# blanks and marks: «N.I.F.» is nif, BillingCity, billing_city and "Billing City" are one.
_ACCOUNTS: dict[str, tuple[str, ...]] = {
    "external_id": ("osm_id", "account id", "id de cuenta", "external id", "id externo", "id",
                    "customer id", "record id", "contact id", "supplier id", "shipper id"),
    "parent_id": (),  # the business of a person, in a list of people: see _people
    "code": ("codigo", "codigo cliente", "codigo de cliente", "cod cliente", "cod", "n cliente",
             "numero de cliente", "num cliente", "customer number", "account number",
             "account no", "no cuenta", "cuenta", "reference", "ref"),
    "company": ("company", "empresa", "nombre comercial", "account name", "company name",
                "organizacion", "organization", "organization name", "nombre de la empresa",
                "nombre empresa", "nombre de la cuenta", "nombre cuenta", "razon comercial",
                "business", "business name", "establecimiento", "nombre cliente",
                "nombre del cliente", "customer name", "comercio", "rotulo"),
    "name": ("name", "nombre", "denominacion", "customer", "cliente", "lead"),
    "parent": ("related company", "empresa relacionada"),
    "legal_name": ("razon social", "legal name", "denominacion social", "nombre fiscal"),
    "tax_id": ("nif", "cif", "nif/cif", "cif/nif", "tax id", "vat", "vat number", "dni", "nrt",
               "tax number", "vat no", "id fiscal", "identificacion fiscal", "cif/dni", "dni/cif",
               "numero fiscal"),
    "phone": ("phone", "telefono", "tel", "tlf", "tfno", "office phone", "business phone",
              "work phone", "phone work", "telefono 1", "telefono del trabajo",
              "telefono (trabajo)", "telefono trabajo", "phone 1 - value", "telefono oficina",
              "telefono fijo", "telefonos", "phone number", "primary phone", "contact numbers",
              "home phone"),
    "mobile": ("mobile", "movil", "mobile phone", "telefono movil", "mobile number",
               "cell phone", "celular"),
    "email": ("email", "e-mail", "correo", "correo electronico", "email address",
              "e-mail address", "direccion de correo electronico",
              "direccion de correo electronico principal", "e-mail 1 - value", "primary email",
              "email work", "mail", "emails", "contact email", "email other", "email home"),
    "website": ("website", "web", "pagina web", "sitio web", "url", "homepage", "home page",
                "pagina web 1", "web page 1", "website 1 - value", "website work"),
    "sector": ("category", "sector", "actividad", "industry", "company industry", "categoria",
               "ramo", "tipo", "industria", "account type", "segmento", "type"),
    "street": ("street", "direccion", "calle", "domicilio", "address", "billing street",
               "billing address", "calle de facturacion", "calle del trabajo",
               "direccion de trabajo", "direccion del trabajo", "address 1 - street",
               "street address", "business street", "work street", "work address", "address1",
               "address line 1", "address 1", "home street", "home address",
               "direccion personal"),
    "number": ("number", "numero", "num", "house number"),
    "postcode": ("postcode", "cp", "codigo postal", "cod postal", "c postal", "zip", "zip code",
                 "postal code", "billing postal code", "billing code", "billing zip",
                 "codigo postal (trabajo)", "codigo postal del trabajo",
                 "address 1 - postal code", "work zip", "work postal code", "home zip"),
    "city": ("city", "poblacion", "ciudad", "localidad", "municipio", "town", "billing city",
             "company city", "ciudad de trabajo", "ciudad del trabajo", "address 1 - city",
             "work city", "home city"),
    "parish": ("parish_derived", "parish", "parroquia"),
    "province": ("province", "provincia", "state", "region", "billing state", "company state",
                 "provincia o estado de trabajo", "provincia o estado del trabajo",
                 "address 1 - region", "work state", "home state"),
    "country": ("country", "pais", "billing country", "company country",
                "pais o region del trabajo", "pais (trabajo)", "address 1 - country",
                "work country", "home country"),
    "lat": ("lat", "latitude", "latitud", "billing latitude"),
    "lon": ("lon", "lng", "long", "longitude", "longitud", "billing longitude"),
    "position": ("coordinates", "coordenadas", "latlng", "lat/lon", "gps",
                 "geolocalizacion"),
    "opening_hours": ("opening_hours", "horario", "horarios", "hours", "horario de apertura"),
    "contact": ("contact", "contacto", "persona de contacto", "contact name", "contact person",
                "contacto principal", "full name", "nombre completo", "display name",
                "nombre en pantalla", "mostrar nombre", "file as"),
    "first_name": ("first name", "nombre de pila", "given name"),
    "last_name": ("last name", "apellidos", "apellido", "surname", "family name"),
    "job": ("job title", "cargo", "puesto", "contact title", "organization title",
            "puesto de trabajo", "position", "title", "titulo"),
    "since_on": ("cliente desde", "customer since", "f alta", "fecha alta", "fecha de alta",
                 "alta"),
    "visit_every_days": ("visita dias", "visitar cada", "visit every", "dias visita",
                         "frecuencia visita", "frecuencia de visita"),
    "credit_limit": ("riesgo", "limite de riesgo", "credit limit", "limite de credito"),
    "inactive": ("baja", "deleted", "is deleted", "inactivo", "inactive", "dado de baja"),
    "notes": ("notes", "notas", "observaciones", "obs", "comments", "comentarios", "description",
              "descripcion", "background", "additional info"),
}  # fmt: skip
_PRODUCTS: dict[str, tuple[str, ...]] = {
    "reference": ("reference", "referencia", "ref", "sku", "codigo", "code", "cod",
                  "product id", "item", "stock code", "default code", "internal reference",
                  "codigo articulo", "cod articulo", "codigo de articulo"),
    "ean": ("ean", "gtin", "barcode", "codigo de barras", "ean13", "upc", "code bar", "cod barras"),
    "name": ("name", "nombre", "product name", "producto", "product", "articulo", "denominacion",
             "title", "nombre del producto", "descripcion corta"),
    "variant": ("option values", "variant", "variante", "opciones"),
    "brand": ("brand", "brands", "marca"),
    "format": ("format", "formato", "quantity per unit", "quantity", "cantidad", "presentacion",
               "packaging", "envase"),
    "family": ("family", "familia", "category", "categoria", "group", "grupo", "main category",
               "category path", "seccion"),
    "price": ("price", "precio", "unit price", "pvp", "precio unitario", "tarifa", "list price",
              "sale price", "sales price", "precio venta", "precio de venta", "pvp sin iva",
              "median price gbp", "precio tarifa"),
    "cost": ("cost", "coste", "costo", "precio coste", "precio de coste", "precio compra",
             "standard price"),
    "tax": ("tax", "iva", "vat", "tax category", "tipo iva", "tipo de iva", "tax rate",
            "impuesto", "% iva"),
    "inactive": ("discontinued", "descatalogado", "baja", "obsoleto"),
    "description": ("description", "descripcion", "descripcion larga", "ingredients",
                    "ingredientes", "observaciones"),
}  # fmt: skip

# what a person may choose for a column, in the order in which it is offered
FIELDS: dict[str, tuple[str, ...]] = {
    "accounts": tuple(field for field in _ACCOUNTS if field not in {"company", "parent_id"}),
    "products": tuple(_PRODUCTS),
}
_NAMED_BY = {
    "accounts": ("name", "contact", "first_name", "last_name"), "products": ("name",),
}  # fmt: skip


def plain(title: str) -> str:
    """Return a title as it is compared: «Cód. Postal» is "codpostal"."""
    return fold(title).replace(" ", "")


@lru_cache(maxsize=2)
def _titles(kind: str) -> dict[str, tuple[str, ...]]:
    lists = _ACCOUNTS if kind == "accounts" else _PRODUCTS
    return {field: tuple(map(plain, titles)) for field, titles in lists.items()}


@lru_cache(maxsize=1)
def _all_titles() -> frozenset[str]:
    return frozenset(
        title for kind in FIELDS for titles in _titles(kind).values() for title in titles
    )


def is_known(title: str) -> bool:
    """Tell whether a cell reads like the title of a column."""
    return plain(title) in _all_titles()


def names(columns: Mapping[str, int], kind: str) -> bool:
    """Tell whether these columns can name what is imported."""
    return any(field in columns for field in _NAMED_BY[kind])


def match(titles: Sequence[str], kind: str) -> dict[str, int]:
    """Return field to column for the titles that are known; each column serves one field."""
    known = _titles(kind)
    wanted = [plain(title) for title in titles]
    found: dict[str, int] = {}
    taken: set[int] = set()
    for best in range(max(map(len, known.values()))):
        for field, fitting in known.items():
            if field in found or best >= len(fitting) or fitting[best] not in wanted:
                continue
            free = [n for n, t in enumerate(wanted) if t == fitting[best] and n not in taken]
            if free:
                found[field] = free[0]
                taken.add(free[0])
    return _people(found, wanted) if kind == "accounts" else _described(found)


def _people(found: dict[str, int], wanted: Sequence[str]) -> dict[str, int]:
    """Tell the business from the person: a name beside a company is somebody who works there."""
    if "last_name" in found and "first_name" not in found and "name" in found:
        found["first_name"] = found.pop("name")  # «Nombre» beside «Apellidos»
    if "last_name" in found and "company" not in found and "accountid" in wanted:
        found["parent_id"] = wanted.index("accountid")  # Salesforce: people, and whose they are
        found.pop("external_id", None)
    if "company" in found:
        person = found.pop("name", None)
        if person is not None:
            found.setdefault("contact", person)
        found["name"] = found.pop("company")
    if "name" not in found and "legal_name" in found:
        found["name"] = found.pop("legal_name")
    return found


def _described(found: dict[str, int]) -> dict[str, int]:
    """A list whose articles have a description only is named by it."""
    if "name" not in found and "description" in found:
        found["name"] = found.pop("description")
    return found


def by_content(rows: Sequence[tuple[int, Sequence[str]]], kind: str) -> dict[str, int]:
    """Return field to column for a list without titles, by what its first rows hold."""
    sample = [cells for _line, cells in rows[:50]]
    found: dict[str, int] = {}
    for column in range(max(map(len, sample), default=0)):
        filled = [cells[column] for cells in sample if column < len(cells) and cells[column]]
        field = _kind_of(filled, kind)
        if field:
            found.setdefault(field, column)
    return found


def _kind_of(cells: Sequence[str], kind: str) -> str:
    def most(pattern: str) -> bool:
        return sum(bool(re.fullmatch(pattern, cell)) for cell in cells) > len(cells) * 0.7

    if not cells:
        return ""
    if most(r"[^@\s]+@[^@\s]+\.[^@\s]+"):
        return "email" if kind == "accounts" else ""
    if most(r"\d{13}|\d{8}"):
        return "ean" if kind == "products" else ""
    if most(r"\+?[\d\s().-]{9,20}"):
        return "phone" if kind == "accounts" else ""
    if most(r"[^\W\d_].{2,}") and len(set(cells)) > len(cells) / 2:
        return "name"
    return ""
