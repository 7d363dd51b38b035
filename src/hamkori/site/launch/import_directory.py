"""`import-directory`: takes in a foreign directory, where HAMKORI_OWNER_URL points or else into the running demo."""

from hamkori.directory import command
from hamkori.site.launch import acting

configure = command.configure
main = acting.handed("import_directory", "owner", "the owner's address")
