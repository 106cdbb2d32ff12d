"""What a merchant can see and keep of their own consents, in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from config.house import House
from tests.consent.receipt_kit import missing, statuses
from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

NUMBER = "13712340077"


@pytest.fixture(scope="module")
def signed_in(house: House, browser: Browser) -> StorageState:
    """The cookies of a merchant who signed in once."""
    context = browser.new_context(locale="zh-CN")
    stage = Stage(house)
    opened = stage.open(context, "/")
    stage.sign_in(opened, NUMBER)
    expect(opened).to_have_url(re.compile("/me/$"))
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(stage: Stage, browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """Their phone."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        storage_state=signed_in,
    )
    context.set_default_timeout(15_000)
    yield stage.open(context, "/")
    context.close()


@pytest.mark.parametrize(
    ("words", "path"),
    [("已收集个人信息清单", "/me/held/"), ("与第三方共享个人信息清单", "/me/shared/")],
)
def test_each_list_is_two_taps_from_home(stage: Stage, page: Page, words: str, path: str):
    page.locator("main, header").get_by_role("link", name="我的", exact=True).tap()
    page.get_by_role("link", name=words).tap()

    expect(page).to_have_url(f"{stage.house.url}{path}")
    expect(page.get_by_role("heading", level=1, name=words)).to_be_visible()


def test_a_withdrawal_is_one_tap_and_its_receipt_one_more(stage: Stage, page: Page, tmp_path: Path):
    page.goto(f"{stage.house.url}/consents/bank_account/")
    page.get_by_role("button", name="同意", exact=True).tap()
    expect(page.get_by_text("已同意“收集银行账户”")).to_be_visible()
    page.goto(f"{stage.house.url}/me/consents/")

    page.get_by_role("button", name=re.compile("撤回.*收集银行账户")).tap()
    expect(page.get_by_text("已撤回，马上生效")).to_be_visible()
    page.get_by_role("link", name=re.compile("收集银行账户.*查看回执")).first.tap()

    expect(page.get_by_role("heading", name="您撤回了同意")).to_be_visible()
    expect(page.get_by_text("是否同意我们收集银行账户？").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载回执文件").tap()
    download.value.save_as(tmp_path / "receipt.jsonld")
    text = (tmp_path / "receipt.jsonld").read_text()
    assert missing(text) == []
    assert statuses(text) == ["ConsentGiven", "ConsentWithdrawn"]


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_receipts_and_lists_fit_every_screen(
    stage: Stage, browser: Browser, signed_in: StorageState, width: int
):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, storage_state=signed_in, locale="zh-CN"
    )
    seen = stage.open(context, "/me/consents/")

    for name in ("mine", "receipt"):
        stage.shot(seen, f"consent-{name}-{width}")
        assert seen.evaluate("document.documentElement.scrollWidth") == width
        if name == "mine":
            seen.get_by_role("link", name=re.compile("查看回执")).first.click()
    for path in ("held", "shared"):
        seen.goto(f"{stage.house.url}/me/{path}/")
        stage.shot(seen, f"list-{path}-{width}")
        assert seen.evaluate("document.documentElement.scrollWidth") == width
    context.close()
