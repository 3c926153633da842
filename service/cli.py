"""`parley …`: the composition root. With its commands, the only place that knows both the service and the classifier."""

import click

from service.commands import running
from service.commands.doctor import doctor
from service.commands.load import load
from service.commands.model import model
from service.commands.policy import policy
from service.commands.site import site
from service.commands.staff import staff
from service.commands.webhook import webhook


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="parley")
def main() -> None:
    """Comments for article pages, read by a classifier before anybody else reads them."""


for command in (*running.COMMANDS, site, staff, webhook, policy, model, load, doctor):
    main.add_command(command)


if __name__ == "__main__":
    main()
