"""The record of a document from its elements: title, issuers, number, dates, place, kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from documents.text.backmatter import imprint_body, signed_bodies
from documents.text.dates import find_dates, parse_date
from documents.text.districts import district_of
from documents.text.evidence import found_in, line_of
from documents.text.front import Front
from documents.text.frontlines import is_reference_line
from documents.text.issuers import bodies_in, body_in_title, fuller_names
from documents.text.kinds import content_type_of, document_type_of
from documents.text.parts import Part
from documents.text.reference_numbers import find_order_number, parse_reference_number
from documents.text.validity import Known, validity_of
from documents.text.values import Element, ElementKind, Found, Record

_ENACTED = re.compile(
    r"(第.{1,30}?(?:人民代表大会|人大)(?:常务委员会|常委会)?)第?.{0,20}?(?:次会议|会议)"
)
_ORDER_BODY = re.compile(
    r"((?:中华人民共和国)?[\u4e00-\u9fff]{2,20}?(?:部|委员会|总局|局|署|院|人民政府|银行|国务院))令"
)
_EFFECT_ONLY = re.compile(r"(?:施行|实施|生效)")
_PREFIX = re.compile(
    r"^(?:公开属性|信息公开(?:属性|选项|类别)|公开(?:方式|类别|选项|形式))\s*[：:]\s*"
)


def record_of(main: Front, parts: tuple[Part, ...]) -> tuple[Record, tuple[Found, ...]]:
    """Builds the record, and where each value was found; all come from the document's own words."""
    elements = [element for part in parts for element in (*part.front.elements, *part.back)]
    title = main.title or _first_title(parts) or main.given.get("标题")
    history = main.history or parts[0].front.history
    ref_no = main.ref_no or _given_number(main.given) or _order(history, title)
    ref = parse_reference_number(ref_no.split("号")[0] + "号") if ref_no else None
    titles = tuple(part.front.title for part in parts if part.front.title)
    issuers = _issuers(main, title, elements, history)
    written = _written_date(elements, history) or _given_date(main.given)
    printed = _printed_date(elements)
    stated = validity_of(
        tuple(part.body for part in parts),
        Known(written, printed, tuple((line, line_of(elements, line)) for line in history)),
    )
    record = Record(
        title=title,
        issuers=issuers,
        ref_no=ref_no,
        ref=ref,
        written_date=written,
        printed_date=printed,
        district=district_of(issuers, ref.code if ref else None),
        document_type=document_type_of(title),
        content_type=content_type_of(title, titles),
        recipients=main.recipients or parts[0].front.recipients,
        cc=_labelled(elements, ElementKind.CC),
        disclosure=_disclosure(elements),
        effective_date=stated.effective.value if stated.effective else None,
        expiry_date=stated.expiry.value if stated.expiry else None,
        repeals=stated.repeals,
    )
    return record, found_in(record, elements, stated)


def _given_number(given: Mapping[str, str]) -> str | None:
    """The number in a site's record, where it is one."""
    number = given.get("发文字号", "")
    return number if is_reference_line(number) else None


def _given_date(given: Mapping[str, str]) -> date | None:
    for label in ("成文日期", "发文日期"):
        if label in given:
            return parse_date(given[label])
    return None


def _given_bodies(given: Mapping[str, str]) -> tuple[str, ...]:
    for label in ("发文机关", "发文机构"):
        if label in given:
            return bodies_in(given[label])
    return ()


def _first_title(parts: tuple[Part, ...]) -> str | None:
    """Of an order, which has no title of its own: that of the statute it makes public."""
    return next((part.front.title for part in parts if part.front.title), None)


