"""The import of a foreign directory: a folder of JSON in the shape of Open Referral's HSDS 3.0.

package    reads a folder that nobody trusts, within limits, into plain values
values     one field at a time: type, length, no invisible characters
entities   what the standard calls its objects, and which of their fields are read here
table      rows by kind and id, from nested and from flat writings alike
terms      foreign terms, areas and languages turned into our codes
week       iCal rules turned into a weekly opening
secrets    what of shelters must never be kept, wherever else it stands
draft      what the directory would become
save       the draft compared with the database and written, or undone
"""
