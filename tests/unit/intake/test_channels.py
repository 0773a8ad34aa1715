"""Each channel, by HTTP and by topic: the same words become the same report."""

from typing import Any

import orjson
import pytest

from schemas.report import Source
from services.intake.adapters.channels import CHANNELS
from services.intake.adapters.channels.rows import dig
from services.intake.adapters.ears import Ears
from services.intake.adapters.envelope import Letter
from services.intake.adapters.pseudonyms import KeyedPseudonyms
from services.intake.adapters.reader import Reception
from services.intake.adapters.register import load_register
from services.intake.domain.submission import Statement, Submission
from services.intake.ports import BadField, Post
from tests.unit.intake.records import GROUND, VAULT, record

REGISTER = load_register()
MESSAGES = "upstream.messages"
MIXED = (
    "<MsgType>mixed</MsgType><MixedMessage><MsgItem><MsgType>text</MsgType>"
    "<Text><Content>堆物</Content></Text></MsgItem>"
    "<MsgItem><Image><ImageUrl>http://p/2</ImageUrl></Image></MsgItem></MixedMessage>"
)


def reception() -> Reception:
    """A reception with the register that is shipped."""
    return Reception(lambda: GROUND, KeyedPseudonyms("k"), VAULT, lambda: REGISTER, Ears())


def said(source: str, body: Any) -> list[Statement]:
    """What a source says, still in clear."""
    origin = REGISTER.by_id[source]
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return CHANNELS[origin.channel](Letter("l1", source, "", content, origin=origin))


def table(*rows: Any) -> dict[str, Any]:
    """A table of 报表通."""
    return {"data": {"rows": list(rows)}}


def by_both_ways(source: str, body: Any, topic: str = MESSAGES) -> Submission:
    """What comes of it over HTTP, which is what comes of it over a topic."""
    desk, origin = reception(), REGISTER.by_id[source]
    (posted,) = desk.take_from(Post("p1", "application/json", orjson.dumps(body)), origin)
    (message,) = desk.readers()[topic](record(body, topic, hub__source=source))
    read = message.event
    assert isinstance(read, Submission)
    times = {"received_at", "heard_at", "reported_at"}
    assert posted.model_dump(exclude=times) == read.model_dump(exclude=times)
    return posted


@pytest.mark.parametrize(
    ("source", "body", "kind", "thread", "text"),
    [
        (
            "qixi-caotang",
            {"id": 7, "content": "路灯不亮", "place": {"detail": "云栖一期2栋"}, "openid": "o1"},
            Source.MINI_PROGRAM,
            "mini_program:qixi-caotang:7",
            "路灯不亮",
        ),
        (
            "songxian",
            {"orderNo": "S1", "subject": "漏水", "description": "楼道漏水", "mobile": "x"},
            Source.MINI_PROGRAM,
            "mini_program:songxian:S1",
            "楼道漏水",
        ),
        ("xishu", {"msgid": 7, "text": "垃圾没清"}, Source.PUBLIC, "public:xishu:7", "垃圾没清"),
        (
            "visits",
            {"report_id": "V1", "text": "独居老人需要助餐", "address": "云栖一期2栋"},
            Source.VISIT,
            "visit:visits:V1",
            "独居老人需要助餐",
        ),
        (
            "workers",
            {"report_id": "W1", "text": "井盖破损", "longitude": 104.1, "latitude": 30.67},
            Source.WORKER,
            "collector:workers:W1",
            "井盖破损",
        ),
        (
            "building-heads",
            {"msgtype": "text", "msgid": "m1", "text": {"content": "3栋有人吵架"}},
            Source.WECHAT,
            "wechat_group:building-heads:m1",
            "3栋有人吵架",
        ),
        (
            "group-robot",
            {"msgtype": "text", "msgId": "m1", "text": {"content": "电梯坏了"}, "senderNick": "甲"},
            Source.WECHAT,
            "wechat_group:group-robot:m1",
            "电梯坏了",
        ),
        (
            "open311",
            {
                "request_id": "q1",
                "service_code": "09012",
                "description": "堵住了",
                "address_string": "云栖一期2栋",
            },
            Source.PUBLIC,
            "public:open311:q1",
            "堵住了",
        ),
    ],
)
def test_a_channel_is_the_same_over_http_and_over_its_topic(
    source: str, body: Any, kind: Source, thread: str, text: str
) -> None:
    report = by_both_ways(source, body)
    assert (report.origin, report.source, report.thread, report.text) == (
        source,
        kind,
        thread,
        text,
    )


