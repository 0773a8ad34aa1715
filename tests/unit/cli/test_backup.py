import pytest

from services.cli.backup import _environment


@pytest.mark.parametrize(
    ("dsn", "wanted"),
    [
        ("postgresql://hub:s%40d@db:6432/hub", ("db", "6432", "hub", "s@d", "hub")),
        ("postgresql://hub:x@/hub?host=/run/pg&port=5433", ("/run/pg", "5433", "hub", "x", "hub")),
        ("postgresql://hub:x@db/hub", ("db", "5432", "hub", "x", "hub")),
    ],
)
def test_a_login_goes_by_the_environment_never_by_the_command(
    dsn: str, wanted: tuple[str, ...]
) -> None:
    names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")
    assert _environment(dsn) == dict(zip(names, wanted, strict=True))
