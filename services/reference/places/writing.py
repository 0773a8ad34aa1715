"""One way of writing for many: widths, scripts, cases, brackets and numerals are made the same."""

import re
import unicodedata

TRADITIONAL = """
雲云 棲栖 樓楼 棟栋 號号 單单 層层 門门 園园 區区 東东 廣广 場场 馬马 華华 寶宝 龍龙 鳳凤
橋桥 陽阳 陰阴 麗丽 濱滨 灣湾 島岛 嶺岭 雙双 機机 廠厂 塢坞 慶庆 豐丰 蘭兰 藍蓝 綠绿 紅红
銀银 錦锦 鐵铁 銅铜 鋼钢 錢钱 鎮镇 鄉乡 縣县 國国 際际 匯汇 會会 館馆 賓宾 寧宁 榮荣 樂乐
聖圣 賢贤 學学 書书 醫医 藥药 興兴 業业 農农 貿贸 車车 馳驰 駿骏 驛驿 鳴鸣 鳥鸟 鶴鹤 鷺鹭
魚鱼 黃黄 齊齐 歲岁 萬万 億亿 開开 關关 閣阁 間间 闊阔 陸陆 陳陈 隊队 階阶 雞鸡 電电 靜静
韻韵 頂顶 順顺 頭头 風风 飛飞 飯饭 體体 點点 壩坝 圓圆 團团 塊块 壇坛 壘垒 夢梦 實实 寬宽
將将 對对 導导 嶼屿 巖岩 師师 帶带 庫库 廟庙 廳厅 張张 後后 從从 恆恒 愛爱 戶户 擔担 據据
晉晋 暉晖 曉晓 條条 楊杨 槍枪 樹树 橫横 檔档 櫻樱 歡欢 歐欧 氣气 漢汉 漁渔 漣涟 潔洁 潤润
澤泽 澗涧 濟济 瀟潇 瀾澜 燈灯 爾尔 獅狮 環环 瑩莹 瓏珑 畫画 當当 發发 盧卢 碼码 禮礼 穀谷
積积 穩稳 窯窑 筆笔 節节 築筑 籃篮 糧粮 紀纪 紡纺 細细 織织 結结 維维 緯纬 線线 緣缘 總总
義义 習习 聯联 聲声 職职 舊旧 艦舰 莊庄 葉叶 蓮莲 蔥葱 蕭萧 薈荟 蘇苏 蘆芦 處处 術术 衛卫
裡里 裏里 製制 見见 觀观 記记 設设 許许 說说 請请 誌志 護护 豎竖 貝贝 貨货 費费 賀贺 賽赛
趙赵 跡迹 軍军 軒轩 輔辅 輝辉 輪轮 轉转 辦办 這这 進进 遠远 遼辽 還还 邊边 郵邮 鄭郑 鄰邻
釣钓 鈴铃 鋪铺 鍾钟 鐘钟 鏡镜 鑽钻 長长 閩闽 闖闯 雜杂 離离 靈灵 韓韩 預预 領领 題题 顏颜
願愿 養养 驗验 鬧闹 鮮鲜 鯉鲤 鵬鹏 鷹鹰 麥麦 齡龄 龜龟 們们 個个 來来 倉仓 側侧 傑杰 備备
傳传 僑侨 優优 兒儿 內内 兩两 冊册 凱凯 別别 劇剧 劉刘 動动 務务 勝胜 勞劳 勢势 協协 卻却
廈厦 員员 問问 啟启 喬乔 嘯啸 嚴严 壞坏 壽寿 夾夹 奪夺 奧奥 婦妇 嬌娇 孫孙 寫写 尋寻 屆届
屬属 岡冈 峽峡 嵐岚 嶽岳 幣币 幾几 彎弯 彙汇 徑径 復复 態态 慮虑 憲宪 應应 懷怀 戰战 戲戏
揚扬 損损 擁拥 擋挡 擠挤 攔拦 敵敌 數数 斷断 時时 暢畅 曆历 柵栅 標标 樣样 檢检 權权 歷历
歸归 殘残 殺杀 毀毁 沒没 況况 涼凉 淨净 淺浅 渾浑 湯汤 溝沟 滅灭 滬沪 滯滞 滲渗 漲涨 潑泼
濁浊 濕湿 濤涛 瀏浏 煙烟 無无 煩烦 熱热 燒烧 營营 爐炉 爭争 牆墙 狀状 獨独 獲获 現现 產产
異异 療疗 監监 盤盘 眾众 確确 磚砖 禦御 種种 稱称 窩窝 競竞 範范 簡简 糾纠 絡络 給给 統统
經经 綜综 網网 緊紧 練练 縱纵 繞绕 續续 罷罢 羅罗 聽听 聞闻 腳脚 臨临 臺台 與与 舉举 艙舱
薑姜 虛虚 蟲虫 補补 視视 親亲 計计 訂订 討讨 訓训 訪访 評评 認认 語语 誤误 調调 談谈 論论
諧谐 證证 識识 譚谭 讓让 負负 財财 責责 貴贵 買买 賣卖 質质 贊赞 贛赣 趕赶 躍跃 軌轨 軟软
較较 載载 輕轻 輛辆 輸输 轄辖 連连 運运 過过 達达 違违 遞递 適适 選选 遲迟 鄧邓 醬酱 釋释
針针 鈞钧 銷销 鋒锋 錄录 鍋锅 鎖锁 鏈链 閉闭 閒闲 閘闸 陝陕 陣阵 隱隐 難难 霧雾 響响 頁页
項项 須须 頓顿 頻频 類类 顧顾 飄飘 飲饮 饒饶 駐驻 駕驾 騎骑 騰腾 驚惊 魯鲁 鴻鸿 鹽盐 黨党
齒齿
"""
"""Traditional characters of addresses, each with its simplified one."""

FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百")
FORMAL_NUMERAL = re.compile("[壹贰叁肆伍陆柒捌玖拾佰]+(?=号|栋|幢|座|单元|期|楼|层)")
DIGIT_OF = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
ONE = "[一二三四五六七八九]"
NUMERAL = re.compile(
    rf"{ONE}百(?:零{ONE}|{ONE}十{ONE}?|十{ONE}?|{ONE})?|{ONE}?十{ONE}?",
)
JOINT = r"\u00ad\u200b-\u200f\ufeff·•・_~()（）\[\]【】「」『』《》<>\"'“”‘’*"
JOINTS = re.compile(rf"[{JOINT}]|(?<![0-9])\s+|\s+(?![0-9])")
"""What stands between the parts of a name and says nothing."""
ANY_JOINT = re.compile(rf"[{JOINT}\s]")

UNUSUAL = re.compile("[^ -~\u3001\u3002\u4e00-\u9fff，：；！？（）“”]")
"""Characters for which the tables of Unicode are asked; most texts have none."""

LOWER = re.compile("[a-z]")

_SIMPLE = (
    {pair[0]: pair[1] for pair in TRADITIONAL.split()}
    | dict.fromkeys("—－–―", "-")
    | dict(zip("，：；！？（）", ",:;!?()", strict=True))
)
_VARIANTS = re.compile(f"[{''.join(_SIMPLE)}]")
_NUMERALS = re.compile("[〇零一二三四五六七八九]")


def fold(text: str) -> str:
    """A text as it is compared: half width, simplified, upper case, Arabic numerals, no brackets.

    Folding what is folded changes nothing.
    """
    narrow = _composed(text)
    if LOWER.search(narrow):
        narrow = narrow.upper()
    narrow = _VARIANTS.sub(lambda found: _SIMPLE[found.group()], narrow)
    plain = _composed(JOINTS.sub("", narrow) if ANY_JOINT.search(narrow) else narrow)
    plain = FORMAL_NUMERAL.sub(lambda found: found.group().translate(FORMAL), plain)
    if "十" in plain or "百" in plain:
        plain = NUMERAL.sub(lambda found: str(number(found.group())), plain)
    return _NUMERALS.sub(lambda found: DIGIT_OF[found.group()], plain)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFKC", text) if UNUSUAL.search(text) else text


def number(numeral: str) -> int:
    """The value of a Chinese numeral below 1,000: 十二 is 12, 一百零三 is 103, 百二 never comes."""
    hundreds, hundred, rest = numeral.rpartition("百")
    tens, ten, ones = rest.replace("零", "").rpartition("十")
    value = _digit(hundreds or "一") * 100 if hundred else 0
    if ten:
        return value + _digit(tens or "一") * 10 + _digit(ones)
    return value + _digit(ones) * (10 if hundred and "零" not in rest else 1)


def _digit(numeral: str) -> int:
    return int(DIGIT_OF.get(numeral, 0))
