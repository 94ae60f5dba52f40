from __future__ import annotations

import subprocess
import sys

HEAVY = ("reportlab", "pikepdf", "pyhanko", "cryptography", "pypdfium2", "asn1crypto", "PIL")


def test_what_operations_import_loads_no_pdf_library() -> None:
    script = (
        "import sys\n"
        "from storedesk.papers import identity, pages, report, signing, template, verifying\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.strip() == "[]"
