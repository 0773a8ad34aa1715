"""Whether a text only speaks of a hazard: denies it, or asks about it in general (否定, 提及).

"没有人管噪音" is a hazard, "没有噪音" is none: a bad thing is denied, a good one is missed.
"""

import re
from dataclasses import dataclass

BAD = (
    "扰民|噪[音声]|吵闹|占[用道]|堵[塞住]|违建|违章|违规|违法|破损|破裂|泄[漏露]|漏[水电气]|积水|内涝"
    "|垃圾|抛物|坠物|脱落|塌|起火|着火|失火|火[灾情]|浓烟|冒烟|异味|臭味?|油烟|污[水染]|诈骗|小偷|盗窃|被盗"
    "|纠纷|打架|斗殴|群租|隐患|飞线|堆物|乱[堆扔丢停放]|乱搭|困人|被困|异常|险情|危险|故障|问题"
)
DENIAL = re.compile(
    "(?:没有?|并?无|未(?!见好)|不存在|不再|不(?=(?:漏[水电气]|臭)了)|从来没|从未)(?:发[现生]|看[到见]|听[到见]|闻到|出现|存在|任何|什么|啥子?|再|过|有)*"
    f"[^，。！？；\\n管理清扫修处解查见人有挪取落]{{0,4}}(?:{BAD})"
)
UNSOLVED = re.compile(
    "^[^，。！？；\n]{0,6}(?:处理|解决|清[理运走]|整改|[修管搬拆]|改善|好转|减少|缓解|消除|停|断|得到|人|控制|答复|回复|反馈)"
)
BAD_THING = re.compile(BAD)
FORBIDDEN = re.compile(
    "(?:大家|各位|邻居们?|小区|住户|本|请|提醒)*(?:禁止|严禁|不要|请勿|切勿|莫|别|杜绝)"
    f"[^，。！？；\n]{{0,4}}(?:{BAD})[哈嘛啊哦了！!。~]*"
)
"""A rule, or a request to all, and nothing else."""
QUESTION = re.compile(
    "请问|咨询|想问|问一下|问哈|问下|打听|请教|了解一?下|想知道|归(?:谁|哪)|哪个(?:部门|单位|科)|哪里(?:可以)?(?:举报|投诉|反映)"
    "|(?:怎么|咋个?|如何|向谁)(?:举报|投诉|反映|处罚|认定|界定|规定|预防|防范|避免|判断|区分)"
    "|(?:由|该|是)?(?:谁|哪家)(?:来)?(?:管|负责)|(?:什么|啥子?|有没有)(?:规定|标准|政策|处罚|法律|条例)|算不算|(?:什么|啥子?|怎样)才?算|罚(?:多少|款标准)"
)
HERE_AND_NOW = re.compile(
    "我[们家屋]|咱|屋头|楼[上下]|隔壁|对门|门口|这[里边个些儿]|那[里边个些儿]|旁边|附近|号[楼院]|[\\d一二三四五六七八九十]+[栋幢单元楼]"
    "|现在|今[天早晚]|昨[天晚]|刚[才刚]|早上|晚上|半夜|每[天晚]|天天|一直|长期|经常|总是|老是|又|已经|正在|被[^，。]|好几|多次"
    "|有人|有[个一]|[^有]没人|[了着](?:[，。！]|$)"
)
ASKED = re.compile("[吗么嘛？?]|有没有|是不是|怎么没|为什么没")
WANTED = re.compile(
    "请(?!大家|放心|问)|求|麻烦|尽快|要求|希望|建议|但是?|就是|不过|已(?:令|开|责令|制止)|责令|移交|通知|上报|督促|罚|堵|坏|烂"
)
CLAUSE = re.compile(r"[^，。！？；,.!?;\n]+")
SENTENCE = re.compile(r"[^。！？!?\n]+")
BENIGN = re.compile(
    "良好|正常|平安|完好|放心|感谢|谢谢|素质|成功|幸好|幸亏|对不起|莫慌|有序|不用|到位|整洁|干净|自住|宣传|[点个]赞"
)
LONGEST = 120
"""Characters: who only denies is brief."""
LONGEST_QUESTION = 40
LONGEST_REST = 12
"""Characters of a clause beside a denial: what is longer, and not benign, tells something."""
MOST_CLAUSES = 2
"""Of a question: who tells more asks about something that is so."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A bad thing that is named but not reported: denied, or asked about."""

    words: str
    is_question: bool

    @property
    def reason(self) -> str:
        """For an operator."""
        how = "一般询问" if self.is_question else "否定或劝告的说法"
        return f"“{self.words}”是{how}，没有反映隐患"


def mention_in(text: str) -> Mention | None:
    """How the bad things that a text names are only mentioned; None if one may be reported."""
    if len(text) > LONGEST or not BAD_THING.search(text):
        return None
    if denied := _denied(text) or _forbidden(text):
        return Mention(denied, is_question=False)
    if asked := _asked(text):
        return Mention(asked, is_question=True)
    return None


def _denied(text: str) -> str | None:
    """The denial, if every clause that names something bad denies it, and none asks."""
    clauses = CLAUSE.findall(text)
    denials = [_denial(each) for each in clauses if BAD_THING.search(each)]
    rest = [each for each in clauses if not BAD_THING.search(each)]
    if not denials or not all(denials) or ASKED.search(text):
        return None
    is_harmless = BENIGN.search(text) or sum(map(len, rest)) <= LONGEST_REST
    return denials[0] if is_harmless and not WANTED.search(text) else None


def _forbidden(text: str) -> str | None:
    found = FORBIDDEN.fullmatch(text.strip())
    return found.group() if found else None


def _denial(clause: str) -> str | None:
    found = DENIAL.search(clause)
    if not found or UNSOLVED.match(clause[found.end() :]):
        return None
    rest = clause[: found.start()] + clause[found.end() :]
    return None if BAD_THING.search(rest) and not DENIAL.search(rest) else found.group()


def _asked(text: str) -> str | None:
    """The question, if nothing in the text says that something is so, here and now."""
    question = QUESTION.search(text)
    is_brief = len(CLAUSE.findall(text)) <= MOST_CLAUSES and len(text) <= LONGEST_QUESTION
    return question.group() if question and is_brief and not HERE_AND_NOW.search(text) else None
