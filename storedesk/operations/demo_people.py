"""Invented people and goods for the practice store. Phones lie in a range nobody is given."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙贺陶顾毛郝龚邵万钱严赖覃洪武莫孔汤"  # noqa: E501  # one string reads better than three
GIVEN = (
    "建国", "秀英", "志强", "丽华", "晓燕", "海峰", "玉兰", "子涵", "欣怡", "俊杰", "雪梅", "国栋",
    "美玲", "浩然", "春华", "思远", "桂芳", "明哲", "婷", "磊", "静", "勇", "敏", "洋", "娜", "涛",
    "文博", "嘉欣", "永康", "雅琴", "宇轩", "佳慧", "振华", "小红", "长青", "月娥", "一鸣", "可馨",
)  # fmt: skip
COMMUNITIES = (
    "学府花园", "阳光小区", "滨河湾", "金色家园", "书香名邸", "幸福里", "城南新村", "锦绣华庭",
    "翡翠城", "东方御景", "桃源小区", "紫薇苑",
)  # fmt: skip
STAFF = {
    "furniture": (
        ("赵倩", "回访人"), ("林晓", "客服主管"), ("周建平", "店长"), ("陈晨", "导购"),
        ("孙悦", "导购"), ("王强", "安装师傅"), ("何伟", "库管"),
    ),
    "appliance": (
        ("赵倩", "回访人"), ("林晓", "客服主管"), ("周建平", "店长"), ("陈晨", "导购"),
        ("孙悦", "导购"), ("王强", "安装师傅"), ("何伟", "库管"),
    ),
    "auto": (
        ("赵倩", "回访人"), ("林晓", "客服经理"), ("周建平", "总经理"), ("陈晨", "销售顾问"),
        ("孙悦", "销售顾问"), ("王强", "维修技师"), ("何伟", "配件专员"),
    ),
}  # fmt: skip
"""Names and roles; a role a profile words differently is replaced by the profile's own word."""
SELLERS = ("陈晨", "孙悦")


@dataclass(frozen=True, slots=True)
class Goods:
    """One thing a store sells: category, name, model, colours, price in CNY."""

    category: str
    product: str
    model: str
    colors: tuple[str, ...]
    price: int


GOODS = {
    "furniture": (
        Goods("沙发", "布艺三人沙发", "102276", ("米灰", "墨绿", "驼色"), 6980),
        Goods("床", "1.8米双人床", "106302A", ("胡桃色", "原木色"), 4280),
        Goods("床垫", "乳胶床垫", "105171", ("白",), 3680),
        Goods("柜类", "四门衣柜", "121803", ("暖白", "胡桃色"), 5380),
        Goods("餐桌椅", "岩板餐桌一桌六椅", "670119", ("雪山白", "灰"), 4680),
        Goods("茶几", "伸缩茶几", "102510", ("暖白", "灰"), 1580),
    ),
    "appliance": (
        Goods("空调", "1.5匹挂机", "KFR-35GW", ("白",), 2999),
        Goods("冰箱", "对开门冰箱", "BCD-520W", ("银灰", "白"), 4599),
        Goods("洗衣机", "10公斤滚筒洗衣机", "XQG100", ("白", "银"), 3299),
        Goods("电视", "65寸电视", "65E8", ("黑",), 3999),
        Goods("热水器", "60升电热水器", "ES60H", ("白",), 1599),
        Goods("烟灶", "烟灶套装", "JY-7B", ("黑",), 2880),
    ),
    "auto": (
        Goods("轿车", "K5凯酷", "K5凯酷", ("白", "灰", "红"), 165800),
        Goods("轿车", "K3", "K3", ("白", "灰"), 112800),
        Goods("SUV", "智跑", "智跑", ("白", "黑"), 139800),
        Goods("新能源", "EV6", "EV6", ("灰", "白"), 249800),
    ),
}
OPINIONS = (
    "送货师傅迟到了四十分钟，提前打个电话就好了", "抽屉有一点异响", "希望送一瓶清洁剂",
    "门店停车不方便", "说明书看不太懂", "气味比较大，通风后好些了", "缝隙不太均匀，师傅说会再来调",
    "赠品还没有给", "服务很好，下次还来",
)  # fmt: skip
COMPLAINTS = (
    ("产品质量", "柜门合不严，调过一次又松了", "维修"),
    ("配送安装", "安装时把墙碰掉一块，没人管", "赔偿"),
    ("时效", "约好上午送货，等到晚上也没来", "解释道歉"),
)
CALLS = (
    ("报修", "柜门合页松了，想约人来看看"),
    ("咨询", "问床垫保修几年"),
    ("催单", "问餐桌什么时候能送到"),
    ("表扬", "夸安装师傅细心，收拾得干净"),
)


def name_of(random: Random) -> str:
    """Return an invented name."""
    return random.choice(SURNAMES) + random.choice(GIVEN)


def phone_of(number: int) -> str:
    """Return an invented mobile number (1990000xxxx is given to nobody)."""
    return f"1990000{number % 10000:04d}"


def address_of(random: Random) -> tuple[str, str]:
    """Return an invented community and address."""
    community = random.choice(COMMUNITIES)
    block, unit, floor = random.randint(1, 28), random.randint(1, 4), random.randint(1, 18)
    return community, f"{community}{block}幢{unit}单元{floor}0{random.randint(1, 4)}"


def vin_of(random: Random) -> str:
    """Return a text of the shape of a VIN (17 characters without I, O, Q)."""
    return "LJD" + "".join(random.choices("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", k=14))
