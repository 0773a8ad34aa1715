"""The OpenAPI document of feedback: `python -m services.cli.openapi [--check]`.

It is what the service says of itself under `/openapi.json`, checked in so that a change of the
API is seen where it is reviewed.
"""

import sys
from pathlib import Path
from typing import Any, cast

import services
from schemas.export import as_text
from schemas.flow import Service
from services.feedback.http import make_routers
from services.feedback.http.front import Front
from services.hosting.http import Health, make_app

FOLDER = Path(services.__file__).parents[1] / "docs" / "openapi"


def document() -> dict[str, Any]:
    """What the application of feedback says of itself; nobody is behind it here."""
    nobody = cast("Any", None)
    app = make_app(Health(Service.FEEDBACK))
    for router in make_routers(Front(nobody, nobody, nobody, nobody, nobody, nobody, 0)):
        app.include_router(router)
    return app.openapi()


def stale(folder: Path = FOLDER) -> bool:
    """Whether the document that is checked in is not the one of the code."""
    path = folder / "feedback.json"
    return not path.is_file() or path.read_text(encoding="utf-8") != as_text(document())


def write(folder: Path = FOLDER) -> None:
    """Write the document into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "feedback.json").write_text(as_text(document()), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        write()
    if stale():
        sys.exit(f"{FOLDER} is stale: run 'make contracts'")
