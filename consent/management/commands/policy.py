"""Policies on the command line: import a file, list what there is, seed the shipped texts.

In production an import is signed by two publishers and held to the linter, as on the desk.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Person
from consent import lint, policytext
from consent.actions import policy_files, publishing
from consent.actions.policy_files import Signed, Standard, Stated
from consent.models import PolicyVersion

TEXTS = Path(__file__).resolve().parent.parent.parent / "texts"


class Command(BaseCommand):
    """policy import FILE | policy list | policy seed"""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        take = acts.add_parser("import", help="publish a file (Markdown, or a firm's bare text)")
        take.add_argument("file", type=Path)
        take.add_argument("--kind", default="", choices=PolicyVersion.Kind.values)
        take.add_argument("--number", default="", help="version number, such as 2.0")
        take.add_argument("--published", type=date.fromisoformat, help="day of publication")
        take.add_argument("--effective", type=date.fromisoformat, help="day it takes effect")
        take.add_argument("--author", default="", help="the publisher who wrote it")
        take.add_argument("--approver", default="", help="another publisher, who approves it")
        take.add_argument(
            "--historic",
            action="store_true",
            help="a version older than the one in force: its findings are reminders",
        )
        acts.add_parser("list", help="every version and its state")
        acts.add_parser("seed", help="publish the shipped texts; safe to repeat")

    def handle(self, *_args: Any, act: str, verbosity: int, **options: Any) -> None:
        self.is_quiet = verbosity == 0
        if act == "import":
            stated = Stated(
                kind=options["kind"],
                number=options["number"],
                published=options["published"],
                effective=options["effective"],
            )
            signed = self._signed(options["author"], options["approver"])
            self._import(options["file"], stated, signed, _standard(options["historic"]))
        elif act == "seed":
            for path in sorted(TEXTS.glob("*.md")):
                self._import(path, Stated(), None, Standard.WARN)
        else:
            self._list()

    def _signed(self, author: str, approver: str) -> Signed | None:
        """Who answers for the text: in development nobody has to."""
        if not author and not approver and settings.DEVELOPMENT:
            return None
        if not author or not approver:
            raise CommandError("请用 --author 和 --approver 写明起草人和审批人，要是两位发布人")
        try:
            return Signed(_publisher(author), _publisher(approver))
        except publishing.PublishRefused as refused:
            raise CommandError(str(refused)) from refused

    def _import(
        self, path: Path, stated: Stated, signed: Signed | None, standard: Standard
    ) -> None:
        try:
            text = policytext.parse(path.read_bytes().decode())
            version, is_new = policy_files.publish(
                text=text, stated=stated, signed=signed, standard=standard
            )
        except FileNotFoundError as error:
            raise CommandError(f"找不到文件：{path}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"文件不是 UTF-8 编码的文字：{path}") from error
        except (policytext.PolicyRefused, publishing.PublishRefused) as refusal:
            raise CommandError(f"{path.name}：{refusal}") from refusal
        self._say(f"{'已公布' if is_new else '没有变化'}：{_named(version)}")
        if policy_files.is_undated(text, stated):
            self._warn(
                "没有写日期：按今天公布、公示 7 天后生效；可用 --published、--effective 写明"
            )
        for note in text.notes:
            self._warn(note)
        self._remind(version, is_new=is_new)

    def _remind(self, version: PolicyVersion, *, is_new: bool) -> None:
        if not version.is_prevailing:
            return
        for problem in lint.problems(version.body, version.kind):
            self._warn(problem.message_zh)
        earliest = publishing.earliest_effect(version, timezone.now()) if is_new else None
        if earliest and version.effective_at < earliest:
            self._warn("生效前公布不满 7 天：政策承诺新版本至少提前 7 天公布")

    def _list(self) -> None:
        for kind in PolicyVersion.Kind:
            current = PolicyVersion.objects.in_force(kind)
            every = PolicyVersion.objects.filter(kind=kind).select_related("withdrawal")
            for version in every.order_by("-effective_at"):
                state = _state(version, current)
                self._say(f"{state}  {_named(version)}  {version.language}  {version.sha256}")

    def _say(self, words: str) -> None:
        if not self.is_quiet:
            self.stdout.write(words)

    def _warn(self, words: str) -> None:
        if not self.is_quiet:
            self.stderr.write(self.style.WARNING(f"  提醒：{words}"))


def _publisher(name: str) -> Person:
    person: Person | None = Person.objects.filter(
        username=name, kind=Person.Kind.STAFF, is_active=True
    ).first()
    if person is None:
        raise CommandError(f"没有员工账号 {name}，或者已经停用")
    return person


def _standard(is_historic: bool) -> Standard:
    if is_historic:
        return Standard.HISTORIC
    return Standard.WARN if settings.DEVELOPMENT else Standard.FULL


def _named(version: PolicyVersion) -> str:
    local = timezone.localtime
    return (
        f"{version.get_kind_display()} {version.number}《{version.title}》"
        f"{local(version.published_at):%Y-%m-%d} 公布，{local(version.effective_at):%Y-%m-%d} 生效"
    )


def _state(version: PolicyVersion, current: PolicyVersion | None) -> str:
    if hasattr(version, "withdrawal"):
        return "已撤回"
    if version == current:
        return "现行"
    return "待生效" if version.effective_at > timezone.now() else "历史"
