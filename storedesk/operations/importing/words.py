"""Words that stores write and the forms do not list: headings, choices, ticks.

A heading that every store should understand belongs into ``also`` of its column in ``forms/``; here
stands what only makes sense while a foreign list is read.
"""

from __future__ import annotations

from collections.abc import Mapping

from storedesk.domain.values import half_width, label_key

HEADINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "customers": {
        "name": (
            "用户",
            "用户姓名",
            "名字",
            "购车人",
            "户主",
            "姓名电话",
            "姓名及电话",
            "客户及电话",
        ),
        "phone": ("TEL", "电话1", "手机1", "本人电话"),
        "alt_phone": ("手机2", "第二电话", "备用联系方式", "家属电话"),
        "community": ("楼盘名称", "所在小区"),
    },
    "purchases": {
        "product": ("购买产品", "所购产品", "产品明细", "货物"),
        "invoiced_on": ("购买时间", "成交时间", "开票时间"),
        "amount": ("价格", "车价", "开票价", "实收", "合计金额", "购买金额", "应收金额"),
        "delivered_on": ("送货", "交车时间", "提车时间", "交付时间"),
        "accepted_on": ("安装", "安装完工日期"),
    },
    "complaints": {
        "customer_name": ("用户", "投诉人", "姓名电话", "客户及电话"),
        "verbatim": ("内容", "问题", "投诉事项", "客诉问题", "反映内容"),
        "closed_at": ("完成时间", "处理日期", "解决日期"),
        "status": ("处理结果状态", "进度", "是否完成", "是否处理"),
    },
    "followups": {
        "customer_name": ("用户", "姓名电话", "客户及电话"),
        "trigger_on": ("购车日期", "提车日期", "安装完成", "完工日期", "维修日期"),
        "opinion": ("意见", "客户建议", "反馈意见", "回访内容", "回访记录"),
    },
    "call_attempts": {
        "result": ("拨打情况", "接通情况", "是否接通", "电话接通情况", "回访结果", "回访情况"),
    },
    "parts": {
        "id": ("货号", "代号", "料号", "物料号", "备件号", "编号"),
        "name": ("商品名称", "产品名称", "备件名称", "货品名称", "商品"),
        "spec": ("尺寸", "尺码"),
    },
    "stock_moves": {
        "quantity": (
            "库存量",
            "库存数",
            "现有数量",
            "实存",
            "实存数量",
            "期末库存",
            "结存数量",
            "数量",
        ),
    },
}
"""Further headings of a column, by ledger and key."""

ROW_NUMBERS = frozenset(
    label_key(one) for one in ("序", "序号", "NO.", "No", "№", "行号", "项次", "#", "编号", "号")
)
"""Headings of a plain row number, where no column of the ledger answers to them."""

HARMLESS_BEGINNINGS = (
    "客户", "顾客", "车主", "业主", "用户", "收货人", "收货", "联系", "详细", "实际", "具体",
    "最终", "产品", "商品", "本次", "登记", "填写", "家庭",
)  # fmt: skip
HARMLESS_ENDINGS = ("号码", "元", "必填", "填写", "信息", "详情", "1", "一")
"""Left away from a heading that is not understood as it stands: 客户联系电话号码 → 联系电话."""

OPENING_STOCK_KEYS = ("on_hand",)
"""Live columns of a part whose figure in a foreign list becomes an opening stock move."""

SATISFACTION: Mapping[str, int] = {
    "非常满意": 5, "很满意": 5, "十分满意": 5, "满意": 4, "比较满意": 4, "较满意": 4, "一般": 3,
    "基本满意": 3, "不满意": 2, "比较不满意": 2, "较不满意": 2, "很不满意": 1, "非常不满意": 1,
    "不表态": 0,
}  # fmt: skip
"""What a word on the five-point scale counts (domain.md §2.2)."""

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "称呼": {"先生": ("男", "男士"), "女士": ("女", "小姐")},
    "客户类型": {"单位": ("公司", "企业")},
    "客户来源": {
        "老客户介绍": ("转介绍", "老客户", "朋友介绍", "介绍"),
        "自然进店": ("进店", "自然客流", "到店"),
    },
    "购买状态": {
        "已交付": ("已送", "已送货", "已交车", "已提车", "已安装", "完成", "已完成"),
        "待交付": ("未送", "未送货", "未交车", "待送货", "待送", "待交车"),
        "已退货": ("退货", "退车"),
        "已取消": ("取消", "退单"),
    },
    "客诉类别": {
        "产品质量": ("质量",),
        "服务态度": ("态度",),
        "销售行为": ("销售",),
        "配送安装": ("安装", "送货", "配送"),
        "维修质量": ("维修",),
        "配件补件": ("补件", "缺件", "配件"),
        "价格收费": ("价格", "收费"),
        "时效": ("送货慢", "慢", "超时", "等待时间长"),
    },
    "客诉状态": {
        "已闭环": (
            "√", "✓", "ok", "是", "完", "完成", "已完成", "已处理", "处理完成", "已解决", "解决",
            "结案", "已结案", "办结", "已办结", "关闭",
        ),
        "处理中": (
            "待上门", "跟进中", "跟进", "在处理", "未完成", "未处理", "否", "待处理", "等配件",
            "待件",
        ),
    },
    "拨打结果": {
        "成功": ("接通", "已接通", "回访成功", "已回访", "完成"),
        "无人接听": ("无人接", "没人接", "未接", "未接听", "无人应答", "未接通"),
        "占线": ("正忙", "忙线", "忙音"),
        "拒访": ("拒接", "拒绝", "拒绝回访", "不配合", "挂断"),
        "空号": ("号码不存在",),
        "停机": ("已停机", "欠费停机"),
        "错号": ("打错", "号码错误", "非本人"),
    },
    "最终结果": {"成功": ("已回访", "回访成功", "完成", "已完成"), "失败": ("未成功", "回访失败")},
    "配件单位": {"个": ("只", "枚", "件")},
}  # fmt: skip
"""What stores write for a value of a choice list, by list name."""

PLAIN_MARKS = frozenset({"√", "✓", "✔", "ok", "是", "否", "完", "完成", "已完成", "已处理"})
"""Say no more than the choice they are read as; other words are kept in the remark as well."""


def choice(text: str, name: str, offered: tuple[str, ...]) -> str | None:
    """Return the value of a choice list that a text means, or None.

    Args:
        text: as it stands in the foreign cell.
        name: name of the list in 门店设置.
        offered: its values; with none, every text is a value.
    """
    plain = half_width(text).strip()
    if not offered or plain in offered:
        return plain
    folded = plain.casefold()
    for value, others in CHOICES.get(name, {}).items():
        if value in offered and folded in others:
            return value
    near = [value for value in offered if len(plain) > 1 and (plain in value or value in plain)]
    if len(near) == 1 and _denials(plain) == _denials(near[0]):
        return near[0]
    return None


def _denials(text: str) -> set[str]:
    return set("不未没无非") & set(text)
