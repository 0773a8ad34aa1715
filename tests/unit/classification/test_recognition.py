"""What a report is about."""

import pytest

from schemas.incident import Kind, Severity
from schemas.report import Source
from services.classification.domain.recognition import (
    UNRECOGNISED,
    Opinion,
    Said,
    recognise,
    said_in,
)
from tests.unit.classification.cases import CATALOGUE, LAMP, LANE, RECOGNISER, report, thought_of

SMALL_TALK = "今天天气不错，大家早上好"


def code(opinion: Opinion) -> str | None:
    return opinion.entry.code if opinion.entry else None


def read(text: str, channel: str = "hotline") -> Opinion:
    (reading,) = RECOGNISER.read([Said(text, channel=channel)])
    return reading.opinion


def test_the_words_that_spoke_for_it_stand_in_the_reason() -> None:
    opinion = read("有车停在消防通道上，救护车进不来")
    assert code(opinion) == LANE
    assert "消防" in opinion.reasons[0] and "占用消防通道" in opinion.reasons[0]
    assert len(opinion.candidates) == 3


def test_the_hint_of_a_source_wins_over_all_words() -> None:
    opinion = thought_of(report("路灯坏了", "路灯", hint=LANE))
    assert (code(opinion), opinion.confidence) == (LANE, 0.95)
    assert opinion.reasons == (f"来源已注明类别 {LANE}（占用消防通道）",)


def test_an_unknown_hint_is_no_hint() -> None:
    assert code(thought_of(report("小区里的路灯坏了三天，晚上一片黑", hint="00000"))) == LAMP


def test_a_text_that_is_little_else_than_a_word_of_the_catalogue_is_that() -> None:
    opinion = thought_of(report("高空抛物", source=Source.CAMERA))
    assert code(opinion) == "91001" and opinion.reasons == ("写明“高空抛物”，归入高空抛物",)


def test_chat_that_names_nothing_reports_nothing() -> None:
    opinion = thought_of(report(SMALL_TALK, source=Source.WECHAT))
    assert opinion.entry is None and not opinion.is_unsure
    assert opinion.severity(express=False) is Severity.LOW
    with pytest.raises(ValueError, match="no category"):
        _ = opinion.category


def test_chat_by_the_express_lane_is_never_dismissed() -> None:
    opinion = thought_of(report(SMALL_TALK, source=Source.WECHAT, express=True))
    assert opinion.entry is not None and not opinion.is_unsure
    assert opinion.severity(express=True) is Severity.DANGER


@pytest.mark.parametrize(
    "source", [each for each in Source if each not in {Source.WECHAT, Source.CAMERA}]
)
def test_whatever_is_no_chat_is_answered_though_it_reports_nothing(source: Source) -> None:
    opinion = thought_of(report(SMALL_TALK, source=source))
    assert code(opinion) == UNRECOGNISED
    assert opinion.kind is Kind.REQUEST and not opinion.is_report


def test_a_hazard_is_no_request() -> None:
    assert read("有车停在消防通道上，救护车进不来").kind is Kind.HAZARD
    assert read("小区里的路灯坏了三天，晚上一片黑").kind is Kind.REQUEST


def test_the_category_travels_as_the_catalogue_has_it() -> None:
    category, entry = read("小区里的路灯坏了三天，晚上一片黑").category, CATALOGUE.entries[LAMP]
    told = (category.code, category.name, category.scene, category.standard)
    assert told == (LAMP, entry.name, entry.scene, entry.standard)


@pytest.mark.parametrize(
    "text",
    [
        "我们小区没有噪音扰民",
        "楼道里没有堆物，通道畅通",
        "巡查未发现占道经营，秩序良好",
        "谢谢关心，我家没有漏水",
        "我们这里没有违建，也没有积水",
        "楼上不漏水了",
        "小区禁止高空抛物",
        "大家不要乱扔垃圾哈",
    ],
)
@pytest.mark.parametrize("channel", ["hotline", "wechat", "patrol", ""])
def test_what_is_denied_is_no_hazard(text: str, channel: str) -> None:
    opinion = read(text, channel)
    assert not opinion.is_report and opinion.kind is Kind.REQUEST
    assert (opinion.entry is None) == (channel == "wechat")


