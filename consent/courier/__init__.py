"""The courier: claim a partner's mailbox, send what is due over kept connections, record it."""
