"""What licences say beyond the common fields."""

from __future__ import annotations

from datetime import date
from random import Random

from city.world.names import TRADES
from city.world.people import Firm, People, Person

CHOICES = {
    "准驾车型": ("C1", "C1", "C1", "C2", "B2", "A2", "C1E", "D"),
    "车辆类型": ("小型轿车", "小型普通客车", "轻型厢式货车", "重型半挂牵引车"),
    "用途": ("成套住宅", "成套住宅", "商业服务", "办公", "工业"),
    "经营项目": ("热食类食品制售", "预包装食品销售", "散装食品销售；冷食类食品制售"),
    "食品类别": ("粮食加工品", "糕点", "肉制品", "饮料", "水果制品"),
    "取水地点": ("章江", "贡江", "桃江", "梅江", "绵江", "地下水井"),
    "行业类别": ("化学原料制造", "有色金属矿采选业", "通用设备制造业", "污水处理及其再生利用"),
    "任教学科": ("小学语文", "小学数学", "初中英语", "高中物理", "幼儿园", "小学音乐"),
    "人才类别": ("A类", "B类", "C类", "D类", "E类"),
    "执业范围": ("内科专业", "外科专业", "儿科专业", "妇产科专业", "口腔专业", "中医专业"),
    "执业地点": ("赣州市人民医院", "赣州市立医院", "章贡区社区卫生服务中心"),
    "诊疗科目": ("内科", "口腔科", "中医科；针灸科专业", "内科；外科；儿科"),
    "税种": ("个人所得税", "契税", "增值税", "企业所得税"),
    "缴存状态": ("正常", "正常", "正常", "封存"),
    "经营方式": ("零售", "零售（连锁）", "批发"),
    "作业项目": ("叉车司机N1", "电梯修理T", "工业锅炉司炉G1", "快开门式压力容器操作R1"),
    "执业机构": ("江西虔诚律师事务所", "江西南赣律师事务所", "江西客家律师事务所"),
}
OWN = {  # the types that a detail belongs to, where a stream has several types
    "车辆类型": "机动车行驶证",
    "号牌号码": "机动车行驶证",
    "准驾车型": "机动车驾驶证",
    "与户主关系": "居民户口簿",
    "户号": "居民户口簿",
    "住址": "居民身份证",
    "经营项目": "食品经营许可证 公共场所卫生许可证",
    "经营场所": "食品经营许可证 烟草专卖零售许可证",
    "食品类别": "食品生产许可证",
    "用途": "不动产权证书",
    "面积": "不动产权证书",
    "执业范围": "医师执业证书",
    "执业地点": "护士执业证书",
    "诊疗科目": "医疗机构执业许可证",
    "税种": "税收完税证明",
    "缴存状态": "住房公积金缴存证明",
    "车牌号": "道路运输证",
    "执业机构": "律师执业证",
    "作业项目": "特种设备作业人员证",
    "经营方式": "药品经营许可证",
    "项目名称": "商品房预售许可证",
}


def detail(  # noqa: PLR0913
    name: str, kind: str, holder: Person | Firm, issued: date, people: People, rng: Random
) -> str | None:
    """The text of a detail of a licence type for a holder; None where the type has none."""
    if name in OWN and kind not in OWN[name].split():
        return None
    if name in CHOICES:
        return rng.choice(CHOICES[name])
    if name in ("住址", "住所", "经营场所", "坐落"):
        return holder.address
    if name in ("号牌号码", "车牌号"):
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        return f"赣B{rng.choice(letters)}{rng.randrange(10000):04d}"
    if name in ("项目名称", "工程名称"):
        return f"{holder.name[3:7]}{rng.choice(('家园', '广场', '花园', '产业园'))}项目"
    if name == "登记日期":
        return issued.isoformat()
    if name == "面积":
        return f"{rng.randrange(4500, 22000) / 100:.2f}㎡"
    return _own(name, holder, people)


def _own(name: str, holder: Person | Firm, people: People) -> str | None:
    """A detail that follows from the holder alone."""
    if isinstance(holder, Person):
        return {"户号": holder.household, "与户主关系": holder.role}.get(name)
    texts = {
        "经营范围": TRADES.get(holder.trade, holder.trade),
        "法定代表人": people.persons[holder.head].name,
        "印章名称": holder.name + "公章",
    }
    return texts.get(name)
