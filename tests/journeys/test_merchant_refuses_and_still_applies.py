"""First visit and refusal: told first, asked beside what needs it, and every no leads on."""

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import BrowserContext, Geolocation, Locator, Page, Request, expect

from tests.factories import STORE_ANSWERS
from tests.journeys.spy import watch
from tests.journeys.stage import Stage
from tests.journeys.test_stranger_is_asked_first import LOOK

pytestmark = [pytest.mark.browser, pytest.mark.house]

# A firm of its own: other journeys hand in applications to the same desk.
FIRM = "义乌拒签汽车贸易有限公司"
ANSWERS = {**STORE_ANSWERS, "name": FIRM, "bank_account_name": FIRM}
EXACTLY = Geolocation(latitude=29.078912, longitude=119.647265)


def answer(dialog: Locator, words: str) -> None:
    dialog.get_by_role("button", name=words, exact=True).click()
    expect(dialog).to_be_hidden()


def answers_of(stage: Stage, page: Page) -> list[str]:
    """Everything recorded so far, as 权限与授权 lists it."""
    other = page.context.new_page()
    other.goto(f"{stage.house.url}/me/consents/")
    listed = other.locator("#history ~ ol > li").all_inner_texts()
    other.close()
    assert listed != []
    return [re.sub(r"\s+", " ", line) for line in listed]


@pytest.mark.clause("C68", "C123", "A24", "B11")
def test_a_merchant_refuses_what_is_optional_and_hands_in_all_the_same(
    stage: Stage, phone: BrowserContext, pictures
):
    calls = watch(phone)
    page = stage.open(phone, "/")
    expect(page.get_by_role("dialog")).to_contain_text("浏览不用注册")
    stage.shot(page, "refusal-first-visit")
    assert phone.cookies() == []
    page.get_by_role("button", name="继续浏览").click()
    stage.sign_in(page, "13867905501")

    page.goto(f"{stage.house.url}/apply/role/")
    page.get_by_text("合作4S店", exact=True).click()
    page.get_by_role("button", name="确定，开始填写").click()
    page.get_by_role("link", name="开始：合作主体").click()
    for _ in ("subject", "legal"):
        stage.fill_step(page, ANSWERS)
    refuse_calls(stage, page)
    stage.fill_step(page, ANSWERS)
    page.get_by_role("button", name="同意", exact=True).click()
    stage.fill_step(page, ANSWERS)

    refuse_the_camera(stage, page)
    stage.upload(page, pictures["licence"])
    refuse_id_photos(stage, page)
    hand_in(stage, page)

    assert calls == []
    recorded = answers_of(stage, page)
    assert [line for line in recorded if "已同意" in line and "收集银行账户" not in line] == [
        line for line in recorded if "《" in line
    ]


def refuse_calls(stage: Stage, page: Page) -> None:
    """Neither Esc nor a press outside answers; 不同意 does, and the page says so in place."""
    dialog = page.locator("#ask-service_contact")
    opener = page.get_by_role("link", name="看说明，再决定")
    before = answers_of(stage, page)
    opener.click()
    expect(dialog).to_be_visible()
    stage.shot(page, "refusal-calls")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    opener.click()
    page.mouse.click(195, 10)
    expect(dialog).to_be_hidden()
    assert answers_of(stage, page) == before

    opener.click()
    answer(dialog, "不同意")
    expect(page.locator("[data-said=service_contact]")).to_contain_text("不打电话")
    assert len(answers_of(stage, page)) == len(before) + 1


def refuse_the_camera(stage: Stage, page: Page) -> None:
    """The two answers look alike; after a no the plain choice of a file stands there as before."""
    dialog = page.locator("#ask-camera")
    page.get_by_role("link", name="拍照", exact=True).click()
    buttons = [dialog.get_by_role("button", name=n, exact=True) for n in ("不同意", "同意")]
    assert buttons[0].evaluate(LOOK) == buttons[1].evaluate(LOOK)
    stage.shot(page, "refusal-camera")
    answer(dialog, "不同意")
    expect(page.locator("[data-upload-state]")).to_contain_text("不打开相机")


