"""Errors as one sentence and an exit code, never a traceback."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import typer
from aiokafka.errors import KafkaError

from deploy.embedded.errors import StackError
from services.classification.domain.judging import RulesError
from services.classification.domain.verdict import ModelError
from services.dispatch.adapters.units.history import HistoryError
from services.kernel.errors import HubError
from services.reference.catalogue import CatalogueError
from services.reference.ground import GroundError
from services.reference.ground.codes import CodeError
from services.reference.ground.crs import CrsError
from services.reference.rule_files import RuleFileError

INTERRUPTED = 130
OURS = (
    HubError,
    StackError,
    ModelError,
    RulesError,
    CatalogueError,
    GroundError,
    CodeError,
    CrsError,
    RuleFileError,
    HistoryError,
)
"""What says by itself what is wrong and what to do."""
KNOWN = (
    *OURS,
    KafkaError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    OverflowError,
)
"""The errors that are one sentence."""


class Failure(HubError):
    """The command can not do what it was asked; the message says why and what to do."""


@contextmanager
def one_sentence() -> Iterator[None]:
    """Say what failed on stderr; exit code 1, or 130 when a person interrupted."""
    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(INTERRUPTED) from None
    except KNOWN as error:
        raise _told(error) from None
    except BaseExceptionGroup as group:
        known = _first_known(group)
        if known is None:
            raise
        raise _told(known) from None


def _first_known(error: BaseException) -> BaseException | None:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, KNOWN) else None


def _told(error: BaseException) -> typer.Exit:
    typer.echo(f"error: {sentence(error)}", err=True)
    return typer.Exit(1)


def sentence(error: BaseException) -> str:
    """What is wrong and what to do, for whoever runs a command."""
    match error:
        case _ if isinstance(error, OURS):
            return str(error)
        case asyncpg.UndefinedTableError() | asyncpg.InvalidSchemaNameError():
            return f"the database is not prepared ({error}); run 'hub migrate'."
        case asyncpg.PostgresError():
            return f"PostgreSQL refuses: {error}; check HUB_POSTGRES_DSN."
        case FileNotFoundError() | PermissionError() | IsADirectoryError() if error.filename:
            return f"文件 {error.filename} 打不开（{error.strerror}）：请检查路径和权限。"
        case OverflowError():
            return "日期太远，算不出来：请换一个近些的日期。"
        case KafkaError():
            return f"Kafka does not answer ({error}); check HUB_KAFKA_BOOTSTRAP, or run 'hub up'."
        case _:
            return (
                f"a server does not answer ({error}); run 'hub status', or start it with 'hub up'."
            )
