"""Errors as application/problem+json (RFC 9457), their detail in Chinese."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

TITLES = {
    HTTPStatus.BAD_REQUEST: "参数有误",
    HTTPStatus.NOT_FOUND: "没有找到",
    HTTPStatus.GONE: "已撤下",
    HTTPStatus.METHOD_NOT_ALLOWED: "不支持的方法",
    HTTPStatus.TOO_MANY_REQUESTS: "请求过于频繁",
    HTTPStatus.SERVICE_UNAVAILABLE: "暂时不能检索",
}


def problem(status: HTTPStatus, detail: str, **more: Any) -> JsonResponse:
    """An RFC 9457 answer; its type is ``about:blank``, so that *status* says what kind it is."""
    body = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail}
    return JsonResponse(
        {**body, **more},
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
