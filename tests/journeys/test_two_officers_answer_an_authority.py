"""An authority asks for a merchant's data; two officers judge it, and one hands it over, once."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import pyzipper
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.house]

PHONE = "13712340077"
NUMBER = "金公调证〔2026〕77号"
LIST = "/desk/authority-requests/"


def enter(page: Page, scan: Path) -> None:
    """Copy the document into the form."""
    page.get_by_role("link", name="登记一份文书").click()
    page.get_by_label("调取机关").fill("金华市公安局")
    page.get_by_label("机关的公开联系电话").fill("0579-82190114")
    page.get_by_label("文书编号").fill(NUMBER)
    page.get_by_label("调取的依据类别").select_option("crime")
    page.get_by_label("文书引用的法律和条款").fill("《刑事诉讼法》第五十四条")
    page.get_by_label("答复期限").fill(f"{timezone.localdate() + timedelta(days=9)}")
    page.get_by_label("文书扫描件").set_input_files(str(scan))
    page.get_by_label("号码", exact=True).fill(PHONE)
    page.get_by_label("文书的原话").fill("请提供登录手机号和名称")
    page.get_by_label("手机号", exact=True).check()
    page.get_by_label("商家名称").check()
    page.get_by_role("button", name="登记，等两人审查").click()


def grant(page: Page) -> None:
    """Agree to give the phone number alone."""
    page.get_by_label("手机号", exact=True).check()
    page.get_by_label(re.compile("我核对过")).check()
    page.get_by_role("button", name="同意提供勾选的项目").click()


@pytest.mark.clause("A59", "B62", "C99")
def test_two_officers_answer_an_authority(
    stage: Stage, phone: BrowserContext, desk: BrowserContext, tmp_path: Path
):
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7\n1 0 obj\n")
    merchant = stage.open(phone, "/sign-in/")
    stage.sign_in(merchant, PHONE)

    # The first officer enters it and judges it, and cannot judge it twice.
    officer = desk.new_page()
    stage.staff_sign_in(officer, "yinsi")
    officer.goto(stage.house.url + LIST)
    enter(officer, scan)
    stage.shot(officer, "authority-1-registered")
    grant(officer)
    expect(officer.get_by_text("您已经审查过")).to_be_visible()
    address = officer.url

    # The second officer agrees and hands it over.
    desk.clear_cookies()
    stage.staff_sign_in(officer, "yinsi2")
    officer.goto(address)
    grant(officer)
    officer.get_by_role("link", name="去移交").click()
    passphrase = officer.locator("#passphrase").inner_text()
    stage.shot(officer, "authority-2-handing-over")
    with officer.expect_download() as download:
        officer.get_by_role("button", name="下载加密文件并记为已移交").click()
    with pyzipper.AESZipFile(download.value.path()) as archive:
        archive.setpassword(passphrase.encode())
        text = archive.read("handed-over.txt").decode("utf-8-sig")
    officer.goto(address)

    assert f"手机号：{PHONE}" in text
    assert "商家名称" not in text
    expect(officer.get_by_text("已移交", exact=True)).to_be_visible()

    # The merchant sees who got what, on which law.
    merchant.goto(f"{stage.house.url}/me/shared/")
    stage.shot(merchant, "authority-3-merchant")
    expect(merchant.get_by_role("heading", name="金华市公安局")).to_be_visible()
    expect(merchant.get_by_text(re.compile(NUMBER))).to_be_visible()
