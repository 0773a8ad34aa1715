"""`hub review`, `hub dismissed`, `hub recategorise`, against what a service answers."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner

from services.classification.adapters.recogniser.corpus import read_reports
from services.cli.main import app
from services.reference.catalogue import load_catalogue

RUNNER = CliRunner()
LABELS = [
    {"id": 1, "text": "楼道堆\n满纸箱", "channel": "wechat", "code": "91003", "danger": False},
    {"id": 2, "text": "大家早", "channel": "wechat", "code": "", "danger": False},
    {"id": 3, "text": "占道。摆摊", "channel": "", "code": "09006", "danger": False},
]


class Service(BaseHTTPRequestHandler):
    """Answers like classification, and remembers what it was told."""

    told: ClassVar[list[tuple[str, dict[str, Any], str, str]]] = []

    def do_GET(self) -> None:
        after = self.path.endswith("after=0")
        self._answer(200, LABELS if after else [])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token, name = self.headers["Authorization"], self.headers["Idempotency-Key"]
        self.told.append((self.path, body, token, name))
        if body.get("thread") == "t:gone":
            self._answer(422, {"error": "这条诉求不在待复核之列"})
        else:
            self._answer(200, {"events": ["hub.review.answered.v1"], "incident_id": "I1"})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Service]]:
    """A service on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    Service.told.clear()
    monkeypatch.setenv("HUB_CLASSIFICATION_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", "nowhere:1")
    monkeypatch.setenv("HUB_POSTGRES_DSN", "postgresql://nowhere/hub")
    monkeypatch.setenv("HUB_API_TOKEN", "secret")
    yield Service
    server.shutdown()
    server.server_close()


def test_an_answer_goes_to_the_service_with_token_and_an_id_of_its_own(
    service: type[Service],
) -> None:
    command = ["review", "answer", "t:1", "--code", "09012", "--by", "S-7", "--json"]
    first, second = RUNNER.invoke(app, command), RUNNER.invoke(app, command)
    assert first.exit_code == second.exit_code == 0, first.output
    assert json.loads(first.stdout)["incident_id"] == "I1"
    path, body, token, name = service.told[0]
    assert (path, token) == ("/api/v1/reviews/answers", "Bearer secret")
    assert body == {"thread": "t:1", "code": "09012", "reviewer": "S-7", "note": ""}
    assert name != service.told[1][3]


def test_a_refusal_is_the_services_own_sentence(service: type[Service]) -> None:
    done = RUNNER.invoke(app, ["review", "answer", "t:gone", "--by", "S-7"])
    assert done.exit_code == 1 and "这条诉求不在待复核之列" in done.stderr


def test_what_people_said_is_written_as_the_training_reads_it(
    service: type[Service], tmp_path: Path
) -> None:
    out = tmp_path / "said.csv"
    done = RUNNER.invoke(app, ["review", "export", "--out", str(out), "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["rows"] == 3
    rows = read_reports(out, load_catalogue().entries)
    assert [(each.code, each.text.channel) for each in rows] == [
        ("91003", "wechat"),
        ("", "wechat"),
        ("09006", "patrol"),
    ]


def test_chat_is_brought_back_and_a_category_put_right(service: type[Service]) -> None:
    for command in (
        ["dismissed", "restore", "wechat_group:1", "--by", "S-7"],
        ["recategorise", "I1", "--code", "06036", "--by", "S-7", "--reason", "看错"],
    ):
        assert RUNNER.invoke(app, command).exit_code == 0
    assert [path for path, *_ in service.told] == [
        "/api/v1/dismissed/restorations",
        "/api/v1/incidents/I1/category",
    ]
