"""How dates and numbers are typed: alike in every language, and each `formats.py` takes them from here.

The browser's own date field sends ISO, which Django accepts beside these.
"""

DATES = ["%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y", "%d/%m/%y"]
TIMES = ["%H:%M", "%H:%M:%S"]
MOMENTS = ["%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M"]
