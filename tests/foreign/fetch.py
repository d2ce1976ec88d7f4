"""Fetches the one mail of a mailbox over IMAP, as it was stored. Arguments: port, user, password; prints nothing else."""

import imaplib
import sys
import time

port, user, password = int(sys.argv[1]), sys.argv[2], sys.argv[3]
deadline = time.monotonic() + 120
while True:
    # A mail is on its way for a moment after the server has taken it.
    with imaplib.IMAP4("127.0.0.1", port) as server:
        server.login(user, password)
        _, (count,) = server.select("INBOX", readonly=True)
        if int(count) == 1:
            _, ((_, message), _) = server.fetch("1", "(BODY.PEEK[])")
            break
    if int(count) > 1 or time.monotonic() > deadline:
        sys.exit(f"{user} has {int(count)} mails")
    time.sleep(0.05)
sys.stdout.buffer.write(message)
