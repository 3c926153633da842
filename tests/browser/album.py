"""Looking at the console's states: a picture of each, and no rule of axe broken in any."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = Path(__file__).parent / "screenshots"
SCREENS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


class Album:
    """Looks at a page: takes its picture, and runs axe on it."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name

    def look(self, state: str) -> None:
        # Colours are measured as they are once nothing moves any more.
        self.page.wait_for_function("document.getAnimations().every(one => one.playState === 'finished')")
        self.page.screenshot(path=PICTURES / f"console-{state}-{self.name}.png")
        width, shown = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= shown, f"{state} is wider than the screen"
        found = Axe().run(self.page).response["violations"]
        assert not found, (
            state,
            [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]],
        )
