"""Offers from files of other programs: read, compared with what is there, written after a yes.

``sources.read_file`` turns a file into entries and refusals, ``planning.plan`` compares them with
the organisation's offers, ``planning.write_entry`` writes one. Nothing is ever deleted by a file.
"""
