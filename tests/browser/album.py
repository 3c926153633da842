"""Looking at the states of a screen: a picture of each, light and dark, and no rule of axe broken in any."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = Path(__file__).parent / "screenshots"
SCREENS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
# The rules that go by colours. All others say the same of a page whether it is light or dark.
_ALL: dict[str, Any] = {"resultTypes": ["violations"]}
_COLOURS = {**_ALL, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# The page has the scheme that it was told, and nothing moves any more: colours are measured as they are then.
_SETTLED = """scheme => matchMedia(`(prefers-color-scheme: ${scheme})`).matches
    && (document.documentElement.dataset.theme ?? scheme) === scheme
    && document.getAnimations().every(one => one.playState === 'finished')"""


class Album:
    """Looks at a page: takes its pictures, and runs axe on it. The page's policy must let axe's own script in."""

    def __init__(self, page: Page, name: str, kind: str = "console") -> None:
        self.page = page
        self.name = name
        self.kind = kind

    def look(self, state: str) -> None:
        self.page.evaluate(Axe().axe_script)
        self._look(state, "dark", _COLOURS)
        self._look(state, "light", _ALL)
        width, shown = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= shown, f"{state} is wider than the screen"

    def _look(self, state: str, scheme: Any, rules: dict[str, Any]) -> None:
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_function(_SETTLED, arg=scheme)
        self.page.screenshot(path=PICTURES / f"{self.kind}-{state}-{self.name}-{scheme}.png")
        found = self.page.evaluate("async rules => (await axe.run(rules)).violations", rules)
        assert not found, (
            state,
            scheme,
            [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]],
        )