def _issuers(
    main: Front, title: str | None, elements: list[Element], history: list[str]
) -> tuple[str, ...]:
    signed = tuple(
        name
        for element in elements
        if element.kind is ElementKind.SIGNATURE
        for name in signed_bodies(element.text)
    )
    in_title = body_in_title(title or "")
    letterhead = tuple(name for line in main.letterhead for name in _names(line))
    named = letterhead or signed or in_title or _given_bodies(main.given)
    imprint = tuple(
        name
        for element in elements
        if element.kind is ElementKind.IMPRINT
        for name in [imprint_body(element.text)]
        if name
    )
    if not named:
        return _speaking_for(main.speaker) or _enacting_body(history, title)
    return fuller_names(named, (*letterhead, *signed, *in_title, *imprint))


def _speaking_for(speaker: str | None) -> tuple[str, ...]:
    return ("国务院",) if speaker and speaker.startswith("国务院总理") else ()


def _names(line: str) -> tuple[str, ...]:
    return bodies_in(line) or ((line,) if line else ())


def _enacting_body(history: list[str], title: str | None) -> tuple[str, ...]:
    """The body that passed a statute, or whose order made it public, by its history."""
    for line in history:
        if line.rstrip("）)").endswith("会议上"):
            continue
        order = _ORDER_BODY.search(line)
        if order:
            name = order.group(1)
            return ("国务院",) if name.endswith("国务院") else (_after_date(name),)
        passed = re.search(
            r"([\u4e00-\u9fff]{0,14}?(?:省|市|自治区|自治州|自治县|县))?第.{1,6}届(全国)?(?:[\u4e00-\u9fff]{0,14}?)人民代表大会(常务委员会)?",
            line,
        )
        if passed:
            place = passed.group(1) or ("全国" if passed.group(2) else "")
            return (f"{_after_date(place)}人民代表大会{passed.group(3) or ''}",) if place else ()
    return ()


def _after_date(name: str) -> str:
    return re.sub(r"^(?:日(?!照)|经|由)+", "", name)


def _order(history: list[str], title: str | None) -> str | None:
    """The number in a statute's history: its order's, or a reference number in brackets."""
    for line in history:
        number = find_order_number(line)
        if number:
            return re.sub(r"^.*?[日]", "", number)
    for line in history:
        cited = re.search(
            r"[\u4e00-\u9fff]{2,12}[〔\[（(]\d{4}[〕\]）)]\s*(?:第\s*)?\d{1,5}\s*号", line
        )
        if cited:
            return "".join(cited.group().split())
    return None


def _written_date(elements: list[Element], history: list[str]) -> date | None:
    """The first part's closing date; a statute's latest enactment or amendment otherwise."""
    for element in elements:
        if element.kind is ElementKind.WRITTEN_DATE:
            return parse_date(element.text)
        if element.kind is ElementKind.SIGNATURE:
            found = parse_date(element.text)
            if found:
                return found
    enacted = [moment for line in history for moment in _enactments(line)]
    return max(enacted, default=None)


def _enactments(line: str) -> list[date]:
    """The dates in a line of a statute's history, those of coming into force left out."""
    found = find_dates(line)
    dates = []
    for index, (_, end, value) in enumerate(found):
        clause = line[end : found[index + 1][0] if index + 1 < len(found) else len(line)]
        only_effect = _EFFECT_ONLY.search(clause) and not re.search(
            r"通过|公布|发布|修|批准|颁布|令|会议", clause
        )
        if not only_effect:
            dates.append(value)
    return dates


def _printed_date(elements: list[Element]) -> date | None:
    for element in reversed(elements):
        if element.kind is ElementKind.IMPRINT:
            found = parse_date(element.text)
            if found:
                return found
    return None


def _labelled(elements: list[Element], kind: ElementKind) -> str | None:
    texts = [re.sub(r"^.{2,4}?[：:]\s*", "", e.text) for e in elements if e.kind is kind]
    return "；".join(text.rstrip("。") for text in texts) or None


def _disclosure(elements: list[Element]) -> str | None:
    for element in elements:
        if element.kind is ElementKind.DISCLOSURE:
            text = element.text.strip("（()） ")
            return _PREFIX.sub("", text) or None
    return None
