"""Account and telephone numbers in a text: IBANs whose check digits hold, French and international numbers (E.164)."""

from __future__ import annotations

import re

MAX_NUMBERS = 8
_MAX_TEXT = 256 * 1024

# Length by country, of the IBAN registry (ISO 13616, release 99); a country that is not there is not read.
_LENGTH = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18,
    "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23,
    "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27,
    "MD": 24, "ME": 22, "MK": 19, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25,
    "SV": 28, "TN": 24, "TR": 26, "UA": 29, "VG": 24, "XK": 20,
}  # fmt: skip
# Looked ahead for, so that the words behind one number do not hide the next one.
_IBAN = re.compile(r"(?<![0-9A-Za-z])(?=([A-Z]{2}[0-9]{2}(?:[ \u00a0.-]?[0-9A-Za-z]){11,30}))")
_PHONE = re.compile(
    r"(?<![\w+.,/-])(?:(?:\+|00)[ ]?[1-9](?:[ \u00a0.-]?\d|[ ]?\(0\)[ ]?){7,14}"
    r"|0[ \u00a0.-]?[1-9](?:[ \u00a0.-]?\d){8})(?![\w]|[.,]\d)"
)
_BETWEEN = re.compile(r"[ \u00a0.-]")


def ibans(text: str) -> tuple[str, ...]:
    """IBANs without spaces, in order, each once, at most eight."""
    found: dict[str, None] = {}
    for match in _IBAN.finditer(text[:_MAX_TEXT]):
        plain = _BETWEEN.sub("", match[1]).upper()
        length = _LENGTH.get(plain[:2], 0)
        number = plain[:length]
        if length and len(number) == length and _checks(number):
            found[number] = None
    return tuple(found)[:MAX_NUMBERS]


def phones(text: str) -> tuple[str, ...]:
    """Telephone numbers as ``+33123456789``, in order, each once, at most eight."""
    found: dict[str, None] = {}
    for match in _PHONE.finditer(text[:_MAX_TEXT]):
        number = e164(match[0])
        if number:
            found[number] = None
    return tuple(found)[:MAX_NUMBERS]


def e164(written: str) -> str:
    """A number as it is dialled from anywhere; one that begins with a single 0 is French. Empty when it is none."""
    plain = _BETWEEN.sub("", written.replace("(0)", ""))
    if plain.startswith("00"):
        plain = "+" + plain[2:]
    elif plain.startswith("0"):
        plain = "+33" + plain[1:]
    digits = plain[1:]
    whole = plain.startswith("+") and digits.isascii() and digits.isdigit() and digits[:1] != "0"
    if not whole or not 8 <= len(digits) <= 15 or (digits.startswith("33") and len(digits) != 11):
        return ""
    return plain


def _checks(iban: str) -> bool:
    """ISO 7064, mod 97-10: letters count as 10 to 35, the first four characters stand last."""
    turned = iban[4:] + iban[:4]
    return turned.isalnum() and int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
