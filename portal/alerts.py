"""E-mail about what readers follow: confirmed addresses, chosen rates, stopped by one click."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from documents.models import Document
from portal.alert_mail import Told, confirm_text, news_text, one_line
from portal.models import AlertAddress, Follow, Kind, Rate
from portal.news import News, as_mailed, news

log = logging.getLogger(__name__)

# A little less than the name says: a run that begins a minute early must not skip a day.
EVERY = {
    Rate.INSTANT: timedelta(0),
    Rate.DAILY: timedelta(hours=23),
    Rate.WEEKLY: timedelta(days=7, hours=-1),
}
CONFIRM_SALT, STOP_SALT = "confirm alert address", "stop alerts"
CONFIRM_WITHIN = timedelta(days=2)
ASK_AGAIN_AFTER = timedelta(minutes=10)


class AlertRefused(Exception):
    """The address cannot be used (now); the message says why, in Chinese."""


@dataclass(slots=True)
class AlertReport:
    """What a run sent: mails, follows with news in them, and mails that failed."""

    mails: int = 0
    follows: int = 0
    failed: int = 0


def ask(user: User, email: str) -> None:
    """Keeps the address and mails it a link that confirms it. Raises AlertRefused."""
    now = timezone.now()
    address, _ = AlertAddress.objects.get_or_create(user=user, defaults={"email": email})
    if address.asked_at and now - address.asked_at < ASK_AGAIN_AFTER:
        raise AlertRefused("确认邮件刚刚发过，请先查收；十分钟后可以再发。")
    address.email, address.confirmed_at, address.asked_at = email, None, now
    address.save()
    token = signing.dumps([user.pk, email], salt=CONFIRM_SALT)
    body = confirm_text(absolute(reverse("alert-confirm", args=[token])))
    message = EmailMessage("请确认接收提醒的邮箱", body, to=[email])
    try:
        message.send()
    except (OSError, SMTPException) as error:
        log.warning("A confirmation mail could not be sent: %s", type(error).__name__)
        raise AlertRefused("确认邮件没有发出去，请稍后再试。") from error


def address_of_token(token: str) -> AlertAddress | None:
    """The address a confirmation link is for, None when the link is not (any more) good."""
    try:
        user, email = signing.loads(token, salt=CONFIRM_SALT, max_age=CONFIRM_WITHIN)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return AlertAddress.objects.filter(user=user, email=email).first()


def confirm(address: AlertAddress) -> None:
    """News may go to this address from now on."""
    address.confirmed_at = timezone.now()
    address.save(update_fields=["confirmed_at"])


def forget(user: User) -> None:
    """Nothing is sent any more, and the address is not kept."""
    AlertAddress.objects.filter(user=user).delete()


def stop_token(user: int, follow: int | None = None) -> str:
    """The token of a link that stops one follow's mail, or all of a reader's, without sign-in."""
    return signing.Signer(salt=STOP_SALT).sign(f"{user}.{follow or 0}")


def follows_of_token(token: str) -> list[Follow] | None:
    """The follows a stop link is for, None for a link that is not ours."""
    try:
        user, _, follow = signing.Signer(salt=STOP_SALT).unsign(token).partition(".")
    except signing.BadSignature:
        return None
    rows = Follow.objects.filter(user=int(user))
    return list(rows.filter(pk=int(follow)) if int(follow) else rows)


def stop(follows: Iterable[Follow]) -> None:
    """No more mail about these; they stay followed."""
    Follow.objects.filter(pk__in=[follow.pk for follow in follows]).update(rate=Rate.OFF)


def send_due(now: datetime | None = None) -> AlertReport:
    """Mails each reader what is new of what is due, one mail a reader.

    A follow is claimed before it is mailed, so that two runs at once never mail twice; when the
    mail cannot be handed over, the claim is taken back and the next run tries again.
    """
    now = now or timezone.now()
    report = AlertReport()
    rows = (
        Follow.objects.exclude(rate=Rate.OFF)
        .filter(user__is_active=True, user__alert_address__confirmed_at__isnull=False)
        .select_related("user__alert_address")
        .order_by("user", "pk")
    )
    due = (row for row in rows if now - row.mailed_at >= EVERY[Rate(row.rate)])
    for _, group in groupby(due, key=lambda row: row.user_id):
        _send(list(group), now, report)
    return report


def _send(follows: list[Follow], now: datetime, report: AlertReport) -> None:
    claimed = [follow for follow in follows if _claim(follow, now)]
    found = news(claimed, as_mailed)
    told = [item for item in found if item.documents]
    for item in found:
        if item.unknown:  # the index could not be asked: what is new must not be lost
            _give_back(item.follow)
    if not told:
        return
    try:
        _mail(told).send()
    except (OSError, SMTPException) as error:
        log.warning("A mail of news could not be sent: %s", type(error).__name__)
        for item in found:
            _give_back(item.follow)
        report.failed += 1
        return
    for item in told:
        if item.follow.kind == Kind.DOCUMENT:
            version = item.documents[0].version_hash
            Follow.objects.filter(pk=item.follow.pk).update(mailed_version=version)
    report.mails += 1
    report.follows += len(told)


def _claim(follow: Follow, now: datetime) -> bool:
    mine = Follow.objects.filter(pk=follow.pk, mailed_at=follow.mailed_at, rate=follow.rate)
    return mine.update(mailed_at=now) == 1


def _give_back(follow: Follow) -> None:
    Follow.objects.filter(pk=follow.pk).update(mailed_at=follow.mailed_at)


def _mail(told: list[News]) -> EmailMessage:
    user = told[0].follow.user_id
    address = AlertAddress.objects.get(user=user)
    count = sum(len(item.documents) for item in told)
    stop_all = absolute(reverse("alert-stop", args=[stop_token(user)]))
    return EmailMessage(
        _subject_line(told, count),
        news_text([_told(item) for item in told], absolute(reverse("following")), stop_all),
        to=[address.email],
        headers={  # RFC 2369 and RFC 8058
            "List-Unsubscribe": f"<{stop_all}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Precedence": "bulk",
        },
    )


def _told(item: News) -> Told:
    token = stop_token(item.follow.user_id, item.follow.pk)
    return Told(
        name=item.subject.name if item.subject else "",
        note=item.follow.note,
        changed=item.follow.kind == Kind.DOCUMENT,
        documents=tuple(
            (f"{d.title}（{d.ref_no}）" if d.ref_no else d.title, absolute(d.get_absolute_url()))
            for d in item.documents
        ),
        stop=absolute(reverse("alert-stop", args=[token])),
    )


def _subject_line(told: list[News], count: int) -> str:
    first: Document = told[0].documents[0]
    title = one_line(first.title)[:60]
    return f"政策文库：{title}" + (f" 等 {count} 份文件" if count > 1 else "")


def absolute(path: str) -> str:
    """*path* with the portal's own name, which is set and never taken from a request."""
    return f"{settings.PORTAL_URL}{path}"
