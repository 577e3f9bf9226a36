"""Real mail servers on loopback: Dovecot, Roundcube, SOGo, each in a private folder and ended with the tests."""
