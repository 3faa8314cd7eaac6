"""Signing up, in and out, and a new password: Django's own accounts in the portal's look."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse_lazy
from django.views.generic import FormView

from documents import browser_marks, browser_words
from portal.forms import SignUpForm


def carry_over(request: HttpRequest, user: User, response: HttpResponse) -> None:
    """Makes the marks kept in the browser the account's own, and says what became of them."""
    carried, left = browser_marks.carry_over(request, user, response)
    carried += browser_words.carry_over(request, user, response)
    if carried:
        messages.success(request, f"这个浏览器里暂存的 {carried} 处书签已归入您的账号。")
    if left:
        messages.warning(request, f"{left} 处的原文已变动或撤下，没有带入。")


class LogIn(auth.LoginView):
    """Sign-in; whoever is signed in already goes on to where they wanted to."""

    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Signs in and carries over what was marked in this browser."""
        response = super().form_valid(form)
        carry_over(self.request, form.get_user(), response)
        return response


class LogOut(auth.LogoutView):
    """Sign-out, by POST alone."""


class SignUp(auth.RedirectURLMixin, FormView[SignUpForm]):
    """A new account, signed in at once and led back to where it was needed."""

    template_name = "accounts/signup.html"
    form_class = SignUpForm
    next_page = "home"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Nobody who is signed in needs a second account by accident."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        """Keeps the account and signs it in."""
        user: User = form.save()
        login(self.request, user, backend="django.contrib.auth.backends.ModelBackend")
        messages.success(self.request, f"已注册并登录，欢迎 {user.get_username()}。")
        response = HttpResponseRedirect(self.get_success_url())
        carry_over(self.request, user, response)
        return response

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Hands the way back on to the form and to the link to sign-in."""
        way_back = {self.redirect_field_name: self.get_redirect_url()}
        return super().get_context_data(**kwargs) | way_back


class PasswordChange(auth.PasswordChangeView):
    """A new password for whoever knows the old one."""

    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: object) -> HttpResponse:
        """Says that it was changed; other sessions of the account end."""
        messages.success(self.request, "密码已修改。")
        return super().form_valid(form)  # type: ignore[arg-type]
