"""What the web edition says it does not collect, as data: how code reaching for it would look.

Each reach has an example that must be found, so that a pattern which finds nothing cannot pass.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "consent", "onboarding", "config")

# What the line on 已收集个人信息清单 names, word for word.
SAID = ("IMEI", "IMSI", "MAC", "应用列表", "通话状态", "短信内容", "通讯录", "后台位置")


@dataclass(frozen=True, slots=True)
class Reach:
    """One way to reach for something: what for, how it looks, an example, and who alone may."""

    collects: str
    pattern: str
    example: str
    allowed: frozenset[str] = frozenset()

    def found_in(self, text: str) -> bool:
        """Whether a source reaches for it."""
        return re.search(self.pattern, text, re.MULTILINE) is not None


def _only(*paths: str) -> frozenset[str]:
    return frozenset(paths)


# The page that says the sentence names what it is about.
SENTENCE = _only("templates/accounts/held.html")

IN_PAGES = (
    Reach("IMEI", r"(?i)\b(imei|meid|oaid|idfa|idfv|android_?id)\b", "device.imei", SENTENCE),
    Reach("IMSI", r"(?i)\b(imsi|iccid|simserial\w*)\b", "sim.imsi", SENTENCE),
    Reach("MAC", r"(?i)\bmac_?address\b|\bbssid\b", "wifi.macAddress"),
    Reach("MAC", r"RTCPeerConnection|RTCDataChannel", "new RTCPeerConnection()"),
    Reach("应用列表", r"getInstalledRelatedApps", "navigator.getInstalledRelatedApps()"),
    Reach("应用列表", r"navigator\.(plugins|mimeTypes)", "navigator.plugins.length"),
    Reach("通话状态", r"(?i)telephony|call_?state", "navigator.mozTelephony"),
    Reach("短信内容", r"(?i)read_?sms|sms_?inbox", "bridge.readSms()"),
    Reach(
        "短信内容",
        r"OTPCredential|\botp:",
        "credentials.get({ otp: {} })",
        _only("static/js/autofill.js"),
    ),
    Reach("通讯录", r"navigator\.contacts|ContactsManager", "navigator.contacts.select()"),
    Reach("后台位置", r"watchPosition", "navigator.geolocation.watchPosition(f)"),
    Reach(
        "后台位置", r"serviceWorker|periodicSync|BackgroundFetch", "navigator.serviceWorker.ready"
    ),
    Reach("位置", r"\bgeolocation\b", "navigator.geolocation", _only("static/js/place.js")),
    Reach("麦克风、摄像头画面", r"getUserMedia|getDisplayMedia", "mediaDevices.getUserMedia({})"),
    Reach("麦克风、摄像头画面", r"enumerateDevices|MediaRecorder", "new MediaRecorder(stream)"),
    Reach("扫码", r"BarcodeDetector|\bjsQR\b|\bzxing\b", "new BarcodeDetector()"),
    Reach("一键登录", r"(?i)NumberAuth|one_?(key|tap|click)_?login", "NumberAuth.getLoginToken()"),
    Reach("网上支付", r"PaymentRequest|WeixinJSBridge|chooseWXPay", "new PaymentRequest(m, d)"),
    Reach("外接设备", r"navigator\.(bluetooth|usb|serial|hid|getGamepads)", "navigator.usb"),
    Reach("外接设备", r"requestMIDIAccess|NDEFReader", "new NDEFReader()"),
    Reach("传感器", r"\b(Accelerometer|Gyroscope|Magnetometer)\b", "new Gyroscope()"),
    Reach("传感器", r"(?i)device(motion|orientation)", "addEventListener('devicemotion', f)"),
    Reach("传感器", r"AmbientLightSensor|IdleDetector", "new IdleDetector()"),
    Reach("设备指纹", r"getBattery|deviceMemory|hardwareConcurrency", "navigator.getBattery()"),
    Reach("设备指纹", r"navigator\.connection|getHighEntropyValues", "navigator.connection.type"),
    Reach("设备指纹", r"toDataURL|getImageData|readPixels", "canvas.toDataURL()"),
    Reach("设备指纹", r"WEBGL_debug_renderer_info|AudioContext", "new AudioContext()"),
    Reach("设备指纹", r"queryLocalFonts|speechSynthesis\.getVoices", "queryLocalFonts()"),
    Reach("浏览器里的存储", r"localStorage|sessionStorage|indexedDB", "localStorage.phone = 1"),
    Reach(
        "浏览器里的存储", r"document\.cookie|cookieStore|caches\.open", "document.cookie = 'a=1'"
    ),
    Reach("推送", r"PushManager|Notification\.requestPermission", "registration.PushManager"),
    Reach("信标", r"sendBeacon|<a[^>]+\sping=", "navigator.sendBeacon(url)"),
    Reach("信标", r"new Image\(|<img[^>]+width=\"1\"", "new Image().src = url"),
    Reach("别的网站", r"WebSocket\(|EventSource\(|importScripts", "new WebSocket(url)"),
    Reach(
        "别的网站", r"(?i)(?:src|action|poster)=[\"'](?:https?:)?//", '<img src="//a.example/p">'
    ),
    Reach("别的网站", r"<link[^>]+href=\"(?:https?:)?//", '<link href="https://a.example/c.css">'),
    Reach("别的网站", r"<(iframe|embed|object|portal)\b", "<iframe></iframe>"),
)
IN_SCRIPTS = (
    # The names of the vocabularies of SVG and XML are no addresses anybody calls.
    Reach("别的网站", r"https?://(?!www\.w3\.org/)", 'fetch("https://a.example/")'),
    Reach("别的网站", r"[\"'`]//\w", 'fetch("//a.example/")'),
    Reach("别的网站", r"\beval\(|new Function\(", 'eval("1")'),
)
IN_PYTHON = (
    Reach("MAC", r"\bgetnode\b|getifaddrs|\bpsutil\b|\bnetifaces\b", "uuid.getnode()"),
    Reach("设备指纹", r"(?i)accept-ch\b|HTTP_SEC_CH_UA", 'response["Accept-CH"] = "Model"'),
    Reach(
        "统计",
        r"^(?:import|from) (?:sentry_sdk|mixpanel|posthog|umeng|segment)",
        "import mixpanel",
    ),
)


def pages(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Every template and script of the product: its path and its text."""
    for folder, ending in (("static/js", "*.js"), ("templates", "*.html"), ("consent", "*.js")):
        yield from _read(root, root / folder, ending)


def scripts(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Every script a merchant's or reviewer's browser runs."""
    yield from _read(root, root / "static/js", "*.js")


def python(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Every module of the product."""
    for app in APPS:
        yield from _read(root, root / app, "*.py")


def offences(root: Path = ROOT) -> list[str]:
    """Every place that reaches for what is said not to be collected."""
    scans = ((pages(root), IN_PAGES), (scripts(root), IN_SCRIPTS), (python(root), IN_PYTHON))
    return [
        f"{path}: {reach.collects}"
        for sources, reaches in scans
        for path, text in sources
        for reach in reaches
        if path not in reach.allowed and reach.found_in(text)
    ]


def _read(root: Path, folder: Path, ending: str) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob(ending)):
        yield str(path.relative_to(root)), path.read_text(encoding="utf-8")
