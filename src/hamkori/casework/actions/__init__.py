"""What people do in casework. Each act: policy, transaction, ledger, notices (hamkori.action)."""
