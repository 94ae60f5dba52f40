"""Paper: reports as PDF/A-3 with the rows attached, keys, three signatures, and what they prove.

What operations call is cheap to import; the PDF libraries load with the first call:

* ``report``     draws a daily report and makes it PDF/A-3b
* ``identity``   makes, opens and revokes signing keys
* ``signing``    signs reports, one key for many
* ``verifying``  says whether a signed report can be trusted
* ``pages``      shows a PDF as pictures
"""
