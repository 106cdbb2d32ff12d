"""The main job, end to end: a merchant registers, applies, is approved, shares, leaves, and holds
proof. Real browser, web, worker, beat, broker and partner processes."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.house import House
from tests.factories import STORE_ANSWERS
from tests.journeys.stage import Stage, close_notice

pytestmark = [pytest.mark.browser, pytest.mark.house]

NUMBER = "13867901234"
# A firm of its own: other journeys hand in applications to the same desk.
FIRM = "东阳晨光汽车销售有限公司"
ANSWERS = {
    **STORE_ANSWERS,
    "name": FIRM,
    "bank_account_name": FIRM,
    "credit_code": "91330702MA29P3T598",
}
CANARIES = (NUMBER, *(value for name, value in ANSWERS.items() if name != "registered_date"))


@pytest.mark.clause(
    "C11", "C13", "C16", "C19", "C20", "C22", "C23", "C24", "C25", "C26", "C27", "C28", "C29",
    "C30", "C31", "C36", "C64", "C67", "C110", "C142", "C148", "C150", "C151", "C152", "A20",
)  # fmt: skip
def test_a_merchant_joins_shares_leaves_and_holds_proof(
    stage: Stage, house: House, phone: BrowserContext, desk: BrowserContext, pictures, tmp_path
):
    merchant = stage.open(phone, "/")
    browse_without_an_account(stage, merchant)
    stage.sign_in(merchant, NUMBER)
    expect(merchant).to_have_url(re.compile("/me/"))

    apply_as_4s_store(stage, merchant, pictures)
    stage.shot(merchant, "applied")
    before = stage.dump()
    assert [canary for canary in CANARIES if canary.encode() in before] == []

    reviewer = stage.open(desk, "/staff/login/")
    stage.staff_sign_in(reviewer, "shenhe")
    approve(stage, reviewer)

    partner = phone.new_page()
    held = persons_at(partner, house)
    share(stage, merchant)
    partner_holds(partner, house, persons=held + 1)

    receipt = deactivate(stage, merchant)
    officer = start_erasure(stage, desk, reviewer)

    shown = phone.new_page()
    reload_until(shown, f"{house.url}{receipt}", "对方已删除")
    reload_until(shown, f"{house.url}{receipt}", "已完成")
    stage.shot(shown, "receipt")
    partner_holds(partner, house, persons=held)
    assert officer is not None

    words = shown.locator("main").inner_text()
    assert [canary for canary in CANARIES if canary in words] == []
    after = stage.dump()
    assert [canary for canary in CANARIES if canary.encode() in after] == []
    verify_certificate(house, shown, tmp_path)


def browse_without_an_account(stage: Stage, page: Page) -> None:
    close_notice(page)
    stage.shot(page, "home")
    page.get_by_role("link", name="隐私政策").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("隐私政策")
    assert page.context.cookies() == [] or all(
        "session" not in cookie["name"] for cookie in page.context.cookies()
    )


def apply_as_4s_store(stage: Stage, page: Page, pictures) -> None:
    stage.choose_role(page, "合作4S店")
    page.get_by_role("link", name="开始：合作主体").click()
    for step in ("subject", "legal", "contact"):
        expect(page).to_have_url(re.compile(f"/apply/{step}/"))
        stage.fill_step(page, ANSWERS)
    agree_in_place(stage, page, "bank")
    stage.fill_step(page, ANSWERS)
    stage.upload(page, pictures["licence"])
    agree_in_place(stage, page, "id-photo")
    stage.upload(page, pictures["id-front"])
    stage.upload(page, pictures["id-back"])
    expect(page).to_have_url(re.compile("/apply/check/"))
    stage.shot(page, "check")
    page.get_by_role("link", name="内容无误，去提交").click()
    expect(page).to_have_url(re.compile("/apply/submit/"))
    stage.submit(page)


def agree_in_place(stage: Stage, page: Page, name: str) -> None:
    """The separate consent stands where the form will be; nothing can be typed before it."""
    assert page.locator("main input[type=text], main input[type=file]").count() == 0
    stage.shot(page, f"consent-{name}")
    stage.agree(page)


def approve(stage: Stage, page: Page) -> None:
    page.get_by_role("link", name=re.compile(FIRM)).first.click()
    main = page.locator("body").inner_text()
    assert ANSWERS["legal_id_number"] not in main
    stage.shot(page, "desk")
    reason = page.locator("#reveal select, select[form=reveal], [name=reason]").first
    reason.select_option(index=1)
    page.locator("button[name=field][value=contact_phone]").click()
    expect(page.locator("body")).to_contain_text(ANSWERS["contact_phone"])
    page.get_by_role("button", name="通过", exact=True).click()
    expect(page.locator("body")).to_contain_text("已通过")


def share(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.house.url}/me/sharing/demo/")
    stage.shot(page, "share")
    page.get_by_role("button", name="同意", exact=True).click()
    confirm = page.get_by_role("button", name="确认提供")
    if confirm.count():
        confirm.click()
    stage.shot(page, "shared")


def persons_at(page: Page, house: House) -> int:
    """How many people the demo partner says it holds."""
    page.goto(house.partner_url)
    return int(re.search(r"(\d+) 人", page.locator("body").inner_text())[1])


def partner_holds(page: Page, house: House, *, persons: int) -> None:
    for _ in range(120):
        if persons_at(page, house) == persons:
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"the partner holds {persons_at(page, house)}, not {persons}")


def reload_until(page: Page, url: str, words: str, tries: int = 120) -> None:
    """Reload like a person waiting, until the page says the words."""
    for _ in range(tries):
        page.goto(url)
        if words in page.locator("body").inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{words!r} never came: {page.locator('body').inner_text()}")


def deactivate(stage: Stage, page: Page) -> str:
    stage.ask_to_leave(page)
    expect(page.locator("main")).to_contain_text("撤回注销")
    stage.shot(page, "deactivate-scheduled")
    link = page.locator("a[href*='/receipt/']").first.get_attribute("href")
    return re.search(r"/receipt/[^/]+/", str(link))[0]


def start_erasure(stage: Stage, desk: BrowserContext, reviewer: Page) -> Page:
    """Operations do not wait for the day of grace to end."""
    desk.clear_cookies()
    stage.staff_sign_in(reviewer, "yinsi")
    reviewer.goto(f"{stage.house.url}/desk/erasures/")
    stage.shot(reviewer, "erasures")
    reviewer.get_by_role("button", name=re.compile("立即开始|开始")).first.click()
    return reviewer


def verify_certificate(house: House, page: Page, folder) -> None:
    with page.expect_download() as download:
        page.locator("a[href*='certificate']").first.click()
    file = folder / "certificate.json"
    download.value.save_as(file)
    raw = file.read_bytes()
    good = house.manage("certificate", "verify", str(file))
    file.write_bytes(raw.replace(b"2026", b"2027", 1))
    bad = house.manage("certificate", "verify", str(file))
    assert (good.returncode, bad.returncode) == (0, 1), good.stdout + good.stderr + bad.stdout
