"""Which characters sound alike, in standard Mandarin and as much of the country says it."""

from bisect import bisect_right

FIRST_OF_SYLLABLES = """
啊a 埃ai 鞍an 肮ang 凹ao 芭ba 白bai 斑ban 邦bang 苞bao 杯bei 奔ben 崩beng 逼bi 鞭bian 标biao
鳖bie 彬bin 兵bing 玻bo 哺bu 擦ca 猜cai 餐can 苍cang 操cao 厕ce 层ceng 插cha 拆chai 搀chan
昌chang 超chao 车che 郴chen 撑cheng 吃chi 充chong 抽chou 初chu 揣chuai 川chuan 疮chuang
吹chui 春chun 戳chuo 疵ci 聪cong 凑cou 粗cu 蹿cuan 摧cui 村cun 磋cuo 搭da 呆dai 耽dan 当dang
刀dao 德de 蹬deng 堤di 颠dian 碉diao 跌die 丁ding 丢diu 东dong 兜dou 都du 端duan 堆dui 墩dun
掇duo 蛾e 恩en 而er 发fa 藩fan 坊fang 菲fei 芬fen 丰feng 佛fo 否fou 夫fu 噶ga 该gai 干gan
冈gang 篙gao 哥ge 给gei 根gen 耕geng 工gong 钩gou 辜gu 刮gua 乖guai 棺guan 光guang 瑰gui
辊gun 锅guo 哈ha 骸hai 酣han 夯hang 壕hao 呵he 嘿hei 痕hen 哼heng 轰hong 喉hou 呼hu 花hua
槐huai 欢huan 荒huang 灰hui 荤hun 豁huo 击ji 嘉jia 歼jian 僵jiang 蕉jiao 揭jie 巾jin 荆jing
炯jiong 揪jiu 鞠ju 捐juan 撅jue 均jun 喀ka 开kai 刊kan 康kang 考kao 坷ke 肯ken 坑keng 空kong
抠kou 枯ku 夸kua 块kuai 宽kuan 匡kuang 亏kui 坤kun 括kuo 垃la 莱lai 蓝lan 琅lang 捞lao 勒le
雷lei 棱leng 厘li 俩lia 联lian 粮liang 撩liao 列lie 琳lin 玲ling 溜liu 龙long 楼lou 芦lu
驴lv 峦luan 掠lue 抡lun 萝luo 妈ma 埋mai 瞒man 芒mang 猫mao 么me 玫mei 门men 萌meng 眯mi
棉mian 苗miao 蔑mie 民min 明ming 谬miu 摸mo 谋mou 拇mu 拿na 氖nai 南nan 囊nang 挠nao 呢ne
馁nei 嫩nen 能neng 妮ni 蔫nian 娘niang 鸟niao 捏nie 您nin 柠ning 牛niu 脓nong 奴nu 女nv
暖nuan 虐nue 挪nuo 哦o 欧ou 啪pa 拍pai 攀pan 乓pang 抛pao 呸pei 喷pen 砰peng 坯pi 篇pian
飘piao 撇pie 拼pin 乒ping 坡po 扑pu 期qi 掐qia 牵qian 枪qiang 橇qiao 切qie 钦qin 青qing
琼qiong 秋qiu 趋qu 圈quan 缺que 裙qun 然ran 瓤rang 饶rao 惹re 壬ren 扔reng 日ri 戎rong 揉rou
茹ru 软ruan 蕊rui 闰run 若ruo 撒sa 腮sai 三san 桑sang 搔sao 瑟se 森sen 僧seng 莎sha 筛shai
珊shan 墒shang 梢shao 奢she 砷shen 声sheng 师shi 收shou 蔬shu 刷shua 摔shuai 栓shuan
霜shuang 谁shui 吮shun 说shuo 斯si 松song 搜sou 嗽su 酸suan 虽sui 孙sun 蓑suo 塌ta 胎tai
坍tan 汤tang 掏tao 特te 藤teng 梯ti 天tian 挑tiao 贴tie 厅ting 通tong 偷tou 凸tu 湍tuan
推tui 吞tun 拖tuo 挖wa 歪wai 豌wan 汪wang 威wei 瘟wen 嗡weng 挝wo 巫wu 昔xi 瞎xia 掀xian
相xiang 萧xiao 楔xie 薪xin 星xing 兄xiong 休xiu 墟xu 轩xuan 靴xue 勋xun 压ya 焉yan 殃yang
邀yao 椰ye 一yi 茵yin 英ying 哟yo 拥yong 幽you 淤yu 鸳yuan 曰yue 耘yun 匝za 栽zai 咱zan
赃zang 遭zao 责ze 贼zei 怎zen 增zeng 扎zha 摘zhai 瞻zhan 樟zhang 招zhao 遮zhe 珍zhen 蒸zheng
芝zhi 中zhong 舟zhou 珠zhu 抓zhua 拽zhuai 专zhuan 桩zhuang 椎zhui 谆zhun 捉zhuo 兹zi 鬃zong
邹zou 租zu 钻zuan 嘴zui 尊zun 昨zuo
"""
"""The 3,755 common characters of GB 2312 are in the order of their readings; these begin each."""

