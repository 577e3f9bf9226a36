"""The channels a report goes through: one file each, every one a `guetteur.reports.channels.interface.Channel`.

::

    interface.py    what a channel is, what it is given, what it answers
    http.py         one bounded question over HTTPS
    api.py          channels with an API: one request, one answer, the same words for the same failures
    mail.py         channels with a mailbox: one message over SMTP
    form.py         channels with a form or a postman: every field ready to paste; the person sends
    registry.py     all of them, by id

A draft is made without I/O and kept as it is: what was shown is what is sent. Credentials are added when it is sent and
never kept with it.
"""
