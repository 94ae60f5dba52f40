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


class DeskUnreadable(StoreDeskError):
    """The desk's folder, or one of our own files in it, is there and cannot be read now."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"「{path}」现在读不了（{why}），门店没有打开，什么都没有改动。"
            "请看看网络、U 盘或移动硬盘是否连着，有没有读取的权限，然后再试一次。"
        )


class FolderGone(StoreDeskError):
    """The desk's folder was there and cannot be reached now: the network, or somebody moved it."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"门店文件夹「{folder}」现在连不上（网络断了，或被移走、改名）。"
            "您照常登记：都存在本机，连上后自动写入。"
        )


class NotWritable(StoreDeskError):
    """A folder or file cannot be written."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"「{path}」不能写入。"
            "请看看文件或文件夹是不是设成了只读、有没有写入的权限，或换一个文件夹。"
        )


class DiskFull(StoreDeskError):
    """No room left; what was acknowledged before is untouched."""

    def __init__(self, path: str) -> None:
        super().__init__(f"磁盘已满，「{path}」没有写成，原文件没有变。请腾出空间后再试。")


class DeskBusy(StoreDeskError):
    """Another process of ours holds the mirror for longer than we wait."""

    def __init__(self) -> None:
        super().__init__("另一个店务台正在读写这个门店的记录，这次没有保存。请等几秒再试一次。")


class MirrorDamaged(StoreDeskError):
    """The mirror's file is damaged; it is set aside and read anew at the next opening."""

    def __init__(self) -> None:
        super().__init__(
            "本机的门店缓存文件已损坏，刚才的操作没有完成。"
            "请关掉店务台再打开：会自动从工作簿重新读入，台账本身不受影响。"
        )


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
    """Readable, but cannot be edited without disturbing what people made.

    ``advice``: the way out, if it is another than saving the workbook anew.
    """

    reason = "不能由店务台安全地写入"
    advice = "可以照常查看；要写入，请另存为普通的 .xlsx 工作簿。"

    def __init__(self, workbook: str, detail: str = "", advice: str = "") -> None:
        if advice:
            self.advice = f"{advice.rstrip('。')}。"
        super().__init__(workbook, detail)
