"""认定方法, as far as it is about what is seen and what a browser does: with a real Chromium."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from config.house import House
from tests.journeys.stage import Stage, close_notice

pytestmark = [pytest.mark.browser, pytest.mark.house]

NUMBER = "13712340088"
PUBLIC = ("/", "/sign-in/", "/policies/", "/policies/privacy/", "/complaints/")
OWN = ("/me/", "/me/consents/", "/me/held/", "/me/shared/", "/me/settings/", "/apply/role/")

# Notes every call of what could reach for a device, a place, a face or another machine.
SPY = """(() => {
  window.reached = [];
  const note = (owner, name) => {
    const had = owner && owner[name];
    if (typeof had !== "function") return;
    owner[name] = function (...given) { window.reached.push(name); return had.apply(this, given); };
  };
  for (const name of ["getCurrentPosition", "watchPosition"]) note(Geolocation.prototype, name);
  for (const name of ["getUserMedia", "enumerateDevices", "getDisplayMedia"])
    note(window.MediaDevices && MediaDevices.prototype, name);
  for (const name of ["sendBeacon", "getBattery", "requestMIDIAccess"])
    note(Navigator.prototype, name);
  note(CredentialsContainer.prototype, "get");
  note(HTMLCanvasElement.prototype, "toDataURL");
  note(CanvasRenderingContext2D.prototype, "getImageData");
  note(Storage.prototype, "setItem");
  for (const name of ["RTCPeerConnection", "WebSocket", "EventSource", "AudioContext"]) {
    const Had = window[name];
    if (Had) window[name] = new Proxy(Had, { construct(target, given) {
      window.reached.push(name); return new target(...given); } });
  }
})()"""

# Of an element: its letters' contrast against what is behind them, their size, the line's height.
LOOK = """element => {
  const rgb = text => (text.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = element, ground = [255, 255, 255];
  while (behind) {
    const seen = rgb(getComputedStyle(behind).backgroundColor);
    if (seen.length < 4 || seen[3] > 0) { ground = seen; break; }
    behind = behind.parentElement;
  }
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const [one, two] = [light(rgb(style.color)), light(ground)].sort((a, b) => b - a);
  return { contrast: (one + 0.05) / (two + 0.05), size: parseFloat(style.fontSize),
           line: parseFloat(style.lineHeight) / parseFloat(style.fontSize),
           area: box.width * box.height, width: box.width, height: box.height };
}"""


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
def merchant(browser: Browser, signed_in: StorageState) -> Iterator[BrowserContext]:
    """That merchant's phone."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", storage_state=signed_in
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def reached(stage: Stage, context: BrowserContext, paths: tuple[str, ...]) -> list[str]:
    """What the pages called for while they were opened, read and scrolled, twice each."""
    context.add_init_script(SPY)
    page = stage.open(context, paths[0])
    calls: list[str] = []
    for path in paths * 2:
        page.goto(stage.house.url + path)
        page.mouse.wheel(0, 3000)
        calls += [f"{path} {name}" for name in page.evaluate("window.reached")]
    return calls


def answers(page: Page) -> dict[str, dict[str, float]]:
    """How 不同意 and 同意 look."""
    buttons = page.locator(".pair")
    return {
        name: buttons.get_by_role("button", name=name, exact=True).evaluate(LOOK)
        for name in ("不同意", "同意")
    }


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_1_4_the_policy_can_be_read(stage: Stage, browser: Browser, width: int):
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
    page = stage.open(context, "/policies/privacy/")

    looks = [each.evaluate(LOOK) for each in page.locator("article.policy p").all()[:40]]

    assert len(looks) >= 20
    assert min(look["size"] for look in looks) >= 16
    assert min(look["line"] for look in looks) >= 1.5
    assert min(look["contrast"] for look in looks) >= 4.5
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    context.close()


@pytest.mark.parametrize("start", ["/", "/sign-in/"])
def test_1_3_one_tap_leads_to_the_policy(stage: Stage, phone: BrowserContext, start: str):
    page = stage.open(phone, start)
    close_notice(page)

    page.locator("footer").get_by_role("link", name="隐私政策").tap()

    expect(page.locator("article.policy")).to_be_visible()


def test_3_1_before_a_choice_nothing_of_the_device_is_read_or_kept(
    stage: Stage, phone: BrowserContext, settings
):
    assert reached(stage, phone, PUBLIC) == []
    assert {cookie["name"] for cookie in phone.cookies()} <= {settings.CSRF_COOKIE_NAME}


def test_the_spy_notices_what_it_is_there_for(stage: Stage, phone: BrowserContext):
    phone.add_init_script(SPY)
    page = stage.open(phone, "/")

    page.evaluate(
        """() => {
          navigator.geolocation.watchPosition(() => {});
          navigator.sendBeacon("/healthz");
          document.createElement("canvas").toDataURL();
          localStorage.setItem("a", "1");
          new RTCPeerConnection();
        }"""
    )

    called = ["watchPosition", "sendBeacon", "toDataURL", "setItem", "RTCPeerConnection"]
    assert page.evaluate("window.reached") == called


def test_4_4_a_merchant_who_only_reads_is_not_measured(stage: Stage, merchant: BrowserContext):
    assert reached(stage, merchant, OWN) == []


def test_5_1_no_page_asks_another_machine_for_anything(stage: Stage, merchant: BrowserContext):
    asked: list[str] = []
    page = stage.open(merchant, "/")
    page.on("request", lambda request: asked.append(request.url))

    for path in (*PUBLIC, *OWN):
        page.goto(stage.house.url + path, wait_until="networkidle")

    assert len(asked) > 20
    assert [url for url in asked if not url.startswith(stage.house.url)] == []


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("path", ["/consents/id_photo/", "/consents/share:demo/"])
def test_3_4_no_is_as_big_and_as_clear_as_yes(
    stage: Stage, browser: Browser, signed_in: StorageState, path: str, width: int
):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, storage_state=signed_in, locale="zh-CN"
    )
    page = stage.open(context, path)

    no, yes = answers(page).values()

    assert 0.9 <= no["area"] / yes["area"] <= 1.1
    assert min(no["contrast"], yes["contrast"]) >= 4.5
    assert min(no["height"], yes["height"]) >= 44
    assert no["size"] == yes["size"]
    context.close()


def test_the_browser_itself_keeps_what_is_not_collected_out_of_reach(
    stage: Stage, merchant: BrowserContext
):
    page = stage.open(merchant, "/me/held/")

    allowed = set(page.evaluate("document.featurePolicy.allowedFeatures()"))

    off = {"microphone", "bluetooth", "usb", "serial", "hid", "gyroscope", "midi", "local-fonts"}
    assert allowed & off == set()
    assert {"camera", "geolocation"} <= allowed
