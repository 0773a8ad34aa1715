"""What people of the invented street say. All texts are made up; nobody in them exists.

`{place}` is an estate and a building, `{estate}` the estate alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as the hotline hears it and as neighbours write of it; `kind` is the ticket's."""

    kind: str
    subject: str
    text: str
    chat: str = ""


MATTERS = (
    Matter(
        "投诉",
        "{place}高空抛物",
        "{place}楼上经常有人往下扔东西，今天早上掉下来一个花盆，差一点砸到过路的老人，请尽快来查。",
        "{place}楼上又甩东西下来了，一个玻璃瓶碎在门口，大家走路看着点，麻烦物业调下监控",
    ),
    Matter(
        "投诉",
        "{place}消防通道被占",
        "{place}旁边的消防通道长期停着私家车，消防车根本进不来，请来处理。",
        "{place}消防通道又被车堵死了，哪个的车麻烦挪一下嘛",
    ),
    Matter(
        "举报",
        "{place}电瓶车进楼充电",
        "{place}有人把电瓶车推进电梯，放在过道里飞线充电，晚上很危险。",
        "{place}楼道里又有人给电瓶车充电，线从窗户拉下来的",
    ),
    Matter(
        "求助",
        "{estate}垃圾堆放无人清理",
        "{place}门口的垃圾堆了三天没有人收，天热味道很大，苍蝇多。",
        "{place}垃圾桶满了都没人收，臭得很",
    ),
    Matter(
        "投诉",
        "{estate}夜间施工扰民",
        "{estate}旁边的工地晚上十一点还在打桩，吵得老人小孩睡不着。",
        "{estate}旁边工地又在夜间施工，哪个管一下",
    ),
    Matter(
        "求助",
        "{place}路灯不亮",
        "{place}前面的路灯坏了一个星期，晚上看不清路，老人摔过一次。",
        "{place}门口路灯又黑了",
    ),
    Matter(
        "求助",
        "{place}井盖破损",
        "{place}前面人行道上有一个井盖破了，缺了一半，怕有人踩下去。",
        "{place}前面井盖烂了，走路小心",
    ),
    Matter(
        "投诉",
        "{estate}广场舞噪音",
        "{estate}大门口每天晚上跳广场舞，音响开得很大，请协调一下音量和时间。",
        "",
    ),
    Matter(
        "咨询",
        "咨询{estate}加装电梯政策",
        "我住在{estate}，想问一下老楼加装电梯有什么补贴，要准备哪些材料，到哪里办理？",
        "",
    ),
    Matter(
        "建议",
        "建议{estate}增设非机动车棚",
        "{estate}电瓶车越来越多，建议在空地上建一个带充电桩的车棚。",
        "",
    ),
    Matter(
        "投诉",
        "{estate}门口占道经营",
        "{estate}大门口有流动摊贩占道经营，早上堵得车都过不去。",
        "{estate}门口摊子又摆到路中间了",
    ),
    Matter(
        "求助",
        "{place}天然气味道大",
        "{place}楼道里闻到很浓的天然气味道，怀疑燃气泄漏，请马上派人来！",
        "{place}楼道里好大的天然气味，是不是漏气了？快来人看一下！",
    ),
    Matter(
        "求助",
        "{place}电梯困人",
        "{place}电梯卡在中间，有两个人被困在电梯里面，请马上派人！",
        "{place}电梯困人了，里面有两个人，物业快来！",
    ),
)

CHAT = (
    "今天的菜好新鲜，谢谢分享",
    "收到",
    "周末有没有人一起去爬山",
    "[微笑]",
    "谁家的猫跑到我们单元门口了，好可爱",
    "快递放哪里了呀",
    "早上好，大家",
    "哈哈哈",
    "晚上小区放电影，有人去看吗",
    "好的，谢谢网格员",
)

URGINGS = (
    "已经反映过了，怎么还没有人来？",
    "请问处理到哪一步了，能不能快一点。",
    "情况比之前更严重了。",
)
CALLERS = ("赵某某", "钱某某", "孙某某", "李某某", "周某某", "吴某某")
