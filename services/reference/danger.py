"""The lexicon of danger (危及生命): which words mean danger to life, now.

Intake chooses the lane by it, classification grades by it beside its model.
"""

import re

PERSON = "人|老人|小孩|孩子|娃|阿姨|大爷|婆婆|大妈|老头|老太|行人|路人|工人|小伙|学生|头|脑壳"
NUMBER = r"[\d一二两三四五六七八九几]"
GAS = "煤气|天然气|燃气|液化气|气管|气罐"

LEXICON = (
    # fire
    ("火", "[着起失](?<!不[着起失])火(?!源|点)"),
    (
        "着烧燃火",
        "着起来|烧起来|燃起来|爆燃|火势|火苗(?!只有|小|发[黄红])|火光|自燃|烧炭(?!煮|火锅)",
    ),
    ("烟", "浓烟|黑烟|冒烟|窜烟|全是烟(?![头锅蒂味灰囱囪盒])"),
    # gas
    ("气", rf"(?:{GAS})[^，。！？；\n]{{0,8}}(?:泄[漏露]|漏(?!水)|中毒|爆炸|臭|有?味|断|裂|喷)"),
    ("气", rf"(?:泄漏|泄露|闻到|挖断|挖破|撞断|好大|一股)[^，。！？；\n]{{0,8}}(?:{GAS})"),
    (
        "气蛋爆",
        "漏气|臭鸡蛋味|臭鸡蛋气味|气报警器[^，。！？；\n]{0,3}[叫响]|气体报警器[^，。！？；\n]{0,3}[叫响]|爆炸",
    ),
    # electricity, lifts, water, ground
    ("电", "触电|电死|漏电"),
    ("困关", rf"电梯[^，。！？；\n]{{0,12}}[困关]了?[^，。！？；\n]{{0,2}}(?:{PERSON}|{NUMBER})"),
    ("困关", f"[困关](?:在?了?电梯|了{NUMBER}个?人)"),
    ("困压埋", "困人|被困|被压[在住]|被埋|埋在(?!地)|压在下面"),
    ("压", rf"压[住到了][^，。！？；\n]{{0,6}}(?:{PERSON})"),
    (
        "溺落掉跳淹扑",
        "溺水|落水(?![泥管口沟斗井])|掉到水里|掉进水里|掉水里|掉进去了|掉下去了|跳[河江湖]|淹到车|扑腾|淹死",
    ),
    # falling things that hit somebody
    (
        "砸",
        rf"砸(?:伤|[到中伤倒了]{{0,2}}[^，。！？；\n]{{0,8}}(?:{PERSON})(?!滑|[^，。]{{0,4}}旁边))",
    ),
    ("绳沿", "没系安全绳|坐在窗沿"),
    # somebody's life
    (
        "跳轻杀残割毒药遗活死",
        "跳楼|轻生|自杀|自残|割腕|服毒|喝农药|农药瓶|遗书|再见[^。]{0,4}活够|想死(?!你|我了|他|她)|不想活|活够了",
    ),
    (
        "活撑跳爬",
        "活着没意思|撑(?<!支撑)不下去|(?<!经过)(?<!走路)要跳楼?(?!舞|绳|广场|闸|槽)|爬[到上][^，。！？；\n]{0,8}楼顶",
    ),
    ("站坐", r"[站坐][在到]?[^，。！？；\n]{0,8}(?:窗台上|窗户外|天台边|楼顶边|阳台外|栏杆外)"),
    (
        "栏倒",
        rf"栏杆外[^，。]{{0,3}}站|(?:{PERSON}|男的|女的|男子|女子|老伴|爸|妈)[^，。！？；\n]{{0,6}}(?<!放)倒[下地了]",
    ),
    (
        "昏晕呼醒梗脏喘搐沫喉",
        "昏倒|晕倒|昏迷|没有?呼吸|[摇推拍叫]不醒|呼之不应|心梗|心脏病发|喘不过气|抽搐|口吐白沫|卡住喉咙|呼吸机",
    ),
    ("血", "[流留]了?[好很许]多血"),
    ("救", "[叫喊打要][^，。]{0,3}救护车"),
    (
        "血破歪腿死砍刀",
        "大出血|破水|嘴歪眼斜|打断腿|弄死|砍[人死伤到]|持刀|拿[着把][^，。]{0,3}刀(?!具)",
    ),
    (
        "救打捅按",
        "救命(?!钱|稻草|的[那道路通])|求救|救人|打120|打119|打伤|捅(?:伤|人|了[人他她我一])|按地上|见人就打|打起来",
    ),
    (
        "丢失落离",
        "(?<!像)(?<!像是)走丢|走失|下落不明|失(?<!玩失)踪|离家出走|(?:娃|孩子|儿子|女儿|老人|婆婆|爷爷|奶奶)[跑走]?丢了(?!的)",
    ),
    ("不", rf"(?:{PERSON}|儿子|女儿)[^，。！？]{{0,12}}不[见在]了"),
)
"""Each with characters of which it can not do without one: who finds none need not look for it."""

