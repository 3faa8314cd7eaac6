"""Kinds of documents: the 15 文种 of official documents, and what a document carries."""

from __future__ import annotations

import re

# 党政机关公文处理工作条例 (2012), art. 8; longer words first where one ends in another.
DOCUMENT_TYPES = (
    "命令", "决议", "决定", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示",
    "批复", "议案", "纪要", "函", "令",
)  # fmt: skip
CONTENT_TYPES = (
    "政府工作报告", "工作报告", "工作总结", "工作要点", "工作计划", "工作方案", "行动方案",
    "行动计划", "实施方案", "三年行动计划", "实施细则", "实施办法", "管理办法", "暂行办法",
    "实施意见", "若干意见", "政策意见", "指导意见", "若干措施", "若干政策", "政策措施",
    "若干规定", "管理规定", "操作规程",
    "申报指南", "规划纲要", "发展规划", "专项规划", "任务分工", "责任清单", "发展报告", "白皮书",
    "总结", "要点", "规划", "纲要", "计划", "方案", "办法", "细则", "条例", "规定", "规则", "规程",
    "措施", "政策", "指南", "清单", "名单", "目录", "标准", "章程", "制度", "解释", "预案", "法",
)  # fmt: skip
_OTHER_ENDINGS = (
    "讲话", "情况", "附则", "协定", "公约", "准则", "守则", "须知", "答复", "建议", "提案", "声明",
    "宣言", "要求", "指引", "规范", "大纲", "分工", "台账", "表", "说明", "提纲", "通则", "举措",
    "若干条", "十条", "手册", "意见稿",
)  # fmt: skip
_TITLE_KINDS = (*DOCUMENT_TYPES, *CONTENT_TYPES, *_OTHER_ENDINGS)
_TAIL = re.compile(
    r"(?:\s*[（(〔\[][^（）()]{0,40}[）)〕\]]|\s*\d{4}\s*[-—–~～至]\s*\d{4}\s*年?|\s*\d{4}\s*年?版)\s*$"
)
_QUOTED = re.compile(r"[《〈<]([^《》〈〉<>]{2,120})[》〉>]")


def bare_title(title: str) -> str:
    """``title`` without a bracketed ending such as （试行） or （2021—2023年）."""
    shorter = _TAIL.sub("", title.strip())
    return shorter or title.strip()


_LAST = frozenset(kind[-1] for kind in _TITLE_KINDS) | set("）)〕]年版") | set("0123456789")


def may_end_title(text: str) -> bool:
    """A quick look at the last character: ``False`` says surely that no title ends here."""
    return text[-1:] in _LAST


def ends_in_kind(title: str) -> bool:
    """Whether ``title`` is finished: it ends in a word for a kind of document."""
    return bare_title("".join(title.split())).endswith(_TITLE_KINDS)


def ends_in_document_type(title: str) -> bool:
    """Whether ``title`` ends in one of the 15 文种: surer than any other ending."""
    return bare_title("".join(title.split())).endswith(DOCUMENT_TYPES)


def document_type_of(title: str | None) -> str | None:
    """The 文种 that ``title`` ends in (…的通知 → 通知, 复函 → 函), or ``None``."""
    if not title:
        return None
    bare = bare_title("".join(title.split()))
    for kind in DOCUMENT_TYPES:
        if bare.endswith(kind) and not (kind == "令" and bare.endswith(("指令", "法令"))):
            return "命令" if kind == "令" else kind
    return None


def content_type_of(title: str | None, part_titles: tuple[str, ...] = ()) -> str | None:
    """What the document carries (工作要点, 规划 …), from works named in the title, then the parts.

    Order: the last 《…》 in ``title``, the title's own end, the last part's title. The longest
    matching kind wins; ``None`` when nothing names one.
    """
    named = _QUOTED.findall(title or "")
    candidates = [*reversed(named), *([title] if title else []), *reversed(part_titles)]
    for candidate in candidates:
        bare = bare_title("".join(candidate.split()))
        matching = [kind for kind in CONTENT_TYPES if bare.endswith(kind)]
        if matching:
            return max(matching, key=len)
    return None


def quoted_works(title: str) -> tuple[str, ...]:
    """The works that a title names in 《…》."""
    return tuple(_QUOTED.findall(title))
