"""Tax ids, telephones and postcodes: checked, normalised, and shown as people write them.

A valid check digit is not «exists»: only VIES knows that, at a sync.
"""

from __future__ import annotations

import re


def normalise_tax_id(text: str) -> str:
    """Return a tax id without blanks, points and dashes, in capitals."""
    return re.sub(r"[\s.\-/]", "", text).upper()


def tax_id_problem(text: str, country: str = "ES") -> str | None:
    """Return what is wrong with a tax id, or None.

    «short:n» lacks n characters, «long:n» has n too many, «digit» has a wrong check digit or form.
    Countries whose ids we cannot check are taken as they are; nothing at all is no problem.
    """
    number = normalise_tax_id(text)
    if not number:
        return None
    if country == "ES":
        from stdnum.es import nif

        number = number.removeprefix("ES") if len(number) == 11 else number
        if len(number) != 9:
            difference = 9 - len(number)
            return f"short:{difference}" if difference > 0 else f"long:{-difference}"
        return None if nif.is_valid(number) else "digit"
    if country == "AD":
        from stdnum.ad import nrt

        return None if nrt.is_valid(number) else "digit"
    return None


def is_company(tax_id: str) -> bool:
    """Tell whether a Spanish tax id is a company's: the surcharge scheme is not for these.

    Communities of goods and similar (E) and civil partnerships (J) have no legal personality.
    """
    number = normalise_tax_id(tax_id)
    return bool(re.fullmatch(r"[ABCDFGHNPQRSUVW]\d{7}[0-9A-J]", number))


def phones(text: str, country: str = "ES") -> list[str]:
    """Return the telephone numbers of a cell in E.164, valid ones only, in the order written.

    Several may stand in one cell, apart by «/», «;», «,» or «|»; without a country code they are
    of `country`.
    """
    import phonenumbers

    found = []
    for part in re.split(r"[/;,|]|\bo\b|\bor\b", text):
        number = re.sub(r"^\s*00(?=\d)", "+", part.strip().strip("'"))
        number = re.sub(r"^0+(?=\+)|^00(?=\d)", "", number)
        try:
            parsed = phonenumbers.parse(number, country or "ES")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed) and phonenumbers.is_valid_number(parsed):
            made = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            if made not in found:
                found.append(made)
    return found


def phone_text(e164: str, country: str = "ES") -> str:
    """Return a number as it is written in `country`: «600 123 456», abroad «+376 808 181»."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(e164, country or "ES")
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.region_code_for_number(parsed) == (country or "ES")
    style = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(parsed, style.NATIONAL if home else style.INTERNATIONAL))


def normalise_postcode(text: str, country: str = "ES") -> str:
    """Return a postcode as its country writes it, or "" when it is none.

    Spain: five digits, province 01 to 52. Andorra: «AD500», also written «500» or «AD 500».
    """
    code = re.sub(r"[\s.\-]", "", text).upper()
    if country == "AD":
        digits = code.removeprefix("AD")
        return f"AD{digits}" if re.fullmatch(r"[1-7]00", digits) else ""
    if country == "ES":
        digits = code.zfill(5) if code.isdigit() and len(code) == 4 else code
        if re.fullmatch(r"\d{5}", digits) and 1 <= int(digits[:2]) <= 52:
            return digits
        return ""
    return code
