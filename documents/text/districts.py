"""Places: which district an issuing body or a reference code belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MUNICIPAL = "市级"


@dataclass(frozen=True, slots=True)
class District:
    """A district with its short name and the character its reference codes start with."""

    name: str
    short: str
    code: str | None = None


# The code is given only where no other district's or the city's own bodies share it (沪 is the
# city's). Source: the districts' own published numbers (青府发, 普府, 嘉府发 …).
SHANGHAI: tuple[District, ...] = (
    District("黄浦区", "黄浦", "黄"),
    District("徐汇区", "徐汇", "徐"),
    District("长宁区", "长宁", "长"),
    District("静安区", "静安", "静"),
    District("普陀区", "普陀", "普"),
    District("虹口区", "虹口", "虹"),
    District("杨浦区", "杨浦", "杨"),
    District("闵行区", "闵行", "闵"),
    District("宝山区", "宝山", "宝"),
    District("嘉定区", "嘉定", "嘉"),
    District("浦东新区", "浦东", "浦"),
    District("金山区", "金山", "金"),
    District("松江区", "松江", "松"),
    District("青浦区", "青浦", "青"),
    District("奉贤区", "奉贤", "奉"),
    District("崇明区", "崇明", "崇"),
)
_PLACE = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,3}省|[\u4e00-\u9fff]{2,7}自治区)?"
    r"(?:[\u4e00-\u9fff]{1,9}?(?:自治州|地区|盟))?"
    r"(?:(?!城市|超市)[\u4e00-\u9fff]{1,6}?市(?!场|政|民|容|级|委))?"
    r"(?:[\u4e00-\u9fff]{1,7}?(?:自治县|县|旗|(?<!高)新区|(?<!开发)(?<!示范)(?<!试验)(?<!实验)(?<!社)(?<!高新)(?<!园)(?<!景)(?<!林)(?<!保税)(?<!片)区)(?!域|划|块|委|级))?"
)
_UNIT = re.compile(r"[\u4e00-\u9fff]{1,7}?(?:自治区|省|自治州|地区|盟|市|自治县|县|旗|新区|区)")
# Bodies of the whole country whose names begin like a place's.
_NATIONAL = re.compile(r"^(?:国|中国|中央|中共中央|中华|全国|最高)")


def _known(text: str, districts: Iterable[District]) -> str | None:
    found = {d.name for d in districts if d.name in text}
    if not found:
        found = {d.name for d in districts if re.match(rf"(?:上海市?)?{d.short}", text)}
    return found.pop() if len(found) == 1 else None


def _place(issuer: str) -> str | None:
    if _NATIONAL.match(issuer):
        return None
    match = _PLACE.match(issuer)
    units = _UNIT.findall(match.group()) if match and match.group() else []
    if not units:
        return None
    return MUNICIPAL if units == ["上海市"] else str(units[-1])


def district_of(
    issuers: Iterable[str],
    ref_code: str | None = None,
    districts: Iterable[District] = SHANGHAI,
) -> str | None:
    """The district that issued: by the first issuer's name, else by the reference code.

    A body of the city of Shanghai itself gives 市级, a body elsewhere the smallest unit its name
    states (山东省济南市科学技术局 → 济南市), a national one ``None``. The code's first character
    decides only when no issuer's name does and exactly one district in ``districts`` has it.
    """
    known = tuple(districts)
    bodies = tuple(issuers)
    for body in bodies:
        found = _known(body, known) or _place(body)
        if found:
            return found
    if ref_code and not bodies:
        matching = {d.name for d in known if d.code and ref_code.startswith(d.code)}
        if ref_code.startswith("沪"):
            return MUNICIPAL
        return matching.pop() if len(matching) == 1 else None
    return None
