"""Numbers a merchant types: real ones pass however typed, impossible ones get words that help."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding import numbers
from onboarding.numbers import LicenceKind, NumberRefused
from tests.onboarding.number_kit import DIGITS, one_character_wrong, refusal

TODAY = date(2026, 11, 22)
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def with_id_check(first_17: str) -> str:
    total = sum(int(d) * 2 ** (17 - i) for i, d in enumerate(first_17))
    return first_17 + "0123456789X"[(1 - total) % 11]


def with_credit_check(first_17: str) -> str:
    total = sum(CREDIT_ALPHABET.index(c) * 3**i for i, c in enumerate(first_17))
    return first_17 + CREDIT_ALPHABET[-total % 31]


def with_organisation_check(first_8: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * ORGANISATION_ALPHABET.index(c) for w, c in zip(weights, first_8, strict=True))
    return first_8 + "0123456789X"[-total % 11]


@st.composite
def resident_ids(draw) -> str:
    area = draw(st.sampled_from(["110105", "330702", "330113", "650102", "810000", "830000"]))
    born = draw(st.dates(date(1930, 1, 1), date(2008, 11, 22)))
    return with_id_check(f"{area}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}")


@st.composite
def credit_codes(draw) -> str:
    prefix = draw(st.sampled_from(["91", "92", "93", "12", "51", "N1"]))
    body = draw(st.text(CREDIT_ALPHABET, min_size=8, max_size=8))
    return with_credit_check(prefix + "330702" + with_organisation_check(body))


# Resident ID


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("330702199003070011", date(1990, 3, 7)),
        ("330703198512120023", date(1985, 12, 12)),
        ("330702196402290034", date(1964, 2, 29)),
        ("11010519491231002X", date(1949, 12, 31)),
        ("810000199005010016", date(1990, 5, 1)),
        ("820000199005010026", date(1990, 5, 1)),
        ("830000199005010036", date(1990, 5, 1)),
    ],
)
def test_resident_id_gives_the_birth_date_written_in_it(number, born):
    read = numbers.resident_id(number, today=TODAY)

    assert (read.number, read.birth_date) == (number, born)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "110105—19491231—002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "\u202d11010519491231002X\u202c",
        "110105\u200b19491231002X\n",
        "\u3000110105\u00a019491231002X",
    ],
)
def test_resident_id_is_read_however_it_was_typed_or_pasted(typed):
    assert numbers.resident_id(typed, today=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" - ", "empty"),
        ("110105491231002", "old"),
        ("11010519491231002", "length"),
        ("11010519491231002XX", "characters"),
        ("1101051949123100X2", "characters"),
        ("身份证号", "characters"),
        ("1101051949123100²2²", "length"),
        ("٣٣٠٧٠٢١٩٩٠٠٣٠٧٠٠١١", "characters"),
        ("110105194912310020", "check"),
        (with_id_check("10010519491231002"), "province"),
        (with_id_check("55010519491231002"), "province"),
        (with_id_check("93384019810303001"), "province"),
        ("330702199002290012", "date"),
        (with_id_check("33070219901301001"), "date"),
        (with_id_check("33070200000101001"), "date"),
        ("330113202201010010", "minor"),
        (with_id_check("33070220270101001"), "future"),
        ("110105205212310026", "check"),
        (with_id_check("11010518491231002"), "age"),
    ],
)
def test_resident_id_that_cannot_be_is_refused_for_its_own_reason(typed, code):
    assert refusal(numbers.resident_id, typed, today=TODAY).code == code


def test_resident_id_refuses_a_birth_date_in_the_future_as_such():
    number = with_id_check("11010520491231002")

    assert refusal(numbers.resident_id, number, today=TODAY).code == "future"


def test_resident_id_is_accepted_from_the_eighteenth_birthday_on():
    number = with_id_check("33070220081122001")

    assert refusal(numbers.resident_id, number, today=date(2026, 11, 21)).code == "minor"
    assert numbers.resident_id(number, today=date(2026, 11, 22)).number == number


def test_resident_id_of_someone_born_on_a_leap_day_comes_of_age_on_the_first_of_march():
    number = with_id_check("33070220080229001")

    assert refusal(numbers.resident_id, number, today=date(2026, 2, 28)).code == "minor"
    assert numbers.resident_id(number, today=date(2026, 3, 1)).number == number


def test_resident_id_is_accepted_until_the_end_of_the_hundred_and_twentieth_year():
    number = with_id_check("33070219061122001")

    assert numbers.resident_id(number, today=date(2027, 11, 21)).number == number
    assert refusal(numbers.resident_id, number, today=date(2027, 11, 22)).code == "age"


@given(number=resident_ids())
def test_resident_id_with_a_right_check_character_is_accepted(number):
    assert numbers.resident_id(number, today=TODAY).number == number


@given(draw=st.data(), number=resident_ids())
def test_resident_id_with_any_one_character_wrong_is_refused(draw, number):
    wrong = one_character_wrong(draw.draw, number, DIGITS + "X")

    assert refusal(numbers.resident_id, wrong, today=TODAY).code in {"check", "characters"}


# 统一社会信用代码


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("91330100799655058B", LicenceKind.ENTERPRISE),
        ("9144030071526726XG", LicenceKind.ENTERPRISE),
        ("91110000802100433B", LicenceKind.ENTERPRISE),
        ("914403001922038216", LicenceKind.ENTERPRISE),
        ("91100000100003962T", LicenceKind.ENTERPRISE),
        ("91330702MA2800A1XW", LicenceKind.ENTERPRISE),
        ("92330703MABCDEF29K", LicenceKind.INDIVIDUAL),
        ("93330703MA2900X335", LicenceKind.COOPERATIVE),
        ("N2330702MF1234567R", LicenceKind.OTHER),
    ],
)
def test_credit_code_tells_what_kind_of_business_it_belongs_to(number, kind):
    read = numbers.credit_code(number)

    assert (read.number, read.kind) == (number, kind)


@pytest.mark.parametrize(
    "typed",
    ["91330100799655058b", "9133 0100 7996 5505 8B", "９１３３０１００－７９９６５５０５８Ｂ"],
)
def test_credit_code_is_read_however_it_was_typed(typed):
    assert numbers.credit_code(typed).number == "91330100799655058B"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("330100400013364", "old"),
        ("91330100799655058", "length"),
        ("9133010079965505/B", "characters"),
        ("9133O1OO799655058B", "letters"),
        ("91330100799655058C", "check"),
        ("91330702MA2800A103", "organisation"),
        (with_credit_check("00330702" + with_organisation_check("MA2800A1")), "class"),
        (with_credit_check("94330702" + with_organisation_check("MA2800A1")), "class"),
        (with_credit_check("913307A2" + with_organisation_check("MA2800A1")), "area"),
    ],
)
def test_credit_code_that_cannot_be_is_refused_for_its_own_reason(typed, code):
    assert refusal(numbers.credit_code, typed).code == code


@given(number=credit_codes())
def test_credit_code_with_right_check_characters_is_accepted(number):
    assert numbers.credit_code(number).number == number


@given(draw=st.data(), number=credit_codes())
def test_credit_code_with_any_one_character_wrong_is_refused(draw, number):
    wrong = one_character_wrong(draw.draw, number, CREDIT_ALPHABET)

    assert refusal(numbers.credit_code, wrong).code == "check"


# Mobile


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "+86 138 0013 8000",
        "＋８６１３８００１３８０００",
        "0086 13800138000",
        "8613800138000",
        "(+86)13800138000",
        "\u202d13800138000\u202c",
    ],
)
def test_mobile_is_read_however_it_was_typed_or_pasted(typed):
    assert numbers.mobile(typed) == "13800138000"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("+86", "empty"),
        ("+852 5123 4567", "foreign"),
        ("138001380OO", "characters"),
        ("0579-82345678", "landline"),
        ("400-166-5151", "landline"),
        ("1380013800", "length"),
        ("138001380000", "length"),
        ("12800138000", "segment"),
        ("23800138000", "segment"),
    ],
)
def test_mobile_that_cannot_be_is_refused_for_its_own_reason(typed, code):
    assert refusal(numbers.mobile, typed).code == code


# All of them


READERS: dict[str, Callable[[str], object]] = {
    "resident_id": lambda text: numbers.resident_id(text, today=TODAY),
    "credit_code": numbers.credit_code,
    "bank_card": numbers.bank_card,
    "corporate_account": numbers.corporate_account,
    "cnaps": numbers.cnaps,
    "mobile": numbers.mobile,
}


@pytest.mark.parametrize("name", READERS)
@given(text=st.text(max_size=40))
def test_any_text_is_read_or_refused_in_words(name, text):
    try:
        READERS[name](text)
        said = "。"
    except NumberRefused as refused:
        said = refused.message_zh

    assert said[-1] == "。"


@pytest.mark.parametrize("name", READERS)
def test_refusal_never_repeats_the_number(name):
    number = "3307021990030700129999"

    refused = refusal(READERS[name], number + "x9")

    assert number[:6] not in repr(refused)


def test_results_keep_the_number_out_of_their_repr():
    person = numbers.resident_id("330702199003070011", today=TODAY)
    business = numbers.credit_code("91330100799655058B")

    assert repr(person) == "ResidentId()"
    assert repr(business) == "CreditCode(kind=<LicenceKind.ENTERPRISE: 'enterprise'>)"
