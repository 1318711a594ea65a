"""The goods of the invented company: fine food, its families, prices and small pictures."""

from __future__ import annotations

import base64
import hashlib
import io
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.models.base import new_id

Row = tuple[str, dict[str, Any]]

FAMILIES = {
    "AC": ("Aceites y vinagres", "#7A9A2D"), "CF": ("Cafés e infusiones", "#5A3A22"),
    "CV": ("Conservas", "#C0392B"), "VI": ("Vinos y licores", "#6B2045"),
    "MI": ("Miel y dulces", "#D99A00"), "EM": ("Embutidos y quesos", "#B5563C"),
    "AR": ("Arroz, pasta y legumbres", "#A08F52"),
}  # fmt: skip
# reference, name, format, tax kind, price
ARTICLES: tuple[tuple[str, str, str, str, str], ...] = (
    ("AC-105", "Aceite de oliva virgen extra Picual", "Garrafa 5 l", "super_reduced", "38.90"),
    ("AC-106", "Aceite de oliva virgen extra Arbequina", "Garrafa 5 l", "super_reduced", "41.50"),
    ("AC-110", "Aceite de oliva virgen extra Cornicabra", "Botella 75 cl", "super_reduced", "9.10"),
    ("AC-120", "Aceite de girasol alto oleico", "Garrafa 25 l", "reduced", "44.00"),
    ("AC-201", "Vinagre de Jerez reserva", "Botella 750 ml", "reduced", "6.85"),
    ("AC-202", "Vinagre de manzana", "Botella 1 l", "reduced", "3.20"),
    ("AC-203", "Crema de vinagre balsámico", "Frasco 250 ml", "reduced", "4.15"),
    ("CF-210", "Café en grano natural, tueste medio", "Bolsa 1 kg", "reduced", "17.45"),
    ("CF-211", "Café en grano mezcla 80/20", "Bolsa 1 kg", "reduced", "14.20"),
    ("CF-212", "Café descafeinado en grano", "Bolsa 1 kg", "reduced", "18.90"),
    ("CF-220", "Infusión de manzanilla", "Caja 100 bolsitas", "reduced", "5.60"),
    ("CF-221", "Té negro desayuno", "Caja 100 bolsitas", "reduced", "6.10"),
    ("CF-230", "Cacao puro en polvo", "Bote 1 kg", "reduced", "12.75"),
    ("CV-418", "Anchoas del Cantábrico, serie oro", "Lata 180 g", "reduced", "14.60"),
    ("CV-419", "Boquerones en vinagre", "Bandeja 1 kg", "reduced", "15.80"),
    ("CV-420", "Bonito del norte en aceite", "Lata 900 g", "reduced", "21.30"),
    ("CV-421", "Mejillones en escabeche", "Lata 550 g", "reduced", "9.75"),
    ("CV-430", "Pimiento del piquillo entero", "Lata 3 kg", "reduced", "13.20"),
    ("CV-431", "Tomate triturado", "Lata 5 kg", "reduced", "7.95"),
    ("CV-432", "Alcachofa en cuartos", "Lata 3 kg", "reduced", "11.40"),
    ("CV-433", "Espárrago blanco grueso", "Lata 1 kg", "reduced", "10.90"),
    ("CV-434", "Aceituna gordal con hueso", "Bote 5 kg", "reduced", "16.20"),
    ("CV-435", "Aceituna rellena de anchoa", "Lata 5 kg", "reduced", "18.10"),
    ("CV-436", "Alcaparrones", "Bote 1 kg", "reduced", "6.30"),
    ("VI-601", "Vino tinto crianza 2022", "Caja 6 × 75 cl", "general", "46.20"),
    ("VI-602", "Vino tinto joven", "Caja 6 × 75 cl", "general", "28.80"),
    ("VI-603", "Vino blanco verdejo", "Caja 6 × 75 cl", "general", "31.50"),
    ("VI-604", "Vino rosado", "Caja 6 × 75 cl", "general", "27.90"),
    ("VI-610", "Cava brut nature", "Caja 6 × 75 cl", "general", "52.00"),
    ("VI-620", "Vermut rojo", "Caja 6 × 1 l", "general", "49.50"),
    ("VI-630", "Licor de hierbas", "Botella 70 cl", "general", "11.80"),
    ("MI-301", "Miel de azahar", "Tarro 1 kg", "reduced", "8.40"),
    ("MI-302", "Miel de romero", "Tarro 1 kg", "reduced", "8.90"),
    ("MI-310", "Mermelada de naranja amarga", "Tarro 350 g", "reduced", "3.45"),
    ("MI-311", "Mermelada de higo", "Tarro 350 g", "reduced", "3.60"),
    ("MI-320", "Turrón de Jijona, suprema", "Tableta 250 g", "reduced", "7.20"),
    ("MI-321", "Turrón de Alicante, suprema", "Tableta 250 g", "reduced", "7.40"),
    ("MI-330", "Almendra marcona tostada", "Bolsa 1 kg", "reduced", "16.90"),
    ("EM-501", "Jamón ibérico de cebo, loncheado", "Sobre 100 g", "reduced", "6.95"),
    ("EM-502", "Lomo embuchado ibérico", "Pieza 600 g", "reduced", "19.80"),
    ("EM-503", "Sobrasada artesana", "Pieza 400 g", "reduced", "7.60"),
    ("EM-510", "Queso manchego curado", "Pieza 3 kg", "super_reduced", "48.60"),
    ("EM-511", "Queso de cabra semicurado", "Pieza 1 kg", "super_reduced", "15.30"),
    ("EM-512", "Queso azul", "Cuña 1,5 kg", "super_reduced", "22.10"),
    ("AR-701", "Arroz bomba", "Saco 5 kg", "super_reduced", "17.50"),
    ("AR-702", "Arroz senia", "Saco 10 kg", "super_reduced", "19.90"),
    ("AR-703", "Fideo fino n.º 2", "Saco 5 kg", "reduced", "9.80"),
    ("AR-710", "Garbanzo pedrosillano", "Saco 5 kg", "super_reduced", "13.60"),
    ("AR-711", "Lenteja pardina", "Saco 5 kg", "super_reduced", "12.90"),
    ("AR-712", "Judía blanca", "Saco 5 kg", "super_reduced", "14.70"),
    ("AR-720", "Azafrán en hebra", "Caja 12 × 1 g", "reduced", "54.00"),
    ("AR-721", "Pimentón dulce ahumado", "Lata 750 g", "reduced", "10.20"),
)  # fmt: skip


