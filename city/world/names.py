"""Invented names of people, firms and streets."""

from __future__ import annotations

from random import Random

from city.world.errors import CityError

SURNAMES = "刘陈李黄张钟谢王曾赖罗郭肖廖邓温彭叶杨吴何邱朱周胡林徐邹欧阳卢江宋蓝温古凌戴"
FAMILIES: list[str] = [*SURNAMES.replace("欧阳", ""), "欧阳", "上官", "訾", "亓", "逄", "郄", "昝"]
WOMEN = "芳秀英丽娟敏静燕玲娜艳霞萍红梅兰珍莲桂香慧婷雪琳颖洁怡蓉瑶欣妍梓涵诗雨"
MEN = "伟强军勇杰涛明超辉鹏飞斌波亮刚平建国华志文俊海东林峰宇浩轩泽睿晨阳子豪健"
BOTH = "春生福庆荣忠信安宁乐天一心思远清源茂盛嘉瑞景和"
RARE = "喆彧翀赟昇炘祎堃犇骉淼垚煊珺玥璟䶮㛃㼆䲟"  # in GB 18030, some not in GBK
STREETS: tuple[str, ...] = (
    "文清路",
    "红旗大道",
    "长征大道",
    "东江源大道",
    "客家大道",
    "梅关大道",
    "阳明路",
    "健康路",
)
STREETS += ("青年路", "滨江大道", "解放路", "翠微路", "渡口路", "登峰大道", "瑞金路", "厚德路")
WORDS = "鑫瑞恒达诚信兴盛源丰康泰和顺宏远嘉美万家客赣南橙乡虔城江源章贡润泽百汇福安"
TRADES = {
    "餐饮管理": "餐饮服务；食品销售",
    "食品": "食品生产；食品销售",
    "商贸": "日用百货、预包装食品销售；烟草制品零售",
    "超市": "食品、日用百货、卷烟零售",
    "大药房": "药品零售；第二类医疗器械销售",
    "医疗器械": "第二类、第三类医疗器械经营",
    "建筑工程": "房屋建筑工程、市政工程施工",
    "房地产开发": "房地产开发经营；物业管理",
    "运输": "道路普通货物运输；仓储服务",
    "化工": "危险化学品经营；化工产品销售",
    "环保科技": "环保设备制造；污水处理",
    "农业发展": "农作物种植；种子、农药、兽药销售",
    "林业": "林木种植、采伐与销售",
    "酒店管理": "住宿服务；餐饮服务",
    "美容美发": "美容美发服务",
    "文化传媒": "文艺创作；网络文化经营",
    "娱乐": "歌舞娱乐服务",
    "旅行社": "旅游业务；会议服务",
    "加油站": "成品油零售",
    "水务": "自来水生产与供应",
    "矿业": "矿产资源开采与加工",
    "机械制造": "机械设备制造；特种设备使用",
    "网络科技": "软件开发；信息技术服务",
    "人力资源": "劳务派遣；职业中介",
    "门诊部": "内科、口腔科、中医科诊疗服务",
    "印务": "包装装潢印刷品印刷",
    "建材": "砂石、水泥制品销售；建筑垃圾清运",
    "律师事务所": "法律服务",
}
SOCIETIES = ("商会", "行业协会", "志愿者协会", "慈善会", "摄影协会", "脐橙产业协会")
INSTITUTIONS = ("幼儿园", "职业培训学校", "养老服务中心", "社会工作服务中心", "托育中心")


def surname(rng: Random) -> str:
    """A family name; the first ones are common in Ganzhou."""
    place = min(int(rng.expovariate(0.09)), len(FAMILIES) - 1)
    return FAMILIES[place]


def given_name(rng: Random, woman: bool) -> str:
    """One or two characters; one in sixty has a rare one."""
    pool = (WOMEN if woman else MEN) + BOTH
    if rng.random() < 0.016:
        rare = rng.choice(RARE)
        return rare + rng.choice(pool) if rng.random() < 0.5 else rare
    first = rng.choice(pool)
    return first if rng.random() < 0.2 else first + rng.choice(pool)


def firm_name(rng: Random, county: str, kind: str) -> tuple[str, str]:
    """(name, trade) of a firm (91), own-account trader (92), society (51), institution (52)."""
    word = rng.choice(WORDS) + rng.choice(WORDS) + (rng.choice(WORDS) if rng.random() < 0.3 else "")
    if kind == "51":
        trade = rng.choice(SOCIETIES)
        return f"{county}{word}{trade}", trade
    if kind == "52":
        trade = rng.choice(INSTITUTIONS)
        return f"{county}{word}{trade}", trade
    trade = rng.choice(list(TRADES))
    if kind == "92":
        return f"{county}{word}{trade}店（个体工商户）", trade
    if kind == "91":
        ends = "" if trade in ("律师事务所", "大药房", "加油站") else "有限公司"
        return f"赣州市{word}{trade}{ends}", trade
    raise CityError(f"no kind of firm {kind}: 91, 92, 51 or 52")


def street(rng: Random, county: str) -> str:
    """An address in a county."""
    house = f"{rng.choice(STREETS)}{rng.randrange(1, 300)}号"
    flat = f"{rng.randrange(1, 30)}栋{rng.randrange(1, 33)}0{rng.randrange(1, 5)}室"
    return f"江西省赣州市{county.removeprefix('赣州')}{house}{flat if rng.random() < 0.7 else ''}"