DANGERS = tuple(re.compile(pattern) for _, pattern in LEXICON)
TELLING = {
    character: [index for index, (needed, _) in enumerate(LEXICON) if character in needed]
    for character in "".join(needed for needed, _ in LEXICON)
}
"""Which of them each of these characters may be a part of."""
ANY_TELLING = re.compile(f"[{''.join(TELLING)}]")

OPEN_AIR = re.compile(
    "烧烤(?!店)|烤[串肉鱼]|露天烤|炭烤"
    "|[烧焚][^，。！？；\n]{0,6}(?:垃圾|叶|秸秆|枯枝|杂草|电线皮|纸钱|废品|(?:塑料|胶皮)(?!的?[味糊焦]))"
)
"""Smoke of what is burnt outdoors is a nuisance; danger to life has other words beside it."""
SMOKE = re.compile("烟")
UNREAL = re.compile(
    "演练|演习|宣传|培训(?!机构|学校|班|中心|点)|讲座|海报|新闻|电视剧|电影|视频里|小说|玩笑|哈哈|看错|虚惊|误报"
    "|已扑灭|灭火器|外省|外地有|鞭炮|蒸汽|复核|读数为零|预防|防范|找到了|弄好了|[现已][在经]?分开|劝开了|拉开了|无明火|没明火"
)
"""Drills, films, and what is over: nothing in such a sentence is danger now."""
NEGATED = re.compile(
    "(?:(?<!有)没有?|未见?|无|不是|并非|非|莫|勿|以免|避免|防止?|担心|怕|谨防|严禁|禁止|差一?点儿?|就要)"
    "[^，。！？；\n]{0,4}$"
)
NOT_NOW = re.compile(
    "上周|上个?月|上个?星期|去年|前年|以前|小时候|曾经|曾有|往年|频繁|经常|多次|总是|老是|屡"
    "|一旦|万一|真(?=[燃烧着])|如果|假如|要是|随时[会可有]|可能|容易"
)
MERELY_NAMED = re.compile(
    "^[^，。！？；\n]{0,4}(?:隐患|风险|知识|安全|演练|预案|谁负责|怎么办|咋办|咋个)"
)
CLAUSE_ENDS = re.compile("[，,；;：: ]")
SENTENCE = re.compile(r"[^。！？!?\n]+")
HORIZON = 240


def danger_in(text: str) -> str | None:
    """The word that means danger to life, or None.

    Who is in danger says so first: only the beginning of a text is read. A word counts
    unless it is negated in its own clause, is habit, past or mere possibility, or its
    sentence is about a drill or a film.
    """
    beginning = text[:HORIZON]
    named = _named_in(beginning)
    if not named:
        return None
    found = (_danger_in_sentence(each, named) for each in SENTENCE.findall(beginning))
    return next(filter(None, found), None)


def _named_in(text: str) -> list[re.Pattern[str]]:
    """The dangers whose words are there, whatever is said of them."""
    likely = {index for each in ANY_TELLING.findall(text) for index in TELLING[each]}
    return [DANGERS[index] for index in sorted(likely) if DANGERS[index].search(text)]


def _danger_in_sentence(sentence: str, named: list[re.Pattern[str]]) -> str | None:
    if UNREAL.search(sentence):
        return None
    for danger in named:
        for found in danger.finditer(sentence):
            if SMOKE.search(found.group()) and OPEN_AIR.search(sentence):
                continue
            if _is_meant(sentence[: found.start()], sentence[found.end() :]):
                return found.group()
    return None


def _is_meant(before: str, after: str) -> bool:
    """Whether a word means what it says, by what stands around it in its sentence."""
    clause = CLAUSE_ENDS.split(before)[-1]
    return not (NEGATED.search(clause) or NOT_NOW.search(before) or MERELY_NAMED.search(after))
