"""What may be typed on each screen, and what the merchant is told."""

from datetime import date

import pytest

from onboarding import steps
from onboarding.desk_forms import SendBackForm
from onboarding.forms import STEP_FORMS, SubmitForm
from onboarding.models import Application, Role
from tests.factories import answers

TODAY = date(2026, 11, 22)
SOLE_TRADER = "92330702MA28TYWA4X"


def form_of(code, data, role=Role.FOUR_S, **stored):
    application = Application(role=role, **stored)
    step = steps.named(role, code)
    return STEP_FORMS[code](data, application=application, step=step, today=TODAY)


def errors(code, role=Role.FOUR_S, stored=None, **changes):
    form = form_of(code, answers(role) | changes, role, **(stored or {}))
    return {name: messages[0] for name, messages in form.errors.items()}


@pytest.mark.parametrize("role", Role.values)
def test_right_answers_pass_every_screen(role):
    wrong = {step.code: errors(step.code, role) for step in steps.of_role(role) if not step.paper}

    assert not any(wrong.values())


@pytest.mark.parametrize(
    ("code", "change", "message"),
    [
        ("subject", {"name": " "}, "请填写企业名称。"),
        ("subject", {"name": "9" * 20}, "请填写营业执照上的完整名称。"),
        ("subject", {"name": "星" * 111}, "企业名称最多 110 个字，请缩短后再填。"),
        (
            "subject",
            {"credit_code": "91330702MA28TYWA42"},
            "统一社会信用代码校验不通过，很可能有一位输错了，请对照营业执照逐位核对。",
        ),
        (
            "subject",
            {"registered_date": "2023-02-30"},
            "这个日期不存在，请按“2018-05-20”这样填写。",
        ),
        (
            "subject",
            {"registered_date": "2026-11-23"},
            "成立日期晚于今天，请对照营业执照核对。",
        ),
        (
            "subject",
            {"registered_date": "1018-05-20"},
            "成立日期太早，请对照营业执照核对年份。",
        ),
        (
            "subject",
            {"address": "金华"},
            "地址太短，请写到门牌号，例如“浙江省金华市金东区光南路8号”。",
        ),
        (
            "legal",
            {"legal_representative": "张"},
            "请填写证件上的姓名，2至50个字，只能有汉字、字母和间隔号“·”。",
        ),
        (
            "contact",
            {"contact_phone": "0579-82345678"},
            "这里不能填固定电话，请填写能收短信的11位手机号码。",
        ),
        ("bank", {"bank_name": "工行"}, "请填写开户银行的全称，写到支行。"),
        (
            "bank",
            {"bank_account": "1208-0141"[:7]},
            "对公银行账号应为8至32位数字，您填写了6位，请对照开户许可证或银行回单核对。",
        ),
    ],
)
def test_a_wrong_answer_says_what_to_do(code, change, message):
    assert errors(code, **change) == {next(iter(change)): message}


@pytest.mark.parametrize("field", ["legal_id_number", "id_number"])
def test_nobody_under_eighteen_is_accepted(field):
    code, role = ("legal", Role.FOUR_S) if field.startswith("legal") else ("subject", Role.AGENT)

    found = errors(code, role, **{field: "330702201001011229"})

    assert found == {field: "须年满18周岁才能办理，请由已成年的法定代表人或负责人提供身份证。"}


def test_numbers_are_accepted_however_they_are_pasted():
    form = form_of("subject", answers(Role.FOUR_S) | {"credit_code": "９１33 0702-ma28tywa41"})

    assert form.is_valid()
    assert form.accepted()["credit_code"] == "91330702MA28TYWA41"


def test_a_date_is_accepted_as_it_stands_on_the_licence():
    form = form_of("subject", answers(Role.FOUR_S) | {"registered_date": "2018年05月20日"})

    assert form.is_valid()
    assert form.accepted()["registered_date"] == "2018-05-20"


def test_a_sole_traders_name_does_not_end_like_a_companys():
    assert errors("subject", credit_code=SOLE_TRADER) == {
        "name": "这是个体工商户的代码，名称不会以“公司”结尾，请对照营业执照核对。"
    }


def test_a_company_is_paid_into_its_own_account_only():
    stored = {"name": "星辰公司", "credit_code": answers(Role.FOUR_S)["credit_code"]}

    found = errors("bank", stored=stored, bank_account_name="欧阳建国")

    assert found == {"bank_account_name": "账户名须与申请主体一致，请填写“星辰公司”名下的账户。"}


def test_a_sole_trader_may_be_paid_in_person():
    stored = {"name": "星辰车行", "credit_code": SOLE_TRADER, "legal_representative": "欧阳建国"}

    assert errors("bank", stored=stored, bank_account_name="欧阳建国") == {}


def test_an_agents_card_is_checked_to_its_last_digit():
    found = errors("bank", Role.AGENT, bank_account="6228480402564890019")

    assert found == {"bank_account": "银行卡号校验不通过，很可能有一位输错了，请对照卡面逐位核对。"}


def test_what_was_right_is_accepted_beside_what_was_wrong():
    form = form_of("contact", {"contact_name": "诸葛晓敏", "contact_phone": "1380"})

    assert not form.is_valid()
    assert form.accepted() == {"contact_name": "诸葛晓敏"}


@pytest.mark.parametrize("role", Role.values)
def test_every_control_tells_a_phone_which_keyboard_to_open(role):
    for step in steps.of_role(role):
        if step.paper:
            continue
        form = form_of(step.code, None, role)
        for name, field in form.fields.items():
            attrs = field.widget.attrs
            if name.endswith(("phone", "account")):
                assert attrs["inputmode"] == "numeric", name
            if field.widget.input_type not in ("date", "checkbox"):
                assert {"autocomplete", "enterkeyhint"} <= set(attrs), name


def test_the_boxes_of_the_last_screen_are_not_ticked_beforehand():
    form = SubmitForm(agreement="《商家合作协议》（版本 1.0）")

    assert "checked" not in form.as_p()


def test_an_unticked_box_says_which_one():
    form = SubmitForm({"sha256": "x"}, agreement="《商家合作协议》（版本 1.0）")

    assert form.errors == {
        "is_own_will": ["请勾选，确认这次申请是您（单位）的真实意愿。"],
        "agrees": ["同意协议后才能提交；不同意可以先存着，不会丢失。"],
    }


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({}, {"__all__": ["请至少选择一项要商家修改的内容。"]}),
        ({"reason_name": "other"}, {"note_name": ["请写明要商家怎样修改。"]}),
        ({"note_name": "看不清"}, {"reason_name": ["写了说明，还要选择原因。"]}),
        ({"reason_name": "mismatch"}, {}),
    ],
)
def test_sending_back_needs_a_reason_for_something(data, wrong):
    form = SendBackForm({"seen_round": 1, **data}, items=[("name", "企业名称")])

    assert form.errors == wrong
