"""Every address of the portal."""

from django.conf import settings
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe

from portal import feeds
from portal.feeds import DocumentFeed, DocumentSitemap, NewestDocuments
from portal.views import (
    accounts,
    following,
    home,
    machines,
    reports,
    search,
    search_export,
    search_feedback,
    search_help,
    similar,
    styleguide,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("search/export.csv", search_export.search_export, name="search-export"),
    path("search/help/", search_help.search_help, name="search-help"),
    path("search/advanced/", search_help.advanced, name="search-advanced"),
    path("search/feedback/", search_feedback.search_feedback, name="search-feedback"),
    path("documents/<slug:slug>/report/", reports.report, name="report"),
    path("documents/<slug:slug>/similar/", similar.similar, name="similar"),
    path("", include("documents.urls")),
    path("accounts/login/", accounts.LogIn.as_view(), name="login"),
    path("accounts/logout/", accounts.LogOut.as_view(), name="logout"),
    path("accounts/signup/", accounts.SignUp.as_view(), name="signup"),
    path("accounts/password/", accounts.PasswordChange.as_view(), name="password_change"),
    path("api/v1/", include("portal.api.urls")),
    path("feeds/", require_safe(NewestDocuments()), name="feed"),
    path("feeds/search/", feeds.of_search, name="feed-search"),
    path("feeds/documents/<slug:slug>/", require_safe(DocumentFeed()), name="feed-document"),
    path("feeds/<str:kind>/<str:name>/", feeds.of_facet, name="feed-facet"),
    path("following/", following.index, name="following"),
    path("following/add/", following.add, name="follow-add"),
    path("following/seen/", following.seen, name="follow-seen"),
    path("following/address/", following.set_address, name="alert-address"),
    path("following/address/<str:token>/", following.confirm_address, name="alert-confirm"),
    path("following/stop/<str:token>/", following.stop, name="alert-stop"),
    path("following/<int:pk>/edit/", following.edit, name="follow-edit"),
    path("following/<int:pk>/remove/", following.remove, name="follow-remove"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("robots.txt", machines.robots, name="robots"),
    path("opensearch.xml", machines.opensearch, name="opensearch"),
    path(
        "sitemap.xml",
        require_safe(sitemap),
        {"sitemaps": {"documents": DocumentSitemap}, "template_name": "sitemap.xml"},
        name="sitemap",
    ),
    path("healthz", machines.health, name="health"),
    path("readyz", machines.ready, name="ready"),
    path("admin/", admin.site.urls),
]

handler500 = "portal.views.errors.server_error"

if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
