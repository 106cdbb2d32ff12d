"""The publisher's desk in the browser's eyes: who sees it, what it shows, what it takes."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from consent.actions import drafts, publishing
from consent.models import PolicyDraft, PolicyVersion
from consent.states import PolicyDraftState
from tests import factories
from tests.consent.policy_kit import EFFECTIVE, publish, shipped_text, submitted, wording

pytestmark = pytest.mark.django_db

DESK = reverse("consent:desk_policies")
WRITE = reverse("consent:desk_draft_write")


@pytest.fixture(autouse=True)
def _shipped(db):
    factories.publish_policies()


@pytest.fixture
def author(publisher):
    return factories.signed_in(publisher)


@pytest.fixture
def second(second_publisher):
    return factories.signed_in(second_publisher)


def typed(**changed) -> dict[str, object]:
    """What an author types into the form, all of it in order."""
    said = {
        "kind": "privacy",
        "language": "zh-Hans",
        "number": "2.0",
        "effective_date": timezone.localdate(EFFECTIVE).isoformat(),
        "summary": "日志的保存时间写得更清楚。",
        "major_changes": ["recipients"],
        "body": shipped_text().markdown,
    }
    return said | changed


def to(name: str, draft: PolicyDraft) -> str:
    return reverse(f"consent:{name}", args=[draft.pk])


def told(response) -> str:
    """The page a form leads to."""
    return response.client.get(response.url).content.decode()


# Who may


@pytest.mark.parametrize(
    ("role", "status"), [("publisher", 200), ("officer", 200), ("reviewer", 403)]
)
def test_the_desk_is_for_publishers_and_those_who_watch_them(request, role, status):
    browser = factories.signed_in(request.getfixturevalue(role))

    assert browser.get(DESK).status_code == status
    assert browser.get(WRITE).status_code == (200 if role == "publisher" else 403)


def test_merchants_and_strangers_have_no_business_there(client, merchant, publisher):
    draft = drafts.begin(wording=wording(), by=publisher)

    assert client.get(DESK).url.startswith(reverse("account_login"))
    assert factories.signed_in(merchant).get(DESK).status_code == 403
    assert factories.signed_in(merchant).post(to("desk_publish", draft)).status_code == 403


def test_a_watcher_may_look_but_decides_nothing(officer, publisher):
    draft = submitted(publisher)
    browser = factories.signed_in(officer)

    assert 'form="publish"' not in browser.get(to("desk_draft", draft)).content.decode()
    assert browser.post(to("desk_publish", draft), {"seen_round": 1}).status_code == 403


# Writing


def test_a_new_version_starts_from_the_text_in_force(author):
    page = author.get(f"{WRITE}?kind=cookies").content.decode()

    assert "# 51车商家端 Cookie 说明" in page
    assert '<option value="cookies" selected>' in page


@pytest.mark.parametrize("number", ["2026/12", "compare", "..", '2"', "2 0", "二"], ids=ascii)
def test_a_number_that_could_not_stand_in_an_address_is_refused(author, number):
    file = SimpleUploadedFile("x.md", f"---\nnumber: {number}\n---\n# 标题\n\n正文".encode())

    answers = [
        author.post(WRITE, typed(number=number)),
        author.post(WRITE, typed(number="", file=file)),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert PolicyDraft.objects.count() == 0


@pytest.mark.parametrize(
    "head",
    [f"number: {'2' * 21}\n---\n# 标题", f"number: 2.0\n---\n# {'长' * 101}"],
    ids=["number", "title"],
)
def test_a_file_whose_head_is_too_long_to_keep_is_refused(author, head):
    file = SimpleUploadedFile("x.md", f"---\n{head}\n\n正文".encode())

    answer = author.post(WRITE, typed(number="", file=file))

    assert answer.status_code == 422
    assert PolicyDraft.objects.count() == 0


def test_a_day_before_any_calendar_of_ours_is_refused(author):
    file = SimpleUploadedFile("x.md", "# 标题\n\n生效日期：0001 年 1 月 1 日\n\n正文".encode())

    answers = [
        author.post(WRITE, typed(effective_date="0001-01-01")),
        author.post(WRITE, typed(effective_date="", file=file)),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_what_was_typed_is_kept_and_can_be_changed(author, publisher):
    author.post(WRITE, typed(effective_date="", summary="", major_changes=["none"]))
    draft = PolicyDraft.objects.get()

    author.post(to("desk_draft_edit", draft), typed(number="2.1"))

    assert (draft.author, draft.major_changes, draft.effective_at) == (publisher.pk, [], None)
    draft.refresh_from_db()
    assert (draft.number, draft.major_changes, draft.effective_at) == (
        "2.1",
        ["recipients"],
        EFFECTIVE,
    )


def test_a_file_is_imported_with_what_its_head_says(author):
    head = "---\nkind: leads\nnumber: 4.2\nsummary: 换了排列办法\n---\n"
    file = SimpleUploadedFile("leads.md", (head + shipped_text("leads").markdown).encode())

    author.post(
        WRITE, typed(kind="leads", body="", number="", summary="", effective_date="", file=file)
    )

    draft = PolicyDraft.objects.get()
    assert (draft.kind, draft.number, draft.summary) == ("leads", "4.2", "换了排列办法")
    assert draft.title == "51车商家端线索推荐专项政策"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"body": ""}, "文件里没有正文"),
        ({"kind": "nothing"}, "请选择类别"),
        ({"language": "klingon"}, "请选择语言"),
        ({"major_changes": ["none", "rights"]}, "不能和别的一起选"),
        ({"file": SimpleUploadedFile("x.md", b"\xff\xfe")}, "不是 UTF-8"),
        ({"file": SimpleUploadedFile("x.md", b"#" * 1024 * 1025)}, "文件太大"),
        (
            {"file": SimpleUploadedFile("x.md", "---\nkind: leads\n---\n# 题\n\n文".encode())},
            "文件里写的是",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field_and_nothing_typed_is_lost(
    author, changed, words
):
    page = author.post(WRITE, typed(**changed))

    shown = page.content.decode()
    assert page.status_code == 422
    assert words in shown
    assert "日志的保存时间写得更清楚。" in shown
    assert PolicyDraft.objects.count() == 0


# One draft


def test_findings_are_named_with_what_to_do(author):
    author.post(WRITE, typed(body=shipped_text(extra="我们收集姓名等信息。").markdown, summary=""))

    page = author.get(to("desk_draft", PolicyDraft.objects.get())).content.decode()

    assert "列举没有写完，应当逐项列明：共 1 处" in page
    assert "请改写或者删去这些句子" in page
    assert "没有用大白话写改了什么" in page


def test_handing_in_an_unlinted_text_is_refused_by_name(author, publisher):
    draft = drafts.begin(wording=wording(extra="我们收集姓名等信息。"), by=publisher)

    page = told(author.post(to("desk_submit", draft)))

    assert "还有 1 处要改：列举没有写完" in page
    draft.refresh_from_db()
    assert draft.state == PolicyDraftState.DRAFT


def test_short_notice_of_an_agreement_names_the_law(author, publisher):
    draft = drafts.begin(
        wording=wording(
            kind="store_agreement",
            text=shipped_text("store_agreement"),
            effective_at=timezone.now() + timedelta(days=2),
        ),
        by=publisher,
    )

    assert "《电子商务法》第34条" in author.get(to("desk_draft", draft)).content.decode()


def test_the_draft_shows_what_it_changes_word_by_word(author, publisher):
    draft = drafts.begin(wording=wording(extra="**也说明这一点。**"), by=publisher)

    page = author.get(to("desk_draft", draft)).content.decode()

    assert "与现行的 1.0 版逐处对照" in page
    assert "<ins>也说明这一点。</ins>" in page


def test_script_in_a_draft_is_inert_in_preview_and_difference(author, publisher):
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    draft = drafts.begin(wording=wording(extra=bad, summary=bad), by=publisher)

    pages = [
        author.get(to(name, draft)).content.decode() for name in ("desk_draft", "desk_preview")
    ]

    for page in pages:
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.clause("C9")
def test_the_preview_shows_the_pop_up_and_the_page_as_merchants_will_see_them(
    author, publisher, second_publisher, client
):
    draft = submitted(publisher)
    preview = author.get(to("desk_preview", draft)).content.decode()
    version = drafts.publish(draft=draft, seen_round=1, by=second_publisher)
    client.cookies["portal_seen"] = first_visit_closed(client)

    public = client.get(reverse("consent:policy_version", args=["privacy", "2.0"])).content.decode()
    home = client.get("/").content.decode()

    article = re.compile(r"<article.*?</article>", re.S)
    assert article.findall(preview) == article.findall(public)
    assert version.summary in preview
    for words in (version.summary, "主要的接收方变了", "不点同意就不按新办法处理"):
        assert words in preview
        assert words in home


def first_visit_closed(client) -> str:
    """The cookie of somebody who closed the first-visit notice."""
    mark = re.search(r'name="popup" value="(\w+)"', client.get("/").content.decode())
    return mark[1] if mark else ""


# Two people


def test_one_hands_in_and_another_publishes(author, second, publisher):
    author.post(WRITE, typed())
    draft = PolicyDraft.objects.get()
    author.post(to("desk_submit", draft))

    page = told(second.post(to("desk_publish", draft), {"seen_round": 1}))

    assert "已公布" in page
    assert PolicyVersion.objects.upcoming("privacy").number == "2.0"


def test_the_author_is_told_that_somebody_else_must_publish(author, publisher):
    draft = submitted(publisher)

    shown = author.get(to("desk_draft", draft)).content.decode()
    refused = told(author.post(to("desk_publish", draft), {"seen_round": 1}))

    assert 'form="publish"' not in shown
    assert "自己起草的不能自己公布" in shown
    assert "起草人不能审批自己" in refused
    assert PolicyVersion.objects.upcoming("privacy") is None


def test_sending_back_says_why_and_the_author_reads_it(author, second, publisher):
    draft = submitted(publisher)

    empty = second.post(to("desk_send_back", draft), {"seen_round": 1, "remark": ""})
    second.post(to("desk_send_back", draft), {"seen_round": 1, "remark": "期限写到天"})

    assert empty.status_code == 422
    assert "期限写到天" in author.get(to("desk_draft", draft)).content.decode()
    assert "期限写到天" in author.get(to("desk_draft_edit", draft)).content.decode()


def test_who_comes_second_is_told_and_changes_nothing(second, publisher, reviewer):
    draft = submitted(publisher)
    second.post(to("desk_send_back", draft), {"seen_round": 1, "remark": "x"})

    page = told(second.post(to("desk_publish", draft), {"seen_round": 1}))

    assert "刚刚有变化" in page
    assert second.post(to("desk_publish", draft), {"seen_round": "x"}).status_code == 400
    assert second.post(to("desk_submit", draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.state == PolicyDraftState.SENT_BACK


def test_a_discarded_draft_is_gone_from_the_desk(author, publisher):
    draft = drafts.begin(wording=wording(), by=publisher)

    author.post(to("desk_discard", draft))

    assert to("desk_draft", draft) not in author.get(DESK).content.decode()
    assert author.get(to("desk_draft_edit", draft)).status_code == 302


# Taking back


def test_a_coming_version_is_withdrawn_with_a_reason_everybody_can_read(author, client):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=7))
    there = reverse("consent:desk_withdraw", args=[coming.pk])

    assert author.post(there, {"reason": ""}).status_code == 422
    author.post(there, {"reason": "保存期限写错了"})

    gone = client.get(reverse("consent:policy_version", args=["privacy", "2.0"]))
    listed = client.get(reverse("consent:policy_versions", args=["privacy"]))
    assert gone.status_code == 410
    assert "保存期限写错了" in gone.content.decode()
    assert "2.0 版" not in listed.content.decode()
    assert author.get(there).status_code == 404


def test_who_saw_its_pop_up_is_not_shown_it_again(client, publisher):
    coming = publish("2.0", effective_at=timezone.now() + timedelta(days=7))
    client.cookies["portal_seen"] = first_visit_closed(client)
    before = client.get("/").content.decode()

    publishing.withdraw(version=coming, reason="x", by=publisher)

    assert "隐私政策将要更新" in before
    assert "隐私政策将要更新" not in client.get("/").content.decode()


def test_a_version_in_force_has_no_page_to_withdraw_it(author):
    current = PolicyVersion.objects.in_force("privacy")

    assert author.post(reverse("consent:desk_withdraw", args=[current.pk])).status_code == 404


# Costs


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_however_many_drafts(
    author, publisher, django_assert_num_queries, count
):
    for number in range(count):
        drafts.begin(wording=wording(number=f"{number}.9"), by=publisher)
    author.get(DESK)

    with django_assert_num_queries(14):
        author.get(DESK)
