"""What one person's daemon remembers between runs: their exceptions, which sites are familiar, ages it asked for.

::

    database.py     one file, opened or done without; a damaged one is moved aside
    migrations.py   its tables, as an ordered list of changes
    exceptions.py   sites the person knows and does not want to be warned of
    visits.py       which doubtful names the person goes to regularly, without the names
    keeping.py      for how long, and how much, of what is kept day by day
    ages.py         how old a domain is: remembered, published, else asked within a daily budget
    person.py       all of them together, and what is done on the clock
"""