def test_two_mini_programs_may_count_alike() -> None:
    first = by_both_ways("qixi-caotang", {"id": 1, "content": "a"})
    second = by_both_ways("songxian", {"orderNo": 1, "description": "a"})
    assert first.thread != second.thread


def test_a_record_that_names_nobody_is_of_who_usually_speaks_there() -> None:
    desk = reception()
    body = {"source": "wechat_group", "message_id": "m1", "text": "漏水了"}
    (message,) = desk.readers()[MESSAGES](record(body, MESSAGES))
    assert isinstance(message.event, Submission) and message.subject == "wechat_group:m1"
    assert message.event.origin == "building-heads" and "building-heads" in desk.ears.at


def test_a_record_of_a_source_that_is_not_registered_is_refused_by_name() -> None:
    body = {"source": "public", "text": "a"}
    with pytest.raises(BadField, match="hub-source：没有登记"):
        reception().readers()[MESSAGES](record(body, MESSAGES, hub__source="stranger"))


def test_a_table_is_as_many_reports_as_it_has_rows_and_the_same_rows_are_the_same_reports() -> None:
    rows = [{"编号": f"B{n}", "情况说明": "楼道堆物", "社区": "云栖社区"} for n in range(3)]
    body = table(*rows, {"情况说明": "无编号的一行"})
    first, second = said("report-tables", body), said("report-tables", body)
    assert [each.thread for each in first] == [each.thread for each in second]
    assert len({each.thread for each in first}) == 4
    assert {each.source for each in first} == {Source.TRANSFER}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (table({"情况说明": "a"}, {"编号": "2"}), r"data\.rows\[1\]\.情况说明"),
        (table("a"), r"data\.rows\[0\]"),
        (table(), r"data\.rows"),
        (table(*[{}] * 501), r"data\.rows"),
        ({}, r"data\.rows"),
    ],
)
def test_a_bad_row_is_named_as_the_source_writes_it(body: Any, field: str) -> None:
    with pytest.raises(BadField, match=f"^{field}："):
        said("report-tables", body)


def test_what_nobody_said_in_a_chat_is_heard_and_is_no_report() -> None:
    joined = b"<xml><MsgType>event</MsgType><Event>enter_agent</Event></xml>"
    assert said("building-heads", joined) == []


@pytest.mark.parametrize(
    ("message", "text", "media"),
    [
        ("<MsgType>text</MsgType><Content>灯坏了</Content>", "灯坏了", ()),
        (
            "<MsgType>image</MsgType><PicUrl>http://p/1</PicUrl>",
            "（只有图片，没有文字）",
            ("http://p/1",),
        ),
        (
            "<Label>云栖一期</Label><Location_X>30.6</Location_X><Location_Y>104.1</Location_Y>",
            "云栖一期",
            (),
        ),
        ("<MsgType>voice</MsgType><Recognition>着火了</Recognition>", "着火了", ()),
        (
            MIXED,
            "堆物",
            ("http://p/2",),
        ),
    ],
)
def test_every_kind_of_chat_message_is_handed_on(
    message: str, text: str, media: tuple[str, ...]
) -> None:
    xml = (
        f"<xml><FromUserName>u1</FromUserName><CreateTime>1772424000</CreateTime>"
        f"<MsgId>m9</MsgId><ChatId>chat-demonstration</ChatId>{message}</xml>"
    )
    (found,) = said("building-heads", xml.encode())
    assert (found.text, found.media, found.caller.account) == (text, media, "u1")
    assert found.where.words == "云栖一期楼栋长群"
    assert found.reported_at and found.reported_at.timestamp() == 1772424000


def test_a_path_leads_through_objects_and_lists_and_never_fails() -> None:
    content = {"a": [{"b": 1}, {"b": 2}]}
    assert dig(content, "a.1.b") == 2
    assert [dig(content, each) for each in ("a.9.b", "a.b", "x", "", "a.1.b.c")] == [None] * 5
