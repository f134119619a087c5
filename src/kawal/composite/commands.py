"""kawal risk compute SPEC DATA, kawal risk spec: any composite index, with neither desk nor database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click

from kawal.composite import files, words
from kawal.composite.answer import Answer
from kawal.rules.places.notices import Severity
from kawal.rules.risk.composite.checks import Checks
from kawal.rules.risk.composite.compute import Result, compute
from kawal.rules.risk.composite.notices import Notices, Wrong
from kawal.rules.risk.composite.robustness import Mapper, replicated
from kawal.rules.risk.composite.sensitivity import sensitivity

WRONG = 2  # exit code: spec or data are wrong, nothing was written
_SHOWN = 20


@click.command("compute")
@click.argument("spec")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--json", "json_to", metavar="FILE|-", help="Write everything as JSON; - is the screen.")
@click.option("--csv", "csv_to", metavar="FILE|-", help="Write a row for each unit as CSV.")
@click.option(
    "--robustness", type=click.IntRange(0), metavar="N", help="Compute N times under other choices."
)
@click.option(
    "--sobol", type=click.IntRange(0), metavar="N", help="Say which choice matters, by a sample of N."
)
@click.option("--unit", "units", multiple=True, metavar="ID", help="Whose own score --sobol looks at, too.")
@click.option("--seed", type=click.IntRange(0), help="Of all chance; same seed, same answer.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Computed at once.")
@click.option("--sheet", default="", help="Of a workbook; its first otherwise.")
@click.option("--language", type=click.Choice(["en", "id"]), default="en", show_default=True)
def compute_index(
    spec: str,
    data: Path,
    json_to: str | None,
    csv_to: str | None,
    robustness: int | None,
    sobol: int | None,
    units: tuple[str, ...],
    seed: int | None,
    jobs: int,
    sheet: str,
    language: str,
) -> None:
    """Compute any composite index: SPEC is a TOML file (or a shipped name), DATA a CSV or XLSX table.

    With --area instead of SPEC and DATA, the desk scores its own villages: kawal risk compute --area 16.07
    """
    if json_to == csv_to == "-":
        raise click.BadParameter("only one of them to the screen", param_hint="--json, --csv")
    try:
        spec_file = files.read_spec(spec)
        data_file = files.read_data(data, spec_file.index, sheet)
        result = compute(spec_file.index, data_file.table, data_file.notices)
    except Wrong as wrong:
        _refuse(wrong.notices, language)
    unknown = set(units) - set(result.table.ids)
    if unknown:
        raise click.BadParameter(f"no unit {', '.join(sorted(unknown))}", param_hint="--unit")
    checks = Checks(result, seed) if robustness or sobol else None
    sure = replicated(checks, robustness, _mapper(jobs, robustness)) if checks and robustness else None
    size = 1 << max((sobol or 1) - 1, 1).bit_length()
    which = (
        sensitivity(checks, size, units, _mapper(jobs, size * (len(checks.factors) + 2)))
        if checks and sobol
        else None
    )
    answer = Answer(spec_file, data_file, result, sure, which)
    if json_to:
        _written(json_to, answer.write_json)
    if csv_to:
        _written(csv_to, answer.write_csv)
    for notice in result.notices.kept:
        if notice.severity is not Severity.INFO:
            click.echo(words.line(notice, language), err=True)
    if "-" not in (json_to, csv_to):
        _shown(result, language)


@click.command("spec")
@click.argument("name", required=False)
@click.option("--list", "listed", is_flag=True, help="Name the shipped specs.")
@click.option("--data", "as_data", is_flag=True, help="Print the example's table instead of its spec.")
@click.option("--check", is_flag=True, help="Only say whether the spec file NAME is right.")
def print_spec(name: str | None, listed: bool, as_data: bool, check: bool) -> None:
    """Print a commented spec to start from, or a shipped one by NAME."""
    if listed:
        click.echo("\n".join(files.shipped()))
        return
    if check:
        try:
            found = files.read_spec(name or "template").index
        except Wrong as wrong:
            _refuse(wrong.notices, "en")
        click.echo(f"{found.name}: {len(found.nodes) - 1} dimensions, {len(found.indicators)} indicators")
        return
    wanted = name or "template"
    if wanted not in files.shipped():
        raise click.BadParameter(f"shipped are: {', '.join(files.shipped())}", param_hint="NAME")
    try:
        click.echo(files.shipped_text(wanted, ".csv" if as_data else ".toml"), nl=False)
    except StopIteration:
        raise click.BadParameter(f"{wanted} has no example table", param_hint="--data") from None


def _refuse(notices: Notices, language: str) -> NoReturn:
    """All that is wrong, to the error stream; nothing is written."""
    for notice in notices.kept:
        if notice.severity is Severity.ERROR:
            click.echo(words.line(notice, language), err=True)
    sys.exit(WRONG)


def _written(path: str, write: Callable[[TextIO], None]) -> None:
    """Whole or not at all."""
    if path == "-":
        write(sys.stdout)
        return
    draft = Path(f"{path}.draft")
    try:
        with draft.open("w", encoding="utf-8", newline="") as out:
            write(out)
        draft.replace(path)
    except OSError as wrong:
        raise click.ClickException(f"{path}: {wrong.strerror}") from wrong
    finally:
        draft.unlink(missing_ok=True)


def _mapper(jobs: int, total: int | None) -> Mapper:
    """Threads that keep the order (NumPy lets go of the lock), with progress on a screen."""

    def mapped(function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        if jobs == 1:
            found: Any = map(function, items)
        else:
            from joblib import Parallel, delayed

            parallel = Parallel(n_jobs=jobs, prefer="threads", return_as="generator", pre_dispatch="2*n_jobs")
            found = parallel(delayed(function)(item) for item in items)
        if not sys.stderr.isatty():
            yield from found
            return
        bar: Any = click.progressbar(length=total, file=sys.stderr, update_min_steps=8)
        with bar:
            for answer in found:
                bar.update(1)
                yield answer

    return mapped


def _shown(result: Result, language: str) -> None:
    """The first units by rank, and how many are in each class."""
    order = sorted(range(len(result.score)), key=lambda row: (result.rank[row] or sys.maxsize, row))
    digits = result.index.digits.score
    for row in order[:_SHOWN]:
        rank = int(result.rank[row]) or "-"
        score = f"{result.score[row]:.{4 if digits is None else digits}f}"
        click.echo(f"{rank:>6} {score:>10} {result.class_name(row) or '':<16} {result.table.names[row]}")
    if len(order) > _SHOWN:
        click.echo(f"{'...':>6} {len(order):,}")
    for place, name in enumerate(result.index.classes.names):
        click.echo(f"{int((result.klass == place).sum()):>8,} {name}")
