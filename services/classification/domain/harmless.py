"""Words by which a teller says that nobody is in danger: it is over, or nobody was there.

They outweigh the model's feeling of danger, never a word of the lexicon and never a source.
"""

import re

NOBODY = (
    "(?<!敲门)(?:里[头面边]|车[上里内]|屋[里头]|当时|附近|底下|下[头面])都?没有?得?人(?![应答理开接做说回管来敢照出动吭])"
    "|(?:没有?得?|未|无)(?:人员?)?(?:伤到|砸到|打到|碰到|撞到|造成)?人?(?:受伤|伤亡|被困|滞留|遭砸)"
    "|(?:没有?|没得|未|无)(?:伤人|砸到人|打到人|碰到人|伤到人|惹人)|人不在场|人早就?走了|空车|无人居住|没得人住|没人住"
)
NOTHING = (
    "(?:没有?得?|无|未检出|不是)(?:起火|着火|火灾|明火|泄漏|漏气|气味|异味|异常|大碍|破皮|骨折|外伤|明显外伤)"
    "|(?:没有?|没得)(?:闻到|啥子?味|味道)|[都人也就]没事|没得事|没啥事|不碍事|不要紧"
)
SLIGHT = "清醒|擦伤|轻伤|症状轻|轻微|皮外伤|擦破|蹭破|小口子"
OVER = (
    "已经?(?:上岸|劝离|劝开|散了|分开|制止|脱险|获救|救出|接回|找到|安置|离开|搬空|腾空|浇灭|扑灭|关阀|停用|送回|归家)"
    "|已经?联系[到上](?:家属|家人)|已经?联系[到上]?救助|现在分开|救助站|人出来了|平安|平稳|稳定|[，,](?:人|娃|都)?很?安全(?:[。！!]|$)|人[是都很]+安全|一切正常|一切如常|状态良好|精神[好正]"
)
UNREAL = (
    "抱歉|不好意思|看错|误会|误报|虚惊|乱按|打错|玩笑|哈哈|笑死|笑晕|段子|演练|演习|模拟|排练|讲座|电影|片子|纪录片|剧情|游戏|小时候"
    "|二手|团购|接龙|优惠|请问|咨询|想问(?!你们?一句)|问一?下|怎么申[请领]|哪里[买办领申]|预约|登记|表扬|锦旗|建议|提议"
)
HARMLESS = re.compile(f"{NOBODY}|{NOTHING}|{SLIGHT}|{OVER}|{UNREAL}")


def is_harmless(text: str) -> bool:
    """Whether a text says that nobody is in danger, or speaks of what is not so."""
    return HARMLESS.search(text) is not None
