"""How dates and numbers look in each language: day first everywhere, 24 hours, Monday first, a space between thousands.

Django's own formats would write American dates in English and the Russian "г." in Tajik.
"""
