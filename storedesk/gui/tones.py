"""Which tone a status word has; an unknown word is neutral."""

from __future__ import annotations

_TONES = {
    "info": (
        "待拨 待联系 已预约 待复核 待定级 待响应 待处理 待派工 待上门 待交付 待审批"
        " 待整改 待确认 待领料 待签字 未处理 已受理 已派工 已约时间 留言 咨询"
    ),
    "warn": (
        "待重拨 已改约 处理中 暂停 待客户确认 待结案回访 部分交付 部分成功 待补 待订货 已订货"
        " 已出发 已到场 服务中 改约 待件 返修 二级一般 进行中"
    ),
    "danger": (
        "逾期 已逾期 失败 已失败 重开 转法律 转客诉 未完成 未解决 三级严重 四级重大"
        " 负库存 低库存 投诉 缺料 拒绝"
    ),
    "ok": (
        "成功 已完成 已闭环 已解决 已答复 已交付 已换货 完工 已完工 在职 有效 正常 在用 已整改"
        " 已核实 已写入 已签字 已签发 已报送 表扬"
    ),
}
_BY_WORD = {word: tone for tone, words in _TONES.items() for word in words.split()}

PILL_KEYS = frozenset({"status", "outcome", "level", "rectify_status", "instruction_status"})
"""Columns shown as pills."""


def tone_of(word: str) -> str:
    """Return the tone of a status word: info, warn, danger, ok or neutral."""
    return _BY_WORD.get(word, "neutral")
