"""The API as OpenAPI 3.1 describes it, made from the same limits the views hold to."""

from __future__ import annotations

from typing import Any

from search_indexes.facets import FACETS
from search_indexes.form import MAX_PAGE, MAX_PAGE_SIZE
from search_indexes.request import Sort

Schema = dict[str, Any]
PROBLEM = "application/problem+json"


def description() -> Schema:
    """The whole document (https://spec.openapis.org/oas/v3.1.0)."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "政策文库",
            "version": "1",
            "description": "检索与阅读公开的政策文件。只读；错误按 RFC 9457 给出。",
        },
        "paths": {
            "/api/v1/": {"get": _operation("root", "有哪些地址", [], _object())},
            "/api/v1/search": {
                "get": _operation(
                    "search", "检索", _search_parameters(), _ref("Page"), 400, 404, 503
                )
            },
            "/api/v1/suggest": {
                "get": _operation("suggest", "输入时的建议", [_typed()], _ref("Suggestions"))
            },
            "/api/v1/documents/{slug}": {
                "get": _operation("document", "一份文件", [_slug()], _ref("Document"), 404, 410)
            },
        },
        "components": {
            "schemas": {
                "Problem": _problem(),
                "Hit": _hit(),
                "Page": _page(),
                "Suggestions": _suggestions(),
                "Document": _document(),
            }
        },
    }


def _operation(
    name: str, summary: str, parameters: list[Schema], schema: Schema, *statuses: int
) -> Schema:
    answers: Schema = {
        "200": {"description": "找到了", "content": {"application/json": {"schema": schema}}}
    }
    for status in (*statuses, 429):
        answers[str(status)] = {
            "description": "说明原因的错误",
            "content": {PROBLEM: {"schema": _ref("Problem")}},
        }
    if name == "document":
        answers["301"] = {"description": "文件的地址已改为 Location 所指"}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": dict(sorted(answers.items())),
    }


def _parameter(name: str, schema: Schema, text: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": text}


def _search_parameters() -> list[Schema]:
    day = _or_empty({"type": "string", "format": "date"})
    return [
        _parameter("q", {"type": "string"}, "检索词，写法同检索页"),
        *(
            _parameter(
                each.name,
                {"type": "array", "items": {"type": "string"}},
                each.label,
            )
            for each in FACETS
        ),
        _parameter("from", day, "成文日期不早于"),
        _parameter("to", day, "成文日期不晚于"),
        _parameter(
            "sort", _or_empty({"type": "string", "enum": [each.value for each in Sort]}), "次序"
        ),
        _parameter("page", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE}, "第几页"),
        _parameter(
            "page_size",
            {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE},
            "每页几份文件",
        ),
        _parameter("in", _or_empty({"type": "string", "enum": ["title"]}), "title：只在标题里找"),
        _parameter("literal", {"type": "string"}, "不空也不是 0：不用同义词"),
        _parameter("ageless", {"type": "string"}, "不空也不是 0：按相关度排时不计新旧"),
        _parameter("explain", {"type": "string"}, "检索页上编辑所用，这里不起作用"),
    ]


def _typed() -> Schema:
    return _parameter("q", {"type": "string"}, "已输入的字，只看前 200 个")


def _slug() -> Schema:
    pattern = "^[-a-zA-Z0-9_]+$"
    return {
        "name": "slug",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": pattern},
        "description": "文件地址 /documents/{slug}/ 中的一段",
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _or_empty(schema: Schema) -> Schema:
    """Forms send the fields nobody filled in; they count as not given."""
    return {"anyOf": [schema, {"type": "string", "const": ""}]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


TEXT: Schema = {"type": "string"}
MAYBE: Schema = {"type": ["string", "null"]}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}


def _problem() -> Schema:
    return _object(type=TEXT, title=TEXT, status={"type": "integer"}, detail=TEXT)


def _hit() -> Schema:
    section = _object(
        anchor=TEXT,
        url=TEXT,
        path=_list(TEXT),
        score=NUMBER,
        excerpt=_list(_object(text=TEXT, match=FLAG)),
    )
    return _object(
        id=TEXT,
        url=TEXT,
        title=TEXT,
        issuers=_list(TEXT),
        ref_no=MAYBE,
        date=MAYBE,
        district=MAYBE,
        themes=_list(TEXT),
        score=NUMBER,
        section_count=COUNT,
        sections=_list(section),
    )


def _page() -> Schema:
    values = _list(_object(value=TEXT, count=COUNT, selected=FLAG))
    nearest = _object(
        query=TEXT,
        dropped=_list(TEXT),
        count=COUNT,
        section_count=COUNT,
        documents=_list(_ref("Hit")),
    )
    return _object(
        query=TEXT,
        count=COUNT,
        section_count=COUNT,
        page=COUNT,
        pages=COUNT,
        milliseconds=NUMBER,
        documents={**_list(_ref("Hit")), "maxItems": MAX_PAGE_SIZE},
        facets={"type": "object", "additionalProperties": values},
        suggestions=_list(TEXT),
        notes=_list(TEXT),
        jump=MAYBE,
        nearest={"oneOf": [nearest, {"type": "null"}]},
        synonyms=_list(_object(term=TEXT, also=_list(TEXT))),
        numbers=_list(_object(ref_no=TEXT, title=TEXT, url=TEXT)),
    )


def _suggestions() -> Schema:
    return _object(
        query=TEXT, suggestions=_list(_object(text=TEXT, kind=TEXT, label=TEXT, count=COUNT))
    )


def _document() -> Schema:
    reference = _object(code=TEXT, year={"type": "integer"}, serial={"type": "integer"})
    fields = (
        "ref_no", "written_date", "printed_date", "district", "document_type", "content_type",
        "recipients", "cc", "disclosure",
    )  # fmt: skip
    record = _object(
        title=TEXT,
        other_names=_list(TEXT),
        issuers=_list(TEXT),
        ref={"oneOf": [reference, {"type": "null"}]},
        **dict.fromkeys(fields, MAYBE),
    )
    section = _object(
        anchor=TEXT,
        url=TEXT,
        level=COUNT,
        kind=TEXT,
        number=MAYBE,
        heading=MAYBE,
        text=TEXT,
        page={"type": ["integer", "null"]},
        themes=_list(TEXT),
    )
    return _object(
        id=TEXT,
        url=TEXT,
        version=TEXT,
        metadata=record,
        sections=_list(section),
        footnotes=_list(_object(mark=TEXT, text=TEXT)),
    )
