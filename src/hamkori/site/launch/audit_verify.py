"""`audit-verify`: the ledger where HAMKORI_CLOCK_URL points, or else of the running demo, read by the clock's login."""

from hamkori.audit import command
from hamkori.site.launch import acting

configure = command.configure
main = acting.handed("audit_verify", "worker", "the worker's address")
