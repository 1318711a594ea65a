"""Which column is which field: by the words of its title, in Spanish and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# the first title that fits wins; a title in an earlier row of a field is a better fit
ACCOUNT_FIELDS: dict[str, tuple[str, ...]] = {
    "external_id": ("osm_id", "account id", "id de cuenta", "external id", "id externo", "id",
                    "customerid", "customer id", "ref", "record id", "contact id"),
    "code": ("codigo", "codigo cliente", "cod cliente", "n cliente", "numero de cliente",
             "customer number", "account number", "cuenta", "cliente", "account no", "no cuenta"),
    "name": ("name", "nombre", "nombre comercial", "account name", "company name", "companyname",
             "company", "empresa", "organizacion", "organization", "organization name",
             "razon comercial", "companyname", "nombre de la empresa", "nombre cuenta",
             "customer", "customer name", "display name", "mostrar nombre", "file as", "full name",
             "nombre completo", "last name", "apellidos", "contact name"),
    "legal_name": ("razon social", "legal name", "legal_name", "denominacion social"),
    "tax_id": ("nif", "cif", "nif/cif", "cif/nif", "tax id", "vat", "vat number", "dni", "nrt",
               "tax number", "vat no", "id fiscal", "identificacion fiscal"),
    "phone": ("phone", "telefono", "tel", "office phone", "business phone", "telefono 1",
              "telefono del trabajo", "phone 1 - value", "telefono oficina", "work phone",
              "primary phone", "movil", "mobile", "mobile phone", "telefono movil"),
    "email": ("email", "e-mail", "correo", "correo electronico", "email address",
              "direccion de correo electronico", "e-mail 1 - value", "primary email", "mail"),
    "website": ("website", "web", "pagina web", "sitio web", "url", "homepage"),
    "sector": ("category", "sector", "actividad", "industry", "categoria", "ramo", "tipo",
               "industria", "account type", "segmento"),
    "street": ("street", "direccion", "calle", "domicilio", "address", "billing street",
               "billing address", "calle de facturacion", "address 1 - street", "street address",
               "home street", "business street", "calle del trabajo", "direccion del trabajo"),
    "number": ("number", "numero", "num", "housenumber"),
    "postcode": ("postcode", "cp", "codigo postal", "c p", "zip", "zip code", "postal code",
                 "postalcode", "billing postal code", "billing code", "billing zip",
                 "address 1 - postal code", "codigo postal del trabajo", "c postal"),
    "city": ("city", "poblacion", "ciudad", "localidad", "municipio", "town", "billing city",
             "address 1 - city", "ciudad de trabajo", "ciudad del trabajo"),
    "parish": ("parish_derived", "parish", "parroquia"),
    "province": ("province", "provincia", "state", "region", "billing state",
                 "address 1 - region", "provincia o estado del trabajo"),
    "country": ("country", "pais", "billing country", "address 1 - country",
                "pais o region del trabajo"),
    "lat": ("lat", "latitude", "latitud"),
    "lon": ("lon", "lng", "longitude", "longitud"),
    "opening_hours": ("opening_hours", "horario", "opening hours", "hours", "horario de apertura"),
    "contact": ("contact", "contacto", "persona de contacto", "contactname", "contact person",
                "contacto principal"),
    "notes": ("notes", "notas", "observaciones", "comments", "comentarios", "description",
              "descripcion", "background"),
}  # fmt: skip
PRODUCT_FIELDS: dict[str, tuple[str, ...]] = {
    "reference": ("reference", "referencia", "ref", "sku", "codigo", "code", "cod", "articulo",
                  "productid", "product id", "item", "stock_code", "stockcode", "default code",
                  "internal reference", "codigo articulo"),
    "ean": ("ean", "gtin", "barcode", "codigo de barras", "ean13", "upc", "code_bar"),
    "name": ("name", "nombre", "productname", "product name", "descripcion", "description",
             "producto", "product", "articulo", "denominacion", "title"),
    "brand": ("brand", "brands", "marca"),
    "format": ("format", "formato", "quantityperunit", "quantity", "cantidad", "presentacion",
               "packaging", "envase"),
    "family": ("family", "familia", "category", "categoria", "group", "grupo", "main_category",
               "category_path", "seccion"),
    "price": ("price", "precio", "unitprice", "unit price", "pvp", "precio unitario", "tarifa",
              "list price", "sales price", "precio venta", "median_price_gbp"),
    "cost": ("cost", "coste", "costo", "precio coste", "precio compra", "standard price"),
    "tax": ("tax", "iva", "vat", "tax_category", "tipo iva", "tax rate", "taxcategory", "impuesto"),
}  # fmt: skip
FIELDS = {"accounts": ACCOUNT_FIELDS, "products": PRODUCT_FIELDS}


def plain(title: str) -> str:
    """Return a title without accents, case and marks: «Cód. Postal» is "cod postal"."""
    decomposed = unicodedata.normalize("NFD", title.strip().lower())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"[^\w/\- ]+", " ", letters).replace("  ", " ").strip()


def match(titles: Sequence[str], kind: str) -> dict[str, int]:
    """Return field to column for the titles that are known; each column serves one field."""
    wanted = [plain(title) for title in titles]
    spaced = [title.replace("_", " ") for title in wanted]
    found: dict[str, int] = {}
    taken: set[int] = set()
    for best in range(max(len(names) for names in FIELDS[kind].values())):
        for field, names in FIELDS[kind].items():
            if field in found or best >= len(names):
                continue
            name = names[best]
            for column, (title, loose) in enumerate(zip(wanted, spaced, strict=True)):
                if column not in taken and name in {title, loose}:
                    found[field] = column
                    taken.add(column)
                    break
    return found
