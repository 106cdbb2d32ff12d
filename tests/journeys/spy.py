"""What a page reaches for in the browser: every call to the camera, the place or the messages."""

from playwright.sync_api import BrowserContext

_WRAP = """(() => {
  const watched = [
    [globalThis.Geolocation?.prototype, "getCurrentPosition"],
    [globalThis.Geolocation?.prototype, "watchPosition"],
    [globalThis.MediaDevices?.prototype, "getUserMedia"],
    [globalThis.MediaDevices?.prototype, "enumerateDevices"],
    [globalThis.CredentialsContainer?.prototype, "get"],
  ];
  for (const [owner, name] of watched) {
    const real = owner?.[name];
    if (!real) continue;
    owner[name] = function (...given) {
      window.reached(name);
      return real.apply(this, given);
    };
  }
})();"""


def watch(context: BrowserContext) -> list[str]:
    """The calls made on any page of this context from now on, as they come."""
    calls: list[str] = []

    def reached(name: str) -> None:
        calls.append(name)

    context.expose_function("reached", reached)
    context.add_init_script(_WRAP)
    return calls
