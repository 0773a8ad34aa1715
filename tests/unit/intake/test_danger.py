"""What goes by the express lane beside its words."""

from schemas.report import Source
from services.intake.domain.danger import is_alarming, is_hinted


def test_a_category_of_danger_that_the_source_chose_is_believed_unless_it_is_over() -> None:
    assert is_hinted("91007", "3栋电梯停在半空")
    assert not is_hinted("91007", "电梯困人演练，请知悉")
    assert not is_hinted("09009", "车辆违停") and not is_hinted(None, "电梯停在半空")


def test_a_thrown_object_seen_by_a_camera_is_express_and_a_parked_car_is_not() -> None:
    assert is_alarming(Source.CAMERA, "91001")
    assert not is_alarming(Source.CAMERA, "09009")
    assert not is_alarming(Source.WORKER, "91001")
