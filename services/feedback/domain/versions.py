"""Which version of a case somebody saw (页面版本): as long as it is the same, a step may act on it.

What joins or is answered meanwhile, such as a further voice, does not make a page old; what a
step decides about does.
"""

from hashlib import blake2b

from services.feedback.domain.case import Case

STALE = "案件在您打开页面之后已有变化，请刷新后再操作"


def version_of(case: Case) -> str:
    """16 hexadecimal digits that change with whatever a step acts on."""
    asked = (case.request.asked, case.request.by) if case.request else ()
    seen = (
        case.state.value,
        case.round,
        case.worker_id,
        case.confirmed,
        case.category.code,
        case.severity.value,
        case.kind.value,
        case.extensions,
        case.suspensions,
        case.rework,
        case.reopened,
        *asked,
        *(task.task_id for task in case.tasks),
    )
    return blake2b("\n".join(map(str, seen)).encode(), digest_size=8).hexdigest()


def is_old(seen: str, case: Case) -> bool:
    """Whether somebody acts on what is no longer so; who does not say what they saw may act."""
    return bool(seen) and seen != version_of(case)
