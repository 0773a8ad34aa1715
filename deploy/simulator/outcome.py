"""The counts of a replay, and the rectification rate."""

from deploy.simulator.fates import Fate, Wait
from deploy.simulator.ledger import Ledger
from deploy.simulator.replay import Replay


def outcome(replay: Replay, wait: Wait) -> dict[str, object]:
    """The counts of a replay, for people and machines."""
    ledger = replay.ledger
    ours = [each for each in ledger.reports.values() if each.origin in ledger.sent]
    fates = [each.fate for each in ours]
    incidents = ledger.opened()
    heard = {each.origin for each in ours}
    lost = replay.lost()
    return {
        "sent": len(ledger.sent),
        "received": len(ours),
        "updated": len((ledger.updated & set(ledger.sent)) - heard),
        "silent": len(ledger.silent - heard - ledger.updated),
        "incidents": len(incidents),
        "merged": fates.count(Fate.MERGED),
        "dismissed": fates.count(Fate.DISMISSED),
        "in_review": fates.count(Fate.IN_REVIEW),
        "dispatched": sum(bool(each.dispatched_at) for each in incidents),
        "closed": sum(bool(each.closed_at) for each in incidents),
        "withdrawn": sum(each.withdrawn for each in incidents),
        "dead_letters": sum(origin in ledger.sent for origin in ledger.dead),
        "refused_steps": ledger.refused_steps,
        "lost": len(lost),
        "lost_records": [f"{ledger.labels[each]} ({each})" for each in lost[:20]],
        "waited_for": wait.value,
        "rectification_rate": rectification_rate(ledger),
        "seconds": round(replay.seconds, 3),
    }


def rectification_rate(ledger: Ledger) -> float | None:
    """整改率: checked and passed / due to be rectified; requests and false alarms are not due."""
    due = [
        each
        for each in ledger.opened()
        if each.kind != "request"
        and not each.withdrawn
        and each.outcome not in ("withdrawn", "false_alarm")
    ]
    return round(sum(each.passed for each in due) / len(due), 4) if due else None
