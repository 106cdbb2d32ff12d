"""What people do in the journeys, as they would say it; everything goes through the browser."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from config.house import House

SHOTS = Path(__file__).resolve().parents[2] / "var" / "shots"


class Stage:
    """Acts on one running house."""

    def __init__(self, house: House) -> None:
        self.house = house

    def open(self, context: BrowserContext, path: str) -> Page:
        """A new page that notes script errors and anything asked of another origin."""
        page = context.new_page()
        page.on("pageerror", lambda error: self._fail(f"script error: {error}"))
        page.on("request", self._same_origin)
        page.goto(self.house.url + path)
        return page

    def _same_origin(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        allowed = (self.house.url, self.house.partner_url, "blob:", "data:")
        if not url.startswith(allowed):
            self._fail(f"asked another origin: {url}")

    def _fail(self, words: str) -> None:
        raise AssertionError(words)

    def code_from_outbox(self, context: BrowserContext) -> str:
        """The newest code in the development inbox."""
        page = context.new_page()
        page.goto(f"{self.house.url}/dev/outbox/")
        code = page.locator("[data-code]").first.inner_text()
        page.close()
        return code.strip()

    def sign_in(self, page: Page, number: str) -> None:
        """Register or sign in as a merchant, agreeing to the policy."""
        page.goto(f"{self.house.url}/sign-in/")
        close_notice(page)
        page.get_by_label("手机号").fill(number)
        page.locator("#id_agreed").check()
        page.get_by_role("button", name="获取验证码").click()
        expect(page.get_by_label("验证码")).to_be_visible()
        page.get_by_label("验证码").fill(self.code_from_outbox(page.context))
        page.locator("main").get_by_role("button", name=re.compile("登录|验证")).click()

    def fill_step(self, page: Page, answers: Mapping[str, str]) -> None:
        """Fill whatever this step asks and go on."""
        for name, value in answers.items():
            field = page.locator(f"[name={name}]")
            if field.count():
                field.first.fill(value)
        if (told := page.locator("#step [name=told]")).count():
            assert not told.is_checked()
            told.check()
        page.get_by_role("button", name=re.compile("^保存")).click()

    def upload(self, page: Page, picture: Path) -> None:
        """Choose a photo, send it and go on."""
        page.set_input_files("input[name=photo]", str(picture))
        send = page.get_by_role("button", name="上传照片")
        if send.count():
            send.click()
        page.get_by_role("link", name=re.compile("看清楚了")).click()

    def choose_role(self, page: Page, role: str) -> None:
        """Begin an application in this role."""
        page.goto(f"{self.house.url}/apply/role/")
        page.get_by_text(role, exact=True).click()
        page.get_by_role("button", name="确定，开始填写").click()

    def agree(self, page: Page) -> None:
        """Say yes to the separate consent that stands where the form will be."""
        page.get_by_role("button", name="同意", exact=True).click()

    def submit(self, page: Page) -> None:
        """Confirm what is declared, box by box, and hand the application in."""
        page.goto(f"{self.house.url}/apply/submit/")
        for box in page.locator("main input[type=checkbox]").all():
            assert not box.is_checked()
            box.check()
        with page.expect_navigation():
            page.get_by_role("button", name="提交申请").click()
        expect(page.locator("main")).to_contain_text("审核")

    def ask_to_leave(self, page: Page) -> None:
        """Deactivate: the consequences, a code, and the last word."""
        page.goto(f"{self.house.url}/me/settings/")
        page.get_by_role("link", name=re.compile("注销")).first.click()
        self.shot(page, "deactivate")
        page.get_by_role("button", name="获取验证码，继续注销").click()
        page.get_by_label("验证码").fill(self.code_from_outbox(page.context))
        page.get_by_role("button", name="下一步").click()
        box = page.locator("main input[type=checkbox]").first
        assert not box.is_checked()
        box.check()
        self.shot(page, "deactivate-confirm")
        page.get_by_role("button", name="确认注销").click()

    def staff_sign_in(self, page: Page, name: str) -> None:
        """Sign in as a demo member of staff."""
        page.goto(f"{self.house.url}/staff/login/")
        page.locator("[name=login]").fill(name)
        page.locator("[name=password]").fill(self.password_of(name))
        page.locator("main").get_by_role("button", name="登录").click()
        expect(page).to_have_url(re.compile("/desk/"))

    def password_of(self, name: str) -> str:
        """The random password this house gave a demo member of staff."""
        note = (self.house.var / "demo-staff.txt").read_text()
        found = re.search(rf"^\s+{name}\s+(\S+)", note, re.M)
        assert found is not None, note
        return found[1]

    def dump(self) -> bytes:
        """Every value of every table of the main database, raw, and every stored file."""
        told = self.house.manage("dump_raw")
        assert told.returncode == 0, told.stderr
        files = b"".join(
            path.read_bytes() for path in (self.house.var / "papers").rglob("*") if path.is_file()
        )
        return told.stdout.encode() + files

    def shot(self, page: Page, name: str) -> None:
        """Keep a picture of the page, to be looked at."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


def close_notice(page: Page) -> None:
    """Close the first-visit notice, which answers nothing."""
    button = page.locator("dialog[open] [data-dialog-close]")
    if button.count():
        button.first.click()


def body_of(page: Page) -> dict[str, object]:
    """The JSON a page shows."""
    return dict(json.loads(page.locator("body").inner_text()))
