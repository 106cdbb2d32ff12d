"""What merchants send about their papers: a photo, or the wish to show the originals instead."""

from collections.abc import Mapping
from typing import Any

from django import forms

from onboarding import roles


class PaperForm(forms.Form):
    """One photograph; pictures.py judges what is in the file."""

    photo = forms.FileField(
        label="照片",
        allow_empty_file=True,
        max_length=None,
        error_messages={
            "required": "还没有选择照片，请拍照或从相册选择。",
            "missing": "还没有选择照片，请拍照或从相册选择。",
            "invalid": "照片没有传上来，请重新选择。",
        },
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].label = label

    @classmethod
    def of(cls, sent: Mapping[str, Any], photo: Any, *, label: str) -> "PaperForm":
        """The form with the photo that was sent, whichever way it was chosen."""
        return cls(sent, {"photo": photo} if photo else {}, label=label)


class IdentityCheckForm(forms.Form):
    """How the ID is checked."""

    way = forms.ChoiceField(choices=roles.IdentityCheck.choices)
