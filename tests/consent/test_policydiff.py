"""What changed between two texts, told paragraph by paragraph."""

from consent import policydiff


def test_a_difference_is_escaped_whatever_the_text_holds():
    found = policydiff.changes("<b>旧的一句话在这里</b>", "<b>新的一句话在这里</b>")

    assert [change.html for change in found] == [
        "&lt;b&gt;<del>旧</del><ins>新</ins>的一句话在这里&lt;/b&gt;"
    ]


def test_removed_added_and_unchanged_are_told_apart():
    before = "# 题\n\n## 甲\n\n留下的话\n\n去掉的这句话\n\n## 乙\n\n末尾"
    after = "# 题\n\n## 甲\n\n留下的话\n\n## 乙\n\n| 全新 | 表格 |\n| --- | --- |\n\n末尾"

    found = [(c.heading, c.kind, c.html) for c in policydiff.changes(before, after)]

    assert found == [
        ("甲", "removed", "<del>去掉的这句话</del>"),
        ("乙", "added", "<ins>全新 · 表格</ins>"),
    ]


def test_nothing_changed_is_no_change():
    assert policydiff.changes("# 一样\n\n**粗体**", "# 一样\n\n粗体") == ()
