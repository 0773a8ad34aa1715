"""The demonstration street, and catalogues of a row or two, for the tests of reference."""

from pathlib import Path

from services.reference.ground import Estate, Ground, load_ground

GROUND: Ground = load_ground()
ESTATE: Estate = GROUND.estates[0]
HEADER = "code,name,standard,scene,severity,mode,lead,words"
LAMP = "94001,路灯,local,便民服务,low,马上办,物业,路灯|灯不亮"


def written(folder: Path, *rows: str) -> Path:
    """A catalogue of these rows."""
    path = folder / "catalogue.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return path
