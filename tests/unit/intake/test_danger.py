"""What goes by the express lane beside its words."""

from schemas.report import Source
from services.intake.domain.danger import is_alarming


def test_a_thrown_object_seen_by_a_camera_is_express_and_a_parked_car_is_not() -> None:
    assert is_alarming(Source.CAMERA, "91001")
    assert not is_alarming(Source.CAMERA, "09009")
    assert not is_alarming(Source.WORKER, "91001")
