"""What a reader follows: the page of what is new, and e-mail that stops by one click."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents.models import District, Issuer, Theme
from documents.views.requests import SignedInRequest
from portal import alerts, following
from portal.models import AlertAddress, Follow, Kind, Rate
from portal.news import news_of


class FollowForm(forms.ModelForm[Follow]):
    """How often news of one follow is mailed, and why the reader follows it."""

    class Meta:
        model = Follow
        fields = ["rate", "note"]


class AddressForm(forms.Form):
    """Where news goes."""

    email = forms.EmailField(label="邮箱", max_length=254)


@require_safe
@login_required
def index(request: SignedInRequest) -> HttpResponse:
    """All the reader follows, with what is new since they last said to have looked."""
    return _page(request)


@require_POST
@login_required
def add(request: SignedInRequest) -> HttpResponse:
    """Follows what ``kind`` and ``value`` name."""
    kind = request.POST.get("kind", "")
    value = request.POST.get("value", "")
    if kind == Kind.SEARCH and "words" in request.POST:
        value = urlencode({"q": request.POST["words"].replace("\0", "")})
    try:
        follow = following.add(request.user, kind, value)
    except following.FollowRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("following")
    messages.success(request, "已关注。有新文件时会列在这里，也可以选邮件提醒。")
    return redirect(f"/following/#f{follow.pk}")


@require_POST
@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keeps rate and note of one follow."""
    follow = _own(request, pk)
    form = FollowForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有保存：备注最多 200 字，邮件频率请从列表里选。")
        return redirect("following")
    following.set_rate(follow, form.cleaned_data["rate"], form.cleaned_data["note"])
    confirmed = AlertAddress.objects.filter(user=request.user, confirmed_at__isnull=False)
    if follow.rate != Rate.OFF and not confirmed.exists():
        messages.warning(request, "已保存。确认邮箱之后才会发邮件，请在下面填写。")
    else:
        messages.success(request, "已保存。")
    return redirect(f"/following/#f{pk}")


@require_POST
@login_required
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Follows it no more."""
    _own(request, pk).delete()
    messages.success(request, "已取消关注。")
    return redirect("following")


@require_POST
@login_required
def seen(request: SignedInRequest) -> HttpResponse:
    """Everything that the page showed as new counts as seen."""
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    following.mark_seen(request.user, until if until and is_aware(until) else None)
    return redirect("following")


@require_POST
@login_required
def set_address(request: SignedInRequest) -> HttpResponse:
    """Keeps where news goes and asks its owner to confirm; an empty one is forgotten."""
    if not request.POST.get("email", "").strip():
        alerts.forget(request.user)
        messages.success(request, "邮箱已删除，不再发邮件。")
        return redirect("following")
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        alerts.ask(request.user, form.cleaned_data["email"])
    except alerts.AlertRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "确认邮件已发出，请在两天内点开其中的链接。")
    return redirect("following")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where a confirmation link leads; the button there confirms."""
    address = alerts.address_of_token(token)
    if address is None:
        raise Http404
    if request.method == "POST":
        alerts.confirm(address)
    return _private(render(request, "following/confirm.html", {"address": address}))


@csrf_exempt  # the token is the permission, and mail programs send no cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Where a stop link leads; the button there, or the mail program's own, stops the mail."""
    follows = alerts.follows_of_token(token)
    if follows is None:
        raise Http404
    if request.method == "POST":
        alerts.stop(follows)
    context = {"done": request.method == "POST", "follows": follows}
    return _private(render(request, "following/stop.html", context))


def _page(request: SignedInRequest, refused: AddressForm | None = None) -> HttpResponse:
    now = timezone.now()
    items = news_of(request.user)
    address = AlertAddress.objects.filter(user=request.user).first()
    initial = {"email": address.email if address else ""}
    context = {
        "items": items,
        "now": now.isoformat(),
        "fresh": any(item.documents for item in items),
        "rates": Rate.choices,
        "address": address,
        "address_form": refused or AddressForm(initial=initial),
        "districts": District.objects.filter(documents__status="published").distinct(),
        "themes": Theme.objects.filter(sections__document__status="published").distinct(),
        "issuers": Issuer.objects.filter(documents__status="published").distinct()[:500],
    }
    return render(request, "following/index.html", context, status=400 if refused else 200)


def _own(request: SignedInRequest, pk: int) -> Follow:
    return get_object_or_404(Follow, pk=pk, user=request.user)


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    return response
