"""Finds the register's entry for what a document prints: its issuers, its place, its themes."""

from __future__ import annotations

from collections.abc import Iterable

from documents.models import District, Issuer, IssuerCode, IssuerName, Theme
from documents.text import ReferenceNumber


class Register:
    """The register as read once; look-ups are in memory, new bodies are added as they come."""

    def __init__(self) -> None:
        self.districts = {district.name: district for district in District.objects.all()}
        self._issuers = {
            issuer.name: issuer for issuer in Issuer.objects.select_related("district")
        }
        for other in IssuerName.objects.select_related("issuer__district"):
            self._issuers.setdefault(other.name, other.issuer)
        self._codes = {
            code.code: code.issuer for code in IssuerCode.objects.select_related("issuer__district")
        }
        self.themes = {theme.name: theme for theme in Theme.objects.all()}
        self.vocabulary = tuple((theme.name, tuple(theme.terms)) for theme in self.themes.values())

    def issuer(self, name: str, district: District | None = None) -> Issuer:
        """The body printed as *name*; one not known yet is added, in *district* if given."""
        found = self._issuers.get(name)
        if found is None:
            found, _ = Issuer.objects.get_or_create(name=name, defaults={"district": district})
            self._issuers[name] = found
        return found

    def issuers(self, names: Iterable[str], district: District | None = None) -> tuple[Issuer, ...]:
        """The bodies printed as *names*, in order, each once."""
        return tuple(dict.fromkeys(self.issuer(name, district) for name in names if name))

    def district(self, name: str) -> District:
        """The place called *name*; one not known yet is added after the known ones."""
        found = self.districts.get(name)
        if found is None:
            found, _ = District.objects.get_or_create(name=name)
            self.districts[name] = found
        return found

    def district_of(
        self, issuers: Iterable[Issuer], ref: ReferenceNumber | None
    ) -> District | None:
        """The place of the first issuer that has one, else that of the number's 代字."""
        for issuer in issuers:
            if issuer.district is not None:
                return issuer.district
        owner = self._codes.get(ref.code) if ref else None
        return owner.district if owner else None

    def theme(self, name: str) -> Theme:
        """The theme called *name*; one not in the list yet is added without terms."""
        found = self.themes.get(name)
        if found is None:
            found, _ = Theme.objects.get_or_create(
                name=name, defaults={"slug": f"theme-{Theme.objects.count() + 1}"}
            )
            self.themes[name] = found
        return found
