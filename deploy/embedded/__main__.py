"""`python -m deploy.embedded`: only Kafka and PostgreSQL, in the foreground."""

import asyncio
import signal
import sys

from deploy.embedded.errors import StackError, sentence
from deploy.embedded.progress import Step
from deploy.embedded.stack import Stack


def show(step: Step) -> None:
    """One line a step that is finished."""
    if step.done == step.total:
        print(f"{step.name}: {step.text}", file=sys.stderr, flush=True)


async def serve() -> None:
    """Start the servers, print their addresses, and stop them on Ctrl-C."""
    loop, main = asyncio.get_running_loop(), asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, main.cancel if main else loop.stop)
    async with Stack(progress=show).servers() as servers:
        print(f"HUB_KAFKA_BOOTSTRAP={servers.kafka}")
        print(f"HUB_POSTGRES_DSN={servers.postgres_dsn}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    except (StackError, OSError) as error:
        sys.exit(f"error: {sentence(error)}")
    except asyncio.CancelledError:
        print("stopped", file=sys.stderr)
