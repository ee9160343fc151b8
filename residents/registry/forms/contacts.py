"""Several telephones and contacts in a form: the first row stands open, each further one opens without a script."""

from django import forms
from django.utils.translation import gettext as _

from residents.registry.contacts import MOST_CONTACTS, MOST_PHONES, joined, parts, written
from residents.registry.errors import FactsInvalid
from residents.registry.facts import phone_number
from residents.registry.naming import LONGEST_NAME, checked_name
from residents.registry.states import ContactRelation
from sojourn.core.phones import LONGEST_TYPED

RELATION, NAME, PHONE = "contact_relation", "contact_name", "contact_phone"
READ = {NAME: checked_name, PHONE: phone_number}


class PhoneRows(forms.TextInput):
    """As many inputs of one name as telephones may be registered; what is typed comes as one text."""

    template_name = "registry/phone_rows.html"
    use_fieldset = True

    def get_context(self, name: str, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        typed = parts(value or "")
        context["widget"]["rows"] = [*typed, *[""] * MOST_PHONES][:MOST_PHONES]
        return context

    def value_from_datadict(self, data, files, name: str) -> str:
        return joined(each.strip() for each in data.getlist(name)) or ""


class PhonesField(forms.CharField):
    """Her own telephones in the order in which they are to be tried."""

    def __init__(self, **kwargs) -> None:
        widget = PhoneRows(attrs={"autocomplete": "off", "inputmode": "tel", "maxlength": LONGEST_TYPED})
        super().__init__(max_length=MOST_PHONES * (LONGEST_TYPED + 1), widget=widget, **kwargs)


class ContactRows(forms.Widget):
    """As many rows as contacts may be registered, each with relation, name and telephone."""

    template_name = "registry/contact_rows.html"
    use_fieldset = True

    def get_context(self, name: str, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        empty = ("", "", "")
        context["widget"] |= {
            "rows": [*(value or []), *[empty] * MOST_CONTACTS][:MOST_CONTACTS],
            "relations": [("", _("未报告")), *ContactRelation.choices],
            "longest": {"name": LONGEST_NAME, "phone": LONGEST_TYPED},
        }
        return context

    def value_from_datadict(self, data, files, name: str) -> list[tuple[str, str, str]]:
        columns = [[each.strip() for each in data.getlist(column)] for column in (RELATION, NAME, PHONE)]
        rows = max(map(len, columns))
        relations, names, phones = ([*column, *[""] * rows][:rows] for column in columns)
        return list(zip(relations, names, phones, strict=True))

    def value_omitted_from_data(self, data, files, name: str) -> bool:
        return not any(column in data for column in (RELATION, NAME, PHONE))


class ContactsField(forms.Field):
    """Gives the two facts that are registered of the rows that were filled in; an error says which row is meant."""

    widget = ContactRows

    def clean(self, value: list[tuple[str, str, str]]) -> dict[str, str | None]:
        errors, rows = [], []
        for number, (relation, *called) in enumerate(value, start=1):
            row = [relation if relation in ContactRelation.values else ""]
            for typed, (fact, read) in zip(called, READ.items(), strict=True):
                try:
                    row.append(read(typed, fact) if typed else "")
                except FactsInvalid as refusal:
                    said = _("第{n}位联系人：{reason}")
                    errors += [said.format(n=number, reason=error["detail"]) for error in refusal.errors]
            rows.append(row)
        if errors:
            raise forms.ValidationError(errors)
        return written(rows)
