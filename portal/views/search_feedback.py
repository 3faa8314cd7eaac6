"""A reader says whether the results for a query were of use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from portal.views.errors import bad_request
from search_indexes import searchlog
from search_indexes.query import parse_query

ANSWERS = [("yes", "有用"), ("no", "没找到想要的")]


class FeedbackForm(forms.Form):
    """Of use or not, and if one likes why; nothing that says who it was."""

    useful = forms.ChoiceField(label="结果", choices=ANSWERS, widget=forms.RadioSelect)
    said = forms.CharField(
        label="补充",
        required=False,
        max_length=300,
        help_text="可以不填；比如要找的是什么，应当排在前面的是哪一份。",
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_said(self) -> str:
        """Refuses what nobody should know of a reader."""
        said: str = self.cleaned_data["said"]
        if searchlog.is_personal(said):
            raise forms.ValidationError(
                "看起来有电话、证件号码或邮箱，请去掉；需要答复的请在文件页上报告问题。"
            )
        return said


@require_http_methods(["GET", "HEAD", "POST"])
def search_feedback(request: HttpRequest) -> HttpResponse:
    """The form about the query ``q``; POST keeps the answer for editors.

    What the log would not count (nothing, too long, personal numbers, the log off) is not asked
    about either: GET leads back to the results, POST says why.
    """
    posted = request.method == "POST"
    query = parse_query((request.POST if posted else request.GET).get("q", "")).text
    back = f"{reverse('search')}?{urlencode({'q': query})}" if query else reverse("search")
    if not searchlog.is_kept(query):
        said = "这个检索没有留下记录，所以没有可反馈的；请从检索结果的页面上再试。"
        return bad_request(request, said) if posted else redirect(back)
    given: dict[str, Any] = {"initial": {"useful": request.GET.get("useful", "")}}
    form = FeedbackForm(request.POST) if posted else FeedbackForm(**given)
    if posted and form.is_valid():
        searchlog.say(query, form.cleaned_data["useful"] == "yes", form.cleaned_data["said"])
        messages.success(request, "已告诉编辑，谢谢。")
        return redirect(back)
    context = {"form": form, "query_text": query}
    return render(request, "search/feedback.html", context, status=400 if posted else 200)
