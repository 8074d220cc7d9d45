"""The store: consents, their evidence with every verdict, the files sent and taken in, and a chained log.

`opening.create` makes a store and `Store.open` opens it; all else goes through two blocks: `reading()`, one consistent
view, and `writing(now)`, one transaction that has its rows of the log with it or does not happen.

>>> from evidence.store.finding import find_consents, story_of
>>> from evidence.store.log import verify_log
>>> from evidence.store.store import Store
>>> store = Store.open("store.db", keys)                                               # doctest: +SKIP
>>> with store.reading() as connection:                                                # doctest: +SKIP
...     story, faults = story_of(connection, 1), list(verify_log(connection, store.keys))
>>> story.consent.state, faults                                                        # doctest: +SKIP
('accepted', [])

Tables are in `schema` and `migrations`, keys in `key_file`, `keyring`, `sealing` and `rekeying`, evidence in `pieces`
and `evidence_files`, look-ups in `finding`, `figures`, `verdicts` and `viewing`. What may happen to consents is the
part of `evidence.lifecycle`. Nothing is imported here, so that SQLAlchemy is loaded only where a store is used.
"""
