"""What files refuses; none of it repeats a name or a content."""

from django.utils.translation import gettext_lazy as _

from sojourn.core.refusals import Invalid, NotPermitted, Refusal


class FileRefused(Invalid):
    """A file that is not kept, said at the form's field ``file`` as well."""

    def __init__(self, **facts) -> None:
        super().__init__(**facts)
        self.errors = [{"field": "file", "code": self.code, "detail": str(self)}]


class FileEmpty(FileRefused):
    code = "file_empty"
    title = _("文件是空的，请重新选择")


class FileTooLarge(FileRefused):
    code = "file_too_large"
    title = _("文件超过{megabytes}MB，请缩小后再上传")


class FileTypeNotTaken(FileRefused):
    code = "file_type_not_taken"
    title = _("只收PDF、JPEG、PNG和WebP文件；改后缀名不能改变文件类型")


class FileDamaged(FileRefused):
    code = "file_damaged"
    title = _("文件不完整或已损坏，请重新扫描或拍照")


class TooManyPixels(FileRefused):
    code = "too_many_pixels"
    title = _("图片太大（超过{megapixels}百万像素），请降低分辨率后再上传")


class PictureMoves(FileRefused):
    code = "picture_moves"
    title = _("不收动图，请上传静止的图片")


class NameHoldsPath(FileRefused):
    code = "name_holds_path"
    title = _("文件名中不能有路径或控制字符，请改名后再上传")


class TwoFiles(FileRefused):
    code = "two_files"
    title = _("拍照和选择文件只用一种")


class NotYourFile(NotPermitted):
    code = "not_your_file"
    title = _("您没有为它存放或删除文件的权限")


class FileErased(Refusal):
    code = "file_erased"
    title = _("这份文件的内容已经删除")


class FileUnreadable(Refusal):
    """The bytes are missing, changed or do not open: what is served is what was kept, or nothing."""

    code, status = "file_unreadable", 503
    title = _("这份文件暂时无法读取，请联系系统管理员")


class NoPlaceForFiles(Refusal):
    code, status = "no_place_for_files", 503
    title = _("本节点没有存放文件的地方，请联系系统管理员")
