"""Other ways of writing: traditional characters, what intake has masked, and other scripts."""

import re

PAIRS = (
    "樓楼電电動动車车裡里裏里險险門门戶户們们這这個个來来時时間间開开關关問问聞闻聽听見见說说話话請请"
    "謝谢讓让對对沒没無无為为與与從从後后還还進进過过運运達达遠远邊边鄰邻區区醫医醬酱錢钱鐵铁鎖锁鐘钟"
    "鋼钢錯错長长閉闭陽阳陰阴陸陆陳陈隨随難难雜杂雞鸡離离雲云靜静響响頂顶項项順顺須须預预頭头題题額额"
    "顏颜風风飛飞飯饭飲饮餐餐館馆馬马駕驾騎骑騙骗驗验驚惊魚鱼鳥鸟麗丽麥麦黃黄點点齊齐齡龄龍龙墻墙牆墙"
    "壓压壞坏壯壮處处備备傷伤傳传債债價价億亿優优兒儿內内兩两冊册凍冻劃划劇剧勞劳勢势務务勝胜匯汇協协"
    "單单卻却廠厂廳厅參参員员嗎吗嘔呕嚇吓嚴严國国園园圍围圖图團团報报場场塊块塵尘夠够夢梦夾夹婦妇嬰婴"
    "學学孫孙寧宁實实寫写寬宽導导層层屬属島岛師师帶带幫帮廢废廣广廟庙彈弹強强歸归當当徵征復复恆恒惡恶"
    "愛爱態态慘惨慣惯應应懷怀懸悬戰战擁拥擇择擊击擋挡擔担據据擠挤擬拟擴扩擺摆擾扰攔拦攝摄敗败敵敌數数"
    "斷断於于昇升暫暂書书會会東东條条業业極极樂乐標标機机樣样樹树橋桥檢检櫃柜權权歡欢歲岁殘残殺杀毀毁"
    "氣气決决況况洩泄淺浅測测渾浑湯汤溝沟溫温滅灭滯滞滲渗漲涨潔洁潑泼濃浓濕湿瀏浏灑洒灣湾災灾煙烟煤煤"
    "熱热燈灯燒烧燙烫營营爐炉爛烂爭争爺爷牽牵狀状獨独獲获現现環环瓏珑產产畫画異异療疗發发監监盤盘眾众"
    "睜睁礙碍礦矿禮礼種种稅税積积穩稳窪洼窮穷竊窃競竞筆笔節节範范築筑簡简簽签籠笼糧粮紅红約约級级紙纸"
    "細细終终組组結结絕绝給给統统經经綠绿維维網网緊紧線线緣缘編编練练縣县總总績绩織织繞绕繩绳繼继續续"
    "罵骂罷罢義义習习聯联聲声職职聾聋腦脑腳脚膠胶臟脏臨临臺台舉举舊旧艙舱藝艺藥药蘭兰號号蟲虫衛卫衝冲"
    "補补裝装製制褲裤襲袭覺觉觀观規规視视親亲觸触訂订計计討讨訓训記记訪访設设許许訴诉診诊詐诈評评詞词"
    "試试詢询該该詳详認认語语誤误課课調调談谈論论諧谐諮咨證证識识譯译議议護护變变讚赞豬猪貓猫財财責责貨货"
    "貼贴貴贵買买費费賀贺資资賓宾賠赔賣卖質质賭赌購购贈赠趕赶趙赵跡迹踐践蹤踪軌轨軍军軟软軸轴較较載载"
    "輕轻輛辆輪轮輸输轉转辦办農农連连週周遊游違违遞递適适遲迟遷迁選选遺遗郵邮鄉乡醜丑釋释針针鈴铃銀银"
    "銷销鋪铺錄录鍋锅鎮镇鏡镜閃闪閥阀閱阅闆板闖闯隊队階阶際际隱隐隻只雙双韓韩頻频顆颗願愿類类顧顾顯显"
    "飄飘餓饿駐驻騷骚鬆松鬥斗鬧闹鹽盐麻麻"
)
SIMPLIFIED = {ord(PAIRS[at]): PAIRS[at + 1] for at in range(0, len(PAIRS), 2)}
"""The common traditional characters (繁体) and how they are written here."""
MASKED = re.compile("[0-9-]+\\*+[0-9]*|[\u4e00-\u9fff]?\\*{2,}")
"""Numbers and names of which intake has left the beginning (139****0000, 王**)."""
LEAST_CHINESE = 0.3
READ_CHARACTERS = 400


def legible(text: str) -> str:
    """The text as the model has learned to read it: simplified, and without masked numbers."""
    return MASKED.sub("", text).translate(SIMPLIFIED)


def is_foreign(text: str) -> bool:
    """Whether most of its letters are not Chinese: pinyin, English; the model hardly knows them."""
    letters = [each for each in text[:READ_CHARACTERS] if each.isalpha()]
    chinese = sum("\u4e00" <= each <= "\u9fff" for each in letters)
    return bool(letters) and chinese < LEAST_CHINESE * len(letters)
