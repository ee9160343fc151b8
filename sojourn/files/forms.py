"""A field for a scan or a picture: a camera or a file, without a script, and a clear word about what is wrong."""

from typing import ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from sojourn.files.checking import refuse_path, refuse_size, type_of
from sojourn.files.errors import FileRefused, FileTooLarge, TwoFiles
from sojourn.files.services import Upload, limits
from sojourn.files.states import MEDIA_TYPES

ACCEPTED = ",".join(MEDIA_TYPES.values())
PHOTO = "-photo"


class ScanInput(forms.FileInput):
    """Two inputs beside each other: on a phone the first opens the camera, the second the gallery and the files.

    No browser lets a page fill them in again, so a form that comes back says that the file has to be chosen anew.
    """

    template_name = "files/scan_input.html"
    needs_multipart_form = True
    use_fieldset = True

    class Media:
        css: ClassVar = {"all": ("web/scan.css",)}
        js = ("web/chosen.js",)

    def get_context(self, name: str, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"photo_name": name + PHOTO, "accepted": ACCEPTED, "was_sent": bool(value)}
        return context

    def use_required_attribute(self, _initial) -> bool:
        """Never: a browser would insist on the second input when the first has a photo."""
        return False

    def value_from_datadict(self, data, files, name: str):
        sent = [each for each in (files.get(name), files.get(name + PHOTO)) if each]
        return sent if len(sent) > 1 else next(iter(sent), None)

    def value_omitted_from_data(self, data, files, name: str) -> bool:
        return name not in files and name + PHOTO not in files


class ScanField(forms.FileField):
    """Gives an Upload. What the first bytes and the size tell is said here; the service looks at the whole."""

    widget = ScanInput
    default_error_messages = {"required": _("请拍照或选择一个文件。")}

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("help_text", _("PDF、JPEG、PNG或WebP，不超过20MB。用手机可以直接拍照。"))
        super().__init__(**kwargs)

    def bound_data(self, data, initial):
        """That something was sent, so that the inputs can say that it is needed again."""
        return data or initial

    def clean(self, data, initial=None) -> Upload | None:
        try:
            if isinstance(data, list):
                raise TwoFiles
            if data in self.empty_values:
                if self.required:
                    raise forms.ValidationError(self.error_messages["required"], code="required")
                return None
            return _upload(data)
        except FileRefused as refused:
            raise forms.ValidationError(str(refused), code=refused.code) from None


def _upload(sent: UploadedFile) -> Upload:
    allowed = limits()
    refuse_path(sent.name or "")
    refuse_size(sent.size or 0, allowed)
    content = sent.read()
    if len(content) != sent.size:  # of what is beyond the bound nothing was kept
        raise FileTooLarge(megabytes=allowed.most_bytes // 1_048_576)
    type_of(content[:16])
    return Upload(sent.name or "", content)
