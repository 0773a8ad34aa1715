"""The household register (住户底册): optional, encrypted, no more than evacuation and care need.

A household is its micro-grid, its door, how many live there, what care they need, and whether
they agreed to be visited. No name, no number of a person or a phone has a column. It is no part
of a ground: one file a community, each sealed with AES-256-GCM under a key that never lies
beside it; whoever opens it says who he is and what for, and that is written down.
"""

import csv
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.reference.ground.codes import CodeError, Level, at_level, canonical, level_of
from services.reference.ground.errors import GroundError
from services.reference.ground.tables import read_table

COLUMNS = ("code", "door", "size", "care", "consent")
CHINESE = {
    "编码": "code",
    "门牌": "door",
    "人数": "size",
    "照护需要": "care",
    "同意走访": "consent",
}
CARE = ("独居老人", "行动不便", "婴幼儿", "孕产妇", "需要用药", "听力障碍", "视力障碍", "其他")
MOST = 30
"""People in one household; beyond it a number was mistyped."""
LONGEST_DOOR = 40
DIGITS_OF_A_NUMBER = 7
"""So many digits in a row are a telephone or an identity number: no door has them."""
YES = {"1": True, "是": True, "0": False, "否": False}
SUFFIX = ".sealed"
ACCESS = "access.csv"
ACCESS_COLUMNS = ("when", "who", "purpose", "code", "households")
NONCE = 12


class Purpose(StrEnum):
    """What the register may be opened for."""

    EVACUATION = "疏散"
    VISIT = "关爱走访"


@dataclass(frozen=True, slots=True)
class Household:
    """One household. `code` is its micro-grid (18 digits), `door` building, unit and room."""

    code: str
    door: str
    size: int
    care: tuple[str, ...] = ()
    consent: bool = False


def new_key() -> str:
    """A key, as text."""
    return urlsafe_b64encode(AESGCM.generate_key(256)).decode()


def read_households(path: Path) -> list[Household]:
    """The households of a CSV; raises GroundError naming each line that is wrong."""
    found, faults = [], []
    for line, row in read_table(path, ("code", "door", "size"), CHINESE):
        try:
            found.append(_household(row))
        except (GroundError, CodeError) as error:
            faults.append(f"{path.name} 第 {line} 行：{error}")
    if faults:
        raise GroundError("\n".join(faults))
    return found


def _household(row: dict[str, str]) -> Household:
    code, door = canonical(row["code"]), row["door"].strip()
    if level_of(code) is not Level.MICRO_GRID:
        raise GroundError(f"{code} 不是微网格（18 位）：请写住户所在的微网格编码。")
    if not door or len(door) > LONGEST_DOOR or _has_number(door):
        raise GroundError("门牌只写楼栋、单元、房号，不写姓名、电话和证件号。")
    if not (row["size"].isdecimal() and 0 < int(row["size"]) <= MOST):
        raise GroundError(f"人数是 {row['size']!r}：请写 1 到 {MOST} 的整数。")
    care = tuple(filter(None, row.get("care", "").split("|")))
    unknown = [each for each in care if each not in CARE]
    if unknown:
        raise GroundError(f"照护需要 {unknown[0]!r} 不认识：请从 {'、'.join(CARE)} 中选。")
    agreed = YES.get(row.get("consent", "") or "0")
    if agreed is None:
        raise GroundError(f"同意走访是 {row['consent']!r}：请写 1 或 0。")
    return Household(code, door, int(row["size"]), care, agreed)


def _has_number(door: str) -> bool:
    digits = 0
    for character in door:
        digits = digits + 1 if character.isdigit() else 0
        if digits >= DIGITS_OF_A_NUMBER:
            return True
    return False


class HouseholdRegister:
    """The sealed files of a directory. Raises GroundError for a key that is none."""

    def __init__(self, directory: Path, key: str) -> None:
        self._directory = directory
        try:
            self._cipher = AESGCM(urlsafe_b64decode(key))
        except ValueError as error:
            raise GroundError(
                "住户底册的密钥不对：用 hub household key 生成，放进 HUB_HOUSEHOLD_KEY。"
            ) from error

    def replace(self, households: Iterable[Household]) -> int:
        """Take the households of whole micro-grids: what was known of these is replaced.

        Returns how many there are now in the communities concerned.
        """
        fresh: dict[str, list[Household]] = {}
        for each in households:
            fresh.setdefault(at_level(each.code, Level.COMMUNITY), []).append(each)
        total = 0
        for community, those in fresh.items():
            replaced = {each.code for each in those}
            kept = [each for each in self._opened(community) if each.code not in replaced]
            merged = sorted([*kept, *those], key=lambda each: (each.code, each.door))
            self._seal(community, merged)
            total += len(merged)
        return total

    def open(self, code: str, purpose: Purpose, who: str, when: datetime) -> list[Household]:
        """The households of a community, grid or micro-grid, for a purpose; the access is noted.

        A visit sees only those who agreed and need care. Raises GroundError for a code above a
        community: nobody needs more at once.
        """
        community = at_level(canonical(code), Level.COMMUNITY)
        if not community:
            raise GroundError(f"{code} 范围太大：住户底册只能按社区、网格或微网格打开。")
        if not who.strip():
            raise GroundError("打开住户底册要写明经办人工号。")
        found = [each for each in self._opened(community) if each.code.startswith(canonical(code))]
        if purpose is Purpose.VISIT:
            found = [each for each in found if each.consent and each.care]
        self._note((when.isoformat(), who, purpose, code, len(found)))
        return found

    def _opened(self, community: str) -> list[Household]:
        path = self._directory / f"{community}{SUFFIX}"
        if not path.is_file():
            return []
        sealed = path.read_bytes()
        try:
            text = self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], community.encode())
        except InvalidTag as error:
            raise GroundError(f"{path.name} 打不开：密钥不对，或文件被改过、换过名。") from error
        return [Household(**{**each, "care": tuple(each["care"])}) for each in orjson.loads(text)]

    def _seal(self, community: str, households: Sequence[Household]) -> None:
        """The community's code is sealed in: a file that is renamed does not open."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        nonce = os.urandom(NONCE)
        text = orjson.dumps([asdict(each) for each in households])
        fresh = self._directory / f".{community}.coming"
        fresh.touch(mode=0o600)
        fresh.write_bytes(nonce + self._cipher.encrypt(nonce, text, community.encode()))
        fresh.replace(self._directory / f"{community}{SUFFIX}")

    def _note(self, row: Sequence[object]) -> None:
        path = self._directory / ACCESS
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            if is_new:
                writer.writerow(ACCESS_COLUMNS)
            writer.writerow(row)
