"""What is typed about risk signals: how something was checked, and what to look at again."""

from django import forms

MOST = 500


class AskForm(forms.Form):
    """A wish for another human look; its words are nobody's duty."""

    words = forms.CharField(
        label="想请我们重点看什么",
        help_text="不写也可以直接点。不要写身份证号、银行账号和密码，也不要写别人的号码。",
        required=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"最多 {MOST} 个字，请写得短一些；细节可以电话里说。"},
    )


def how_checked() -> forms.CharField:
    """Asked of whoever approves in spite of something that must be checked."""
    return forms.CharField(
        label="怎样核实的",
        help_text="写看了什么、问了谁、结论是什么，5 到 500 个字。"
        "商家有权查看，不要写别人的姓名和号码。",
        min_length=5,
        max_length=MOST,
        # The box stands above the buttons that stay in sight, outside the form it is sent with.
        widget=forms.Textarea(attrs={"rows": 3, "form": "verdict"}),
        error_messages={
            "required": "有重点核实的提示：请写明怎样核实的，才能通过。",
            "min_length": "请写得具体一些，至少 5 个字。",
            "max_length": f"最多 {MOST} 个字，请写得短一些。",
        },
    )