def refuse_id_photos(stage: Stage, page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("身份证照片")
    page.get_by_role("button", name="不同意", exact=True).click()
    stage.shot(page, "refusal-id-photo")
    page.get_by_role("button", name="改为当面核对证件").click()
    expect(page.locator("main")).to_contain_text("您选择了当面核对")
    stage.shot(page, "refusal-in-person")


def hand_in(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.house.url}/apply/check/")
    expect(page.locator("main")).to_contain_text("当面核对原件，不留照片")
    page.get_by_role("link", name="内容无误，去提交").click()
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("审核")


@pytest.mark.clause("C54", "C60", "C61", "C63")
def test_the_place_is_read_once_after_the_yes_and_leaves_the_phone_coarse(
    stage: Stage, phone: BrowserContext
):
    phone.grant_permissions(["geolocation"], origin=stage.house.url)
    phone.set_geolocation(EXACTLY)
    calls, sent = watch(phone), list[str]()
    page = stage.open(phone, "/")
    page.on("request", lambda request: sent.append(body_of(request)))
    stage.sign_in(page, "13867905502")
    page.goto(f"{stage.house.url}/me/leads/")
    page.get_by_role("link", name="看说明，决定要不要打开").click()
    page.get_by_role("button", name="同意", exact=True).click()
    button, dialog = (
        page.get_by_role("button", name="用当前位置一次"),
        page.locator("#ask-location"),
    )

    button.click()
    stage.shot(page, "place-asked")
    answer(dialog, "不同意")
    expect(page.locator("[data-place-state]")).to_contain_text("不读取位置")
    assert calls == []

    button.click()
    answer(dialog, "同意")
    expect(page.locator("main")).to_contain_text("记下的大致位置：29.1,119.6")
    stage.shot(page, "place-kept")

    assert calls == ["getCurrentPosition"]
    places = [parse_qs(body) for body in sent if "latitude=" in body]
    assert [(p["latitude"], p["longitude"]) for p in places] == [(["29.1"], ["119.6"])]
    assert [body for body in sent if "29.07" in body or "119.64" in body] == []


def body_of(request: Request) -> str:
    return request.post_data or ""


@pytest.mark.clause("C65", "C73")
def test_after_the_yes_the_camera_opens_and_its_photo_is_kept(
    stage: Stage, phone: BrowserContext, pictures
):
    calls = watch(phone)
    page = stage.open(phone, "/")
    stage.sign_in(page, "13867905503")
    page.goto(f"{stage.house.url}/apply/role/")
    page.get_by_text("合作4S店", exact=True).click()
    page.get_by_role("button", name="确定，开始填写").click()
    page.goto(f"{stage.house.url}/apply/licence/")

    page.get_by_role("link", name="拍照", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.locator("#ask-camera").get_by_role("button", name="同意", exact=True).click()
    opens = chooser.value.element.get_attribute("capture")
    chooser.value.set_files(str(pictures["licence"]))

    expect(page.get_by_role("link", name=re.compile("看清楚了"))).to_be_visible()
    assert opens == "environment"
    assert calls == []


@pytest.mark.clause("C76", "C77")
def test_the_browser_reads_a_code_only_after_the_yes(stage: Stage, phone: BrowserContext):
    calls, sent = watch(phone), list[str]()
    page = stage.open(phone, "/")
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    stage.sign_in(page, "13867905506")
    page.goto(f"{stage.house.url}/me/deactivate/")
    page.get_by_role("button", name="获取验证码，继续注销").click()
    button, dialog = page.get_by_role("button", name="自动填入"), page.locator("#ask-sms_autofill")

    button.click()
    stage.shot(page, "autofill-asked")
    answer(dialog, "不同意")
    expect(page.locator("[data-autofill-state]")).to_have_text("好的，请看短信填写")
    assert calls == []

    button.click()
    answer(dialog, "同意")
    expect(page.locator("[data-autofill-state]")).not_to_have_text("好的，请看短信填写")
    assert calls == ["get"]
    answered = f"POST {stage.house.url}/consents/sms_autofill/"
    assert sent.count(answered) == 2
    assert sent.count(f"{answered}shown/") == 1


def test_before_signing_in_the_answer_about_a_code_stays_on_the_device(
    stage: Stage, phone: BrowserContext
):
    calls, sent = watch(phone), list[str]()
    page = stage.open(phone, "/sign-in/")
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_role("button", name="继续浏览").click()
    page.get_by_label("手机号").fill("13867905507")
    page.locator("#id_agreed").check()
    page.get_by_role("button", name="获取验证码").click()

    page.get_by_role("button", name="自动填入").click()
    answer(page.locator("#ask-sms_autofill"), "同意")

    expect(page.locator("[data-autofill-state]")).not_to_have_text("")
    assert calls == ["get"]
    assert [url for url in sent if "/consents/" in url] == []
