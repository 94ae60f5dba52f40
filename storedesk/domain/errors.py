"""Expected failures. Each class says the sentence a user reads: what, where, what to do.

Raised anywhere, caught in two places only: ``cli/main.py`` and ``gui/tasks.py``.
"""

from __future__ import annotations

from storedesk.domain.problems import Problem


class StoreDeskError(Exception):
    """An expected failure; ``str(error)`` is the Chinese sentence a user reads."""


class Misuse(StoreDeskError):  # reads as what happened: "Misuse"
    """The command itself is wrong (unknown ledger, malformed option, nobody named): exit 2."""


class Refused(StoreDeskError):
    """An entry was refused because it would be meaningless; nothing was saved."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("没有保存：" + "；".join(p.sentence() for p in problems))


class UnknownRecord(StoreDeskError):
    """No record has this id."""

    def __init__(self, record_id: str) -> None:
        self.record_id = record_id
        super().__init__(f"没有编号为「{record_id}」的记录。请用 find 或 list 查一下正确的编号。")


class DeskMissing(StoreDeskError):
    """The folder is not a desk, or cannot be reached."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"文件夹「{folder}」不是门店文件夹（没有找到《门店设置.xlsx》）。"
            "请检查路径，或先用 init 新建。"
        )


class NotWritable(StoreDeskError):
    """A folder or file cannot be written."""

    def __init__(self, path: str) -> None:
        super().__init__(f"「{path}」不能写入。请检查这个文件夹的权限，或换一个文件夹。")


class DiskFull(StoreDeskError):
    """No room left; what was acknowledged before is untouched."""

    def __init__(self, path: str) -> None:
        super().__init__(f"磁盘已满，「{path}」没有写成，原文件没有变。请腾出空间后再试。")


class WorkbookError(StoreDeskError):
    """A workbook could not be read or written; ``workbook`` is its file name."""

    reason = "现在打不开"
    advice = "请在 Excel 或 WPS 里打开看看，再试一次。"

    def __init__(self, workbook: str, detail: str = "") -> None:
        self.workbook = workbook
        self.detail = detail
        tail = f"（{detail}）" if detail else ""
        super().__init__(f"《{workbook}》{self.reason}{tail}。{self.advice}")


class WorkbookMissing(WorkbookError):
    """The file is not there; what the mirror knows is never written into an empty one."""

    reason = "找不到"
    advice = "如果改过名或移走了，请放回原处；如果删掉了，请从「备份」文件夹恢复。"


class WorkbookEncrypted(WorkbookError):
    """Password-protected (or an old .xls) behind an .xlsx name."""

    reason = "有打开密码，或是旧版 .xls 格式"
    advice = "请在 Excel 或 WPS 里去掉密码、另存为 .xlsx 后再试。"


class WorkbookDamaged(WorkbookError):
    """Not a readable workbook."""

    reason = "已损坏，读不出来"
    advice = "原文件没有动。请用 Excel 或 WPS 试着打开修复，或从「备份」文件夹恢复。"


class WorkbookUnsafe(WorkbookError):
    """Beyond the limits every foreign file is measured against."""

    reason = "大小或结构不正常，没有读取"
    advice = "请确认文件来源；正常的台账请另存为新的 .xlsx 后再试。"


class WorkbookHeld(WorkbookError):
    """Another program holds the file; entries wait and go in later."""

    reason = "正被别的程序打开"
    advice = "您照常登记：已存好，关掉表格后自动写入。"


class WorkbookUneditable(WorkbookError):
    """Readable, but cannot be edited without disturbing what people made."""

    reason = "不能由店务台安全地写入"
    advice = "可以照常查看；要写入，请另存为普通的 .xlsx 工作簿。"


class TemplateUnusable(StoreDeskError):
    """A report template says something it cannot say."""

    def __init__(self, template: str, what: str) -> None:
        super().__init__(f"报表模板「{template}」{what}。请改正，或删掉它改用自带的模板。")


class FontMissing(StoreDeskError):
    """A font file that reports need is not where it was shipped."""

    def __init__(self, path: str) -> None:
        super().__init__(f"找不到字体文件「{path}」，报表没有生成。请重新安装店务台。")


