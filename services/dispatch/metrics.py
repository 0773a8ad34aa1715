"""What dispatch measures beside the kernel's figures."""

from prometheus_client import Counter, Gauge

NOBODY = Counter(
    "hub_dispatch_nobody", "Incidents that went to a duty desk because nobody was on duty"
)
HOLES = Gauge(
    "hub_dispatch_holes",
    "Open incidents without a person, a clock or a reason to wait",
    ["problem"],
)
MENDED = Counter("hub_dispatch_mended", "Holes that the auditor has closed", ["problem"])
HANDED_OVER = Counter("hub_dispatch_handed_over", "Incidents handed over at a change of shift")
PEOPLE = Gauge("hub_dispatch_people", "People in the roster in use; 0 without a roster")
SURGE = Gauge(
    "hub_dispatch_surge", "1 while more comes in a street than people are free", ["street"]
)
SURGE_DEMAND = Gauge(
    "hub_dispatch_surge_demand", "What is to be done at once there and is not done", ["street"]
)
SURGE_FREE = Gauge("hub_dispatch_surge_free", "People on duty and free there", ["street"])
BATCHED = Counter("hub_dispatch_batched", "Incidents that were assigned with others in a surge")
ROSTER_GAPS = Gauge(
    "hub_dispatch_roster_gaps", "Gaps in the roster ahead; 0 without a roster", ["within"]
)
