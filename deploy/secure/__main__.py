"""`python -m deploy.secure FOLDER`: write the secrets that are missing there."""

import argparse
from pathlib import Path

from deploy.secure import kafka, passwords


def main() -> None:
    """Write what is missing, and say what it was."""
    parser = argparse.ArgumentParser(description="写出缺少的口令、密钥和证书；已有的不动。")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--postgres", default="postgres:5432", help="host:port")
    parser.add_argument("--kafka", action="store_true", help="also for Kafka with TLS and logins")
    parser.add_argument("--kafka-host", nargs="+", default=["kafka", "localhost"])
    given = parser.parse_args()
    written = passwords.make(given.folder, given.postgres)
    if given.kafka:
        written += kafka.make(given.folder, tuple(given.kafka_host))
    print(f"{given.folder}: {', '.join(written) or '什么也不缺'}")


if __name__ == "__main__":
    main()