@pytest.mark.parametrize(
    "text",
    [
        "请问消防通道占用归谁管",
        "咨询一下高空抛物怎么处罚",
        "想问哈飞线充电归哪个部门管",
        "违建是由谁负责认定？",
        "什么算高空抛物",
    ],
)
@pytest.mark.parametrize("channel", ["hotline", "wechat"])
def test_who_only_asks_reports_no_hazard_and_is_answered(text: str, channel: str) -> None:
    opinion = read(text, channel)
    assert opinion.is_mention and opinion.kind is Kind.REQUEST
    assert code(opinion) == UNRECOGNISED and "一般询问" in opinion.reasons[-1]


@pytest.mark.parametrize(
    "text",
    [
        "楼下天天吵到半夜，没有人管噪音扰民",
        "楼道垃圾没有人清运，臭得很",
        "请问我们小区消防通道一直被车堵到，归谁管？",
        "我们楼栋没有灭火器，消火栓也坏了",
        "反映过的占道经营没有解决，还是老样子",
        "路面没积水但下水道已经堵死了，请来疏通",
        "水不漏了，墙还是烂的，麻烦来修",
        "写着禁止乱扔垃圾的地方垃圾堆成山了",
    ],
)
def test_what_is_missing_or_unsolved_or_asked_about_here_and_now_stays_a_report(text: str) -> None:
    opinion = read(text)
    assert opinion.is_report and not opinion.is_mention


STRANGE = {
    "empty": "",
    "spaces": " \n\t ",
    "emoji": "😀" * 25_000,
    "traditional": "樓道裡有人給電動車充電，飛線從窗戶拉下來",
    "pinyin": "xiaofang tongdao bei che du le",
    "english": "Cars are blocking the fire lane next to building three",
    "dialect": "楼上那家人硬是天天半夜三更打麻将，吵得人瞌睡都睡不着",
    "advert": "专业疏通下水道 开锁换锁 二十四小时上门 电话同微信",
    "wall": "噪音扰民" * 4_000,
    "controls": "\x01\x02\ud800占道",
}


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("channel", ["hotline", "wechat", ""])
def test_no_text_is_too_strange(name: str, channel: str) -> None:
    opinion = read(STRANGE[name], channel)
    assert 0.0 <= opinion.confidence <= 1.0 and opinion.reasons


@pytest.mark.parametrize("name", ["empty", "spaces", "emoji", "pinyin", "english", "wall"])
def test_what_the_model_can_not_read_is_no_report_or_unsure(name: str) -> None:
    opinion = read(STRANGE[name], "wechat")
    assert not opinion.is_report or opinion.is_unsure


def test_traditional_characters_are_read_like_simplified_ones() -> None:
    plain = "楼道里有人给电动车充电，飞线从窗户拉下来"
    assert read(STRANGE["traditional"]) == read(plain)
    assert code(read(plain)) == "91002"


def test_danger_is_never_unsure() -> None:
    (reading,) = RECOGNISER.read([Said("help, smoke everywhere", alarming="smoke")])
    assert reading.opinion.is_danger and not reading.opinion.is_unsure
    assert reading.opinion.severity(express=False) is Severity.DANGER


def test_a_word_of_the_danger_lexicon_is_danger_whatever_lane_it_came_by() -> None:
    said = report("楼道里闻到燃气味", source=Source.WECHAT)
    assert not said.express and said_in(said).alarming == "燃气味"
    harmless = RECOGNISER.read([Said("今天天气不错", channel="wechat")])[0].verdict
    opinion = recognise(said_in(said), harmless, RECOGNISER.book)
    assert opinion.is_danger and any("燃气味" in each for each in opinion.reasons)
    device = report("烟雾", source=Source.CAMERA, hint=LANE)
    assert said_in(device).alarming == ""
