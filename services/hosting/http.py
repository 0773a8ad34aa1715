"""HTTP of a service: alive, ready, metrics, and whatever routes the service adds."""

import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Annotated

import structlog
import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretStr

from services.hosting.metrics import PART_READY
from services.hosting.settings import WrongSettings
from services.kernel.errors import Unavailable, Unprocessable

log = structlog.get_logger(__name__)

Next = Callable[[Request], Awaitable[Response]]
QUIET = frozenset({"/livez", "/readyz", "/metrics"})


@dataclass
class Health:
    """Why a service is not ready, by the part that is missing; empty when all is well."""

    service: str
    missing: dict[str, str] = field(default_factory=lambda: {"start": "the service is starting"})

    def report(self, part: str, problem: str | None) -> None:
        """Say what is wrong with a part, or None if it is well."""
        PART_READY.labels(self.service, part).set(problem is None)
        if problem is None:
            self.missing.pop(part, None)
        else:
            self.missing[part] = problem


class Server(uvicorn.Server):
    """uvicorn beside other tasks: signals are the service's business."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the handlers as they are."""
        yield


def make_app(health: Health) -> FastAPI:
    """The application of one service; its own routes join when it is connected."""
    app = FastAPI(title=f"event hub: {health.service}", docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def one_line(request: Request, call_next: Next) -> Response:
        """One line of the log a request, but for those of probes and scrapers."""
        began = time.perf_counter()
        answer = await call_next(request)
        if request.url.path not in QUIET:
            ms = round((time.perf_counter() - began) * 1000, 1)
            route = getattr(request.scope.get("route"), "path", "(none)")
            log.info(
                "request", method=request.method, route=route, status=answer.status_code, ms=ms
            )
        return answer

    @app.get("/livez")
    async def alive() -> dict[str, str]:
        """The process answers."""
        return {"service": health.service, "status": "alive"}

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        """Whether Kafka and PostgreSQL are there; 503 with the reasons if not."""
        status = 503 if health.missing else 200
        return JSONResponse({"service": health.service, "missing": health.missing}, status)

    @app.get("/metrics")
    async def metrics() -> Response:
        """Metrics in Prometheus' text format."""
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @app.exception_handler(Unprocessable)
    async def refused(request: Request, error: Exception) -> JSONResponse:
        """A command that can not be done, with the sentence that says why."""
        return JSONResponse({"error": str(error)}, 422)

    @app.exception_handler(Unavailable)
    async def unavailable(request: Request, error: Exception) -> JSONResponse:
        """Come again later."""
        return JSONResponse({"error": str(error)}, 503, {"Retry-After": "5"})

    return app


def guard(token: SecretStr | None) -> Callable[[str], None]:
    """The check of the hub's token, as a dependency of routes that take commands."""

    def check(authorization: Annotated[str, Header()] = "") -> None:
        """Let only those in who know the token."""
        if token is None or not token.get_secret_value():
            raise HTTPException(403, "没有配置 HUB_API_TOKEN，接口未开放")
        scheme, _, given = authorization.partition(" ")
        is_known = compare_digest(given.strip().encode(), token.get_secret_value().encode())
        if scheme.lower() != "bearer" or not is_known:
            raise HTTPException(401, "令牌不正确", {"WWW-Authenticate": "Bearer"})

    return check


def make_server(app: FastAPI, host: str, port: int) -> tuple[Server, socket.socket]:
    """A server and the socket it will listen on; raises WrongSettings if the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise WrongSettings(
            f"port {port} of {host} can not be had ({error.strerror}): end the program that holds "
            "it, or set HUB_<SERVICE>_HTTP_PORT and HUB_HTTP_HOST"
        ) from None
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    return Server(config), listener
