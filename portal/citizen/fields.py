"""Fields of citizens' forms: text as it is kept, and files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from feedback.attachments import Type
from feedback.plain_text import one_line, plain


class PlainField(forms.CharField):
    """Text of several lines; a line end counts as one character, as browsers count it."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        """The text as it is kept."""
        return plain(super().to_python(value) or "")


class LineField(forms.CharField):
    """Text of one line."""

    def to_python(self, value: Any) -> str:
        """The text as it is kept."""
        return one_line(super().to_python(value) or "")


class NotWrittenBack(forms.TextInput):
    """An input that a page never fills in: what was typed there proves something."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """As an empty one."""
        return super().get_context(name, None, attrs)


class FilesInput(forms.ClearableFileInput):
    """A button to choose several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what they hold is judged where they are kept (``feedback.attachments``)."""

    widget = FilesInput

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.widget.attrs["accept"] = ",".join(Type.values)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files chosen, empty ones too: they are refused by name later."""
        return list(data or [])
