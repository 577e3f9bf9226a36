"""A private Dovecot with one mailbox."""

from __future__ import annotations

import grp
from typing import TYPE_CHECKING

from support.webmail.maildir import Maildir
from support.webmail.servers import ADDRESS, Server, account, forget, free_port, give, need, private_folder

if TYPE_CHECKING:
    from pathlib import Path

DOVECOT = "/usr/sbin/dovecot"
USER = "mamie"
PASSWORD = "jardin"
#: What a real server writes into Authentication-Results (RFC 8601) as its own name.
MAIL_DOMAIN = "jardin-de-mamie.example"

#: Everything runs as one user without rights: no login user, no chroot, no other group to change to.
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
protocols = imap
listen = {address}
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/Maildir
mailbox_list_index = no
passdb {{
  driver = static
  args = password={password} allow_nets=127.0.0.0/8
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder} allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \\Trash
  }}
}}
"""


class Imap:
    """Dovecot on a free port; ``inbox`` may be filled before and after it starts."""

    def __init__(self) -> None:
        need("dovecot-imapd", DOVECOT)
        self._who = account()
        self.folder: Path = private_folder("imap", self._who)
        self.port = free_port()
        self.inbox = Maildir(self.folder / "Maildir", self._who)
        self._server = Server("dovecot", self.folder / "output.log", self._who)

    async def start(self) -> None:
        """Start it and wait for its port."""
        who = self._who
        config = self.folder / "dovecot.conf"
        config.write_text(
            CONFIG.format(
                folder=self.folder,
                user=who.pw_name,
                group=grp.getgrgid(who.pw_gid).gr_name,
                uid=who.pw_uid,
                gid=who.pw_gid,
                address=ADDRESS,
                port=self.port,
                password=PASSWORD,
            ),
            "utf-8",
        )
        self._server.run([DOVECOT, "-F", "-c", str(give(config, who))])
        await self._server.answers(self.port)

    async def close(self) -> None:
        """End it and forget the mails."""
        await self._server.end()
        forget(self.folder)
