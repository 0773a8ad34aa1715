"""What Kafka needs for TLS, logins and ACLs: certificates, passwords, and one script."""

from collections.abc import Iterator
from pathlib import Path
from shlex import join

from deploy.secure.acls import LOGINS, acls
from deploy.secure.certificates import authority, signed
from deploy.secure.passwords import password, write

BROKER, ADMIN = "kafka", "hub-admin"
PLACE = "/run/secrets"
"""Where the engine mounts these files in Kafka's container."""
ADMIN_PROPERTIES = f"""\
security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location={PLACE}/kafka_admin.pem
ssl.truststore.type=PEM
ssl.truststore.location={PLACE}/kafka_ca.pem
"""


def make(folder: Path, hosts: tuple[str, ...]) -> list[str]:
    """Write what is missing; returns the names. Certificates are made together or not at all."""
    files = {} if (folder / "kafka_ca.pem").exists() else dict(_certificates(hosts))
    for login in LOGINS:
        files[f"kafka_{login}"] = password()
    written = [name for name, text in files.items() if write(folder / name, text)]
    passwords = {login: (folder / f"kafka_{login}").read_text() for login in LOGINS}
    (folder / "kafka_logins.sh").unlink(missing_ok=True)
    write(folder / "kafka_logins.sh", "\n".join(script(passwords)) + "\n")
    return written


def _certificates(hosts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    root = authority("event-hub")
    yield "kafka_ca.pem", root.pem
    yield "kafka_server.pem", signed(root, BROKER, hosts).pem_with_key
    yield "kafka_admin.pem", signed(root, ADMIN).pem_with_key
    yield "kafka_admin.properties", ADMIN_PROPERTIES


def script(passwords: dict[str, str]) -> Iterator[str]:
    """Lines of a shell script that makes every login and permission; it may run again."""
    yield "set -eu"
    yield 'tool() { "/opt/kafka/bin/kafka-$1.sh" --bootstrap-server "$KAFKA_ADMIN_ADDRESS" \\'
    yield f'  --command-config {PLACE}/kafka_admin.properties "${{@:2}}" >/dev/null; }}'
    for login, secret in passwords.items():
        config = f"SCRAM-SHA-512=[password={secret}]"
        arguments = ["--alter", "--add-config", config, "--entity-type", "users"]
        yield join(["tool", "configs", *arguments, "--entity-name", login])
    for acl in acls():
        yield join(["tool", "acls", *acl.arguments])