FURTHER = """
岚lan 霁ji 芙fu 荟hui 翡fei 璟jing 玺xi 瑾jin 钰yu 玥yue 珑long 璞pu 邸di 鹭lu 骊li 馨xin
晟sheng 昱yu 曦xi 煜yu 烨ye 泓hong 泷long 浔xun 浣huan 淞song 湄mei 滟yan 潆ying 濠hao 濮pu
瀚han 瀛ying 菽shu 茗ming 茉mo 莞guan 莘xin 菡han 菁jing 蓓bei 蕙hui 蘅heng 薇wei 芷zhi
筱xiao 篁huang 祺qi 禧xi 雯wen 霏fei 阖he 阆lang 阙que 隍huang 郦li 郫pi 邕yong 嵘rong
峥zheng 嵩song 崂lao 岷min 岱dai 垭ya 塬yuan 俪li 樾yue 榭xie 楠nan 梓zi 杞qi 桦hua 榕rong
桉an 栎li 珞luo 玑ji 琪qi 琦qi 璐lu 璇xuan 漪yi 沅yuan 沣feng 洹huan 淇qi 渌lu 岐qi 珺jun
晗han 旸yang 昊hao 昕xin 晖hui 暄xuan 曜yao 薰xun 芮rui 茜qian 荻di 菖chang 萱xuan 葭jia
藜li 鑫xin 鲲kun 鹂li 鸢yuan 骅hua 驿yi 栀zhi 桢zhen 棣di 楹ying 榉ju 槿jin 檐yan 枇pi 杷pa
柚you 栾luan 鄱po 崃lai 隽jun 圩wei 圳zhen 埗bu 堃kun 堽gang 埕cheng 巽xun 怡yi 恺kai 懿yi
"""
"""Readings of rarer characters that names of places love."""

SECOND = {"栖": "西", "朝": "招", "乐": "月", "行": "航", "重": "虫", "长": "掌", "厦": "夏"}
"""Names are also heard by the other reading of these characters."""

LOOKALIKES = {"睛": "晴", "呜": "鸣", "园": "圆", "侯": "候"}
"""Characters that are taken for each other by eye: typed the one, meant the other."""

MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("hu", "fu"), ("n", "l"))
"""Beginnings that many speakers do not tell apart; the second stands for both."""

FIRST_PRIVATE = 0xE000
NUMERALS = dict(zip("123456789", "一二三四五六七八九", strict=True))


def reading(character: str) -> str | None:
    """The syllable of a character, without its tone; None if it is not known."""
    known = _FURTHER.get(character)
    if known:
        return known
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return None
    if not b"\xb0\xa1" <= code <= b"\xd7\xf9":
        return None
    return _SYLLABLES[bisect_right(_CODES, code) - 1]


def sound(text: str) -> str:
    """The text with one sign a character, the same sign for what sounds alike; same length."""
    return "".join([SIGN_OF.get(each, each) for each in text])


def other_sounds(name: str) -> set[str]:
    """How a name also sounds, where one of its characters has a second reading."""
    others = {name.replace(first, second) for first, second in SECOND.items() if first in name}
    return {sound(other) for other in others}


def sounding_like(signs: set[str]) -> str:
    """All characters that have one of these signs, and the signs that are characters."""
    return "".join({each for each, own in SIGN_OF.items() if own in signs} | signs)


def is_said_alike(one: str, other: str) -> bool:
    """Whether two texts of one length have the same syllables, without anything merged."""
    return all(
        a == b or (_said(a) is not None and _said(a) == _said(b))
        for a, b in zip(one, other, strict=True)
    )


def _said(character: str) -> str | None:
    return reading(NUMERALS.get(character, character))


def _merged(syllable: str) -> str:
    """A syllable as it is where zh is z, n is l, hu is fu, ing is in."""
    for beginning, merged in MERGED:
        if syllable.startswith(beginning) and syllable != "hu" + syllable[2:3] + "a":
            syllable = merged + syllable[len(beginning) :]
            break
    return syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable


def _signs() -> dict[str, str]:
    common = [
        bytes((high, low)).decode("gb2312", errors="ignore")
        for high in range(0xB0, 0xD8)
        for low in range(0xA1, 0xFF)
    ]
    signs: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for character in filter(None, [*common, *_FURTHER]):
        syllable = _merged(reading(character) or character)
        number = numbers.setdefault(syllable, len(numbers))
        signs[character] = chr(FIRST_PRIVATE + number)
    seen = {seen: signs[meant] for seen, meant in LOOKALIKES.items()}
    said = {digit: signs[numeral] for digit, numeral in NUMERALS.items()}
    return signs | seen | said


_FURTHER = {pair[0]: pair[1:] for pair in FURTHER.split()}
_SYLLABLES = [pair[1:] for pair in FIRST_OF_SYLLABLES.split()]
_CODES = [pair[0].encode("gb2312") for pair in FIRST_OF_SYLLABLES.split()]
SIGN_OF = _signs()
