"""What the documents say of settings, commands, variables and files is so."""

import re
from pathlib import Path

import click
import pytest

from service.cli import main
from service.settings import Settings

ROOT = Path(__file__).parents[2]
OPERATE = (ROOT / "docs" / "operate.md").read_text("utf-8")
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


def test_every_setting_is_documented_with_its_default_and_no_other() -> None:
    settings = {
        "DATABASE_URL" if name == "database_url" else f"PARLEY_{name.upper()}"
        for name in Settings.model_fields
    }
    rows = [line for line in OPERATE.splitlines() if line.startswith(("| `PARLEY_", "| `DATABASE_URL"))]
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert documented == settings
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, int | float | str) and field.default != "":
            [row] = [row for row in rows if f"`PARLEY_{name.upper()}`" in row]
            default = f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
            assert f"`{default}`" in row.split("|")[2], name


def test_every_command_is_documented_and_says_what_it_does() -> None:
    for name, command in main.commands.items():
        assert f"`parley {name}" in OPERATE, name
        assert command.help
        for part in command.commands.values() if isinstance(command, click.Group) else ():
            assert part.help, f"{name} {part.name}"


def test_every_theme_variable_is_documented_and_no_other() -> None:
    used = set(
        re.findall(r"--parley-[a-z-]+[a-z]", (ROOT / "service/web/widget/widget.css").read_text("utf-8"))
    )
    documented = set(re.findall(r"--parley-[a-z-]+[a-z]", (ROOT / "docs/embed.md").read_text("utf-8")))
    assert {name.removesuffix("-dark") for name in used} == documented


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
