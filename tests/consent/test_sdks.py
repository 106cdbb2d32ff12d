"""The SDKs of the old policy as data: whole, in known words, and the same rows as the policy's."""

import re

import pytest

from consent import sdks, sdktables
from consent.sdks import Flag
from tests.consent.seeds import OLD_51, seed

HEAD = ",".join(sdks.COLUMNS)
ROW = "某SDK,某公司,推送,位置,,,,no_contact lost_link no_address,"


def test_all_31_rows_are_there_and_none_names_an_open_list():
    rows = sdks.shipped()

    assert len(rows) == 31
    assert all(sdk.types and sdk.function and sdk.operator for sdk in rows)
    assert not [sdk.name for sdk in rows if re.search("等|例如|包括但不限于", sdk.function)]


@pytest.mark.clause("C119")
def test_the_rows_are_those_of_the_policy_in_its_order():
    lines = seed(OLD_51).splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("SDK 功能"))
    table = sdktables.read(lines[start : start + 32])

    assert table is not None
    assert [row[0] for row in table.rows] == [sdk.name for sdk in sdks.shipped()]
    assert {row[3] for row in table.rows} == {sdktables.LINK}


def test_the_two_rows_with_swapped_columns_are_turned_round_and_flagged():
    swapped = {sdk.name: sdk for sdk in sdks.shipped() if Flag.SWAPPED in sdk.flags}

    assert swapped.keys() == {"百度基础定位", "声网SDK"}
    assert {sdk.types for sdk in swapped.values()} == {("传感器",)}
    assert swapped["声网SDK"].function == "音视频通话、即时通讯"


@pytest.mark.clause("A93")
def test_contacts_that_are_missing_are_flagged_and_the_one_that_is_known_is_kept():
    known = {sdk.name: sdk.contact for sdk in sdks.shipped() if Flag.NO_CONTACT not in sdk.flags}

    assert known == {"53快服SDK": "bd@53KF.com"}
    assert known["53快服SDK"] in seed("000_71cd155e1aa46f53.txt")


def test_no_sdk_has_a_postal_address_and_every_one_is_flagged_for_it():
    assert {sdk.address for sdk in sdks.shipped()} == {""}
    assert all(Flag.NO_ADDRESS in sdk.flags for sdk in sdks.shipped())


def test_only_the_chat_service_is_a_recipient_of_the_web_edition():
    assert {sdk.partner for sdk in sdks.shipped()} == {"", "53kf"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name,function\nx,y\n", "columns"),
        (f"{HEAD}\n{ROW}\n{ROW}\n", "twice"),
        (f"{HEAD}\n{ROW.replace('位置', '位置、等信息')}\n", "等信息"),
        (f"{HEAD}\n{ROW.replace('推送', '')}\n", "missing"),
        (f"{HEAD}\n{ROW.replace('no_contact', 'sloppy')}\n", "sloppy"),
        (f"{HEAD}\n{ROW.replace('no_contact ', '')}\n", "contradict"),
        (f"{HEAD}\n{ROW.replace('位置,,', '位置,a@example.cn,')}\n", "contradict"),
        (f"{HEAD}\n{ROW.replace('位置,,,', '位置,,某市某路1号,')}\n", "contradict"),
        (f"{HEAD}\n{ROW.replace(' no_address', '')}\n", "address and the flag no_address"),
    ],
)
def test_a_file_with_a_wrong_row_is_refused_as_a_whole(tmp_path, text, complaint):
    path = tmp_path / "sdks.csv"
    path.write_text(text)

    with pytest.raises(sdks.Malformed, match=complaint):
        sdks.load(path)
