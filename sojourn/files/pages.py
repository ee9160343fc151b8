"""The one door to files: a download, for those whom the owner's room lets read it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from sojourn.files import owners, services
from sojourn.files.states import FileType
from sojourn.web.access import actor_of
from sojourn.web.past import name_actions, tell_codes

name_actions(
    {
        "file.kept": _("存放文件"),
        "file.replaced": _("替换文件"),
        "file.given": _("文件转到另一对象"),
        "file.erased": _("删除文件内容"),
        "file.read": _("下载文件"),
    },
    {
        "owner": _("所属对象类型"),
        "type": _("文件类型"),
        "size": _("字节数"),
        "earlier": _("原文件"),
        **{str(choice.value): choice.label for choice in FileType},
    },
)
for _name in ("owner", "owner_kind"):
    tell_codes("files.storedfile", _name, lambda _beside, code: owners.label_of(code))
# Where a browser opens it all the same, it runs nothing, loads nothing and belongs to nobody.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_GET
def download(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The file as an attachment that no browser guesses about and no cache keeps."""
    row, content = services.read_file(file_id=file_id, actor=actor_of(request))
    response = HttpResponse(content, content_type=row.media_type)
    response["Content-Disposition"] = f'attachment; filename="{row.download_name}"'
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
