"""A query as Grafana would send it: its macros and variables filled in."""

import re
from datetime import datetime

BUCKET = 300
"""Seconds of an interval, where Grafana would choose it by the width of the panel."""


def filled(text: str, since: datetime, until: datetime, **chosen: str) -> str:
    """A query of everything between two moments, unless something is chosen by its variable."""
    span = f"BETWEEN '{since.isoformat()}' AND '{until.isoformat()}'"
    text = re.sub(r"\$__timeFilter\(([\w.]+)\)", rf"\1 {span}", text)
    bucket = rf"floor(extract(epoch FROM \1) / {BUCKET}) * {BUCKET}"
    text = re.sub(r"\$__timeGroup\(([\w.]+), \$__interval\)", bucket, text)
    incident = chosen.pop("incident", "")
    text = text.replace("${incident:sqlstring}", f"'{incident}'")
    given = {"period": "day", "level": "community"} | chosen
    return re.sub(r"\$(\w+)", lambda found: given.get(found[1], "'*'"), text)
