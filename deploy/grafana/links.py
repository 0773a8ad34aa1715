"""Ways from a dashboard to another, and from an incident to its case."""

from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import DashboardLinkType

TAG = "事件枢纽"
INCIDENT = "事件"
"""The column that holds the id of an incident."""
PAGE = "http://127.0.0.1:8104"
"""Where a browser on this machine finds the hub's page."""
PAGE_SETTING = "hub.page"
"""What says otherwise: a setting of the dashboards' role in PostgreSQL (HUB_PAGE in compose)."""


def to_incident() -> list[dict[str, Any]]:
    """From the id of an incident to its road, and to its case on the hub's page."""
    return [
        {"title": "这件事的全程", "url": "/d/hub-road?var-incident=${__value.raw}"},
        {
            "title": "案件（枢纽页面，需令牌）",
            "url": "${page:raw}/?case=${__value.raw}",
            "targetBlank": True,
        },
    ]


def to_rates(level: str) -> list[dict[str, Any]]:
    """From the code of an area to the rates of what lies in it."""
    address = f"/d/hub-rectification?var-{level}=${{__value.raw}}"
    return [{"title": "只看这里的整改", "url": address}]


def to_others() -> dashboard.DashboardLink:
    """From each dashboard to all others; what was chosen comes along."""
    link = dashboard.DashboardLink("其他看板").type(DashboardLinkType.DASHBOARDS).tags([TAG])
    return link.include_vars(include_vars=True).keep_time(keep_time=True)