class Catalogue:
    """The articles with their ids, for whoever sells them."""

    def __init__(self) -> None:
        self.products = {reference: new_id() for reference, *_rest in ARTICLES}
        self.families = {code: new_id() for code in FAMILIES}
        self.lists = {"Hostelería": new_id(), "Tienda": new_id()}
        self.prices = {reference: Decimal(price) for reference, _n, _f, _t, price in ARTICLES}
        self.pictures: dict[str, bytes] = {}

    def rows(self) -> Iterator[Row]:
        for code, (name, _colour) in FAMILIES.items():
            yield "family", {"id": self.families[code], "name": name, "code": code}
        for n, (name, id_) in enumerate(self.lists.items()):
            yield "price_list", {"id": id_, "name": name, "is_default": n == 0}
        for article in ARTICLES:
            yield from self._article(article)

    def _article(self, article: tuple[str, str, str, str, str]) -> Iterator[Row]:
        reference, name, format_, kind, price = article
        family = reference[:2]
        picture = paint(reference, FAMILIES[family][1])
        sha256 = hashlib.sha256(picture).hexdigest()
        self.pictures[sha256] = picture
        photo, product = new_id(), self.products[reference]
        digits = f"843{sum(map(ord, reference)) % 10**6:06d}{int(reference[3:]):03d}"
        yield "document", {
            "id": photo, "name": f"{reference}.jpg", "kind": "product", "mime": "image/jpeg",
            "sha256": sha256, "size": len(picture), "about": "product", "about_id": product,
            "thumbnail": base64.b64encode(picture).decode("ascii"),
        }  # fmt: skip
        yield "product", {
            "id": product, "reference": reference, "name": name, "format": format_,
            "tax_kind": kind, "family_id": self.families[family], "ean": digits + _check(digits),
            "cost": round(Decimal(price) * Decimal("0.72"), 4), "photo_document_id": photo,
            "usual_quantity": Decimal(6),
        }  # fmt: skip
        for name_, factor in (("Hostelería", Decimal(1)), ("Tienda", Decimal("1.06"))):
            for least, less in ((0, Decimal(1)), (24, Decimal("0.96"))):
                yield "price_list_line", {
                    "price_list_id": self.lists[name_], "product_id": product,
                    "min_quantity": Decimal(least),
                    "price": round(Decimal(price) * factor * less, 2),
                }  # fmt: skip


def _check(digits: str) -> str:
    """Return the check digit of an EAN-13."""
    total = sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(digits))
    return str(-total % 10)


def paint(reference: str, colour: str) -> bytes:
    """Paint a small picture of a jar, bottle or box, the same for the same reference."""
    from PIL import Image, ImageDraw

    chance = random.Random(reference)  # noqa: S311 - a drawing, not a secret
    image = Image.new("RGB", (160, 160), "#F4EFE4")
    draw = ImageDraw.Draw(image)
    for y in range(160):
        shade = 244 - y // 8
        draw.line([(0, y), (160, y)], fill=(shade, shade - 6, shade - 18))
    wide, high = chance.randint(26, 44), chance.randint(46, 62)
    top, bottom = 80 - high, 80 + high - 4
    draw.ellipse([80 - wide - 6, bottom - 8, 80 + wide + 6, bottom + 10], fill="#D8CFBC")
    if reference[:2] in {"AC", "VI"}:
        draw.rounded_rectangle([80 - 9, top - 8, 80 + 9, top + 26], 5, fill=colour)
        draw.rounded_rectangle([80 - wide, top + 18, 80 + wide, bottom], 16, fill=colour)
        draw.rounded_rectangle([80 - 7, top - 16, 80 + 7, top - 6], 3, fill="#3A3A34")
    elif reference[:2] in {"CV", "EM"}:
        draw.rounded_rectangle([80 - wide - 8, 50, 80 + wide + 8, bottom], 8, fill=colour)
        draw.ellipse([80 - wide - 8, 40, 80 + wide + 8, 62], fill="#D9D9D2", outline="#A8A8A0")
    else:
        draw.rounded_rectangle([80 - wide, top + 12, 80 + wide, bottom], 6, fill=colour)
        draw.rectangle([80 - wide, top + 4, 80 + wide, top + 18], fill="#3A3A34")
    draw.rounded_rectangle([80 - wide + 6, 82, 80 + wide - 6, 82 + 34], 4, fill="#FBF8F0")
    for n in range(3):
        length = chance.randint(wide // 2, wide - 10)
        draw.line([(80 - length, 91 + n * 8), (80 + length, 91 + n * 8)], fill="#8C8676", width=2)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
