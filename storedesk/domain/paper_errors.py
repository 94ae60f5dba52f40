"""Expected failures of reports, keys and signatures. Each class says the sentence a user reads."""

from __future__ import annotations

from storedesk.domain.errors import StoreDeskError


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


class UnknownReport(StoreDeskError):
    """No report has this number."""

    def __init__(self, report_no: str) -> None:
        super().__init__(f"没有编号为「{report_no}」的报表。请先生成，或看一下正确的编号。")


class ReportFrozen(StoreDeskError):
    """A signed report is not made anew; what changed since asks for an amendment."""

    def __init__(self, report_no: str, signer: str, change_count: int) -> None:
        super().__init__(
            f"{report_no} 已由{signer}签字定稿，没有改动它；签后台账里有 {change_count} 处变化。"
            "会列入下一份日报的「签后更正」；要出更正版，请加 --amend --reason 原因。"
        )


class ReportReceived(StoreDeskError):
    """Head office has acknowledged the report: it is amended only after it was sent back."""

    def __init__(self, report_no: str, receipt_no: str) -> None:
        super().__init__(
            f"{report_no} 总部已回执（{receipt_no}），不能自行更正。"
            "请总部退回，在「日报登记」填上退回原因后再出更正版。"
        )


class ReportLost(StoreDeskError):
    """The file of a signed report is not where it was; another one would be no evidence."""

    def __init__(self, report_no: str, file: str) -> None:
        super().__init__(
            f"{report_no} 已签过字，但文件「{file}」不在原处，没有重新生成。"
            "请把它放回原处，或从备份恢复。"
        )


class PaperHeld(StoreDeskError):
    """The report's file is open in another program, so it was not made anew."""

    def __init__(self, report: str) -> None:
        super().__init__(f"《{report}》正被别的程序打开，没有重新生成。请先关掉它再试。")


class SupersededReport(SigningRefused):
    """There is an amendment; the version before it is not signed any more."""

    def __init__(self, report_no: str, newer: str) -> None:
        super().__init__(f"{report_no} 已有更正版，请签 {newer}。没有签。")


class SignerProblem(StoreDeskError):
    """Who is to sign, or to get a key, cannot be told; no report has changed."""


class SignerUnknown(SignerProblem):
    """The name is neither of staff nor of a role."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f"员工名单里没有「{name}」，也没有这个岗位。{hint}")


class SignerAmbiguous(SignerProblem):
    """Several people bear the name."""

    def __init__(self, name: str, count: int) -> None:
        super().__init__(
            f"员工里有 {count} 个「{name}」，分不清是谁。"
            "请在《门店设置》「员工」里把姓名改成能分清的，比如加上岗位。"
        )


class SignerLeft(SignerProblem):
    """The person does not work here any more."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}已离职，不能签字。请由现在的同事来签。")


class NobodyHasRole(SignerProblem):
    """Nobody who works here has the role."""

    def __init__(self, label: str) -> None:
        super().__init__(f"没有在职的「{label}」。请在《门店设置》「员工」里填上，或直接写姓名。")


class SeveralHaveRole(SignerProblem):
    """More than one person has the role, so a name is needed."""

    def __init__(self, label: str, names: str) -> None:
        super().__init__(f"「{label}」不止一位（{names}），请写上是谁签。")


class NoSigningRole(SignerProblem):
    """The person has none of the roles that sign reports."""

    def __init__(self, name: str, roles: str) -> None:
        super().__init__(f"{name}没有签字的岗位，没有办钥匙。请用 --role 写上 {roles} 之一。")


class KeyMissing(KeyProblem):
    """Nobody has made a key for this person on this PC."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name}在这台电脑上还没有签名钥匙。请先办理（staff 门店 key {name} --role 岗位），"
            "或用 --key 指明签名U盘上的钥匙文件。"
        )


class KeyNotFound(KeyProblem):
    """The key file is not where it was put, such as a USB stick that is not plugged in."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(
            f"{name}的签名钥匙应在「{path}」，现在找不到。请插上签名U盘，或用 --key 指明它在哪里。"
        )


class KeyExists(KeyProblem):
    """The person has a key that still counts."""

    def __init__(self, name: str, validity: str) -> None:
        super().__init__(f"{name}已有签名钥匙（有效期 {validity}），没有另办。要重办请加 --renew。")


class KeyOfOther(KeyProblem):
    """The key file names somebody else."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"这把签名钥匙是{holder}的，不是{name}的。报表没有变动。")
