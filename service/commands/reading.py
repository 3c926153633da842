"""Reading the settings for a command: what is wrong with one is a line, not a traceback."""

import click
from pydantic import ValidationError

from service.settings import Settings


def read_settings() -> Settings:
    """The settings from the environment."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            f"{_variable(str(item['loc'][0]))}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_url=False, include_input=False)
        ]
        raise click.ClickException("; ".join(wrong)) from None


def _variable(field: str) -> str:
    return field if field.isupper() else f"PARLEY_{field.upper()}"