class PaperUnreadable(StoreDeskError):
    """A PDF cannot be opened at all."""

    def __init__(self, name: str) -> None:
        super().__init__(f"《{name}》打不开：文件已损坏，或不是 PDF。请向原来的人重新要一份。")


class NoSuchPage(StoreDeskError):
    """A page was asked for that the PDF does not have."""

    def __init__(self, page: int, count: int) -> None:
        super().__init__(f"没有第 {page} 页，这份文件共 {count} 页。")


class KeyProblem(StoreDeskError):
    """A signing key cannot be used; no report has changed."""


class WrongPassphrase(KeyProblem):
    """The passphrase does not open the key file."""

    def __init__(self) -> None:
        super().__init__("签名口令不对，报表没有变动。忘了口令：设置 › 签名 › 重办。")


class WeakPassphrase(KeyProblem):
    """The new passphrase is too short to protect a key."""

    def __init__(self, shortest: int) -> None:
        super().__init__(f"签名口令太短，至少 {shortest} 个字符。请换一个长些的。")


class KeyUnreadable(KeyProblem):
    """The file is not a signing key, or is damaged."""

    def __init__(self) -> None:
        super().__init__("签名钥匙文件读不出来，可能已损坏。请用备份，或到 设置 › 签名 › 重办。")


class KeyExpired(KeyProblem):
    """The certificate is past its last day, or not yet valid."""

    def __init__(self, name: str, validity: str) -> None:
        super().__init__(
            f"{name}的签名证书现在无效（有效期 {validity}），报表没有变动。"
            "请检查电脑时间；确已过期，请到 设置 › 签名 › 重办。"
        )


class KeyRevoked(KeyProblem):
    """The certificate is on the revocation list."""

    def __init__(self, name: str, day: str) -> None:
        super().__init__(f"{name}的签名证书已于 {day} 作废，不能再签，报表没有变动。请重办证书。")


class UnknownRoot(KeyProblem):
    """The certificate was not issued by a root this PC trusts."""

    def __init__(self, name: str, issuer: str) -> None:
        super().__init__(
            f"{name}的签名证书由「{issuer}」签发，不在本机信任的根证书里，报表没有变动。"
            "请向总部要根证书，或重办签名证书。"
        )


class TrustUnreadable(StoreDeskError):
    """A root certificate or revocation list cannot be read; nothing can be judged without it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}文件读不出来，无法核验。请重新导入总部发来的{what}。")


class SigningRefused(StoreDeskError):
    """This signature may not be given now; the report has not changed."""


class WrongRole(SigningRefused):
    """The certificate does not carry the role whose turn it is."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__(f"{name}的证书没有「{label}」签字权，报表没有变动。请由{label}来签。")


class WrongStore(SigningRefused):
    """The certificate belongs to another store."""

    def __init__(self, name: str, theirs: str, ours: str) -> None:
        super().__init__(f"{name}的证书属于门店「{theirs}」，这份报表是「{ours}」的，没有签。")


class NotYourTurn(SigningRefused):
    """Somebody before has not signed yet."""

    def __init__(self, expected: str, report: str) -> None:
        super().__init__(f"还没轮到：《{report}》要先由{expected}签字。报表没有变动。")


class AlreadySigned(SigningRefused):
    """This step is signed already."""

    def __init__(self, label: str, report: str) -> None:
        super().__init__(f"《{report}》的{label}已经签过字，不用再签。报表没有变动。")


class SamePerson(SigningRefused):
    """The last signature must be somebody else's than those before."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__(f"{name}已经签过这份报表，{label}一栏须由另一个人来签。报表没有变动。")


class CommentTooLong(SigningRefused):
    """The 批示 does not fit its box at a size people can read."""

    def __init__(self, longest: int) -> None:
        super().__init__(f"批示写不下：最多约 {longest} 字，请精简后再签。报表没有变动。")


class NotSignable(SigningRefused):
    """The file is not a report to be signed, or it was altered."""

    def __init__(self, report: str, why: str) -> None:
        super().__init__(f"《{report}》不能签：{why}")


class ReportHeld(StoreDeskError):
    """The report file is open in another program and could not be replaced."""

    def __init__(self, report: str) -> None:
        super().__init__(f"《{report}》正被别的程序打开，没有签成。请先关掉它再签。")
