"""What a case has to show for itself so far, against the condition of its category."""

from schemas.dispatch import Level
from schemas.worker import Action, StepReported
from services.feedback.domain.case import Case
from services.feedback.domain.closing import Closing, Needed


def incomplete(case: Case, said: StepReported, closing: Closing) -> str | None:
    """Why a case can not be disposed of, or pass a check; None if it can, or fails the check."""
    if said.action is Action.CHECK and not said.passed:
        return None
    condition = closing.of(case.category, case.kind)
    missing = condition.lacks(_shown(case, said), _confirmed(case, said))
    if not missing:
        return None
    version = f"（版本 {closing.version}）" if closing.version else ""
    lacking = f"还缺{'、'.join(missing)}，请补齐后再报"
    return f"{case.category.name}的结案条件是“{condition.name}”{version}：{lacking}"


def _shown(case: Case, said: StepReported) -> set[str]:
    """Values of Needed; the measure was told with the disposal."""
    found = {*case.shown, *(each.shows for each in said.evidence)}
    if said.note.strip() or said.action is Action.CHECK:
        found.add(Needed.MEASURE)
    return found


def _confirmed(case: Case, said: StepReported) -> set[str]:
    """The units whose word there is: which has the case, which did a task, which is named."""
    found = {*case.confirmations, said.confirmed_by.strip()}
    sending = case.sending
    if sending and sending.level is Level.DEPARTMENT:
        found |= {sending.unit, sending.lead_unit}
    return found - {""}
