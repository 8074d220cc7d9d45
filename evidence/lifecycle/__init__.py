"""From signature to cancellation: what happens to the consents of a store, and the files that bring it about.

`states` is the table of it all, and `moving.move` the only way through it. The main path: `intake` takes consents in
and queues them; `sending.Outbox` hands files in, which `fb0110`, `fb0221`, `fb0410` (with the FB0420 that answers it)
and `fb0910` settle; `take_in` brings answers back, with a module for each file. What stands still then is in `stuck`,
and `mending`, `cancelling` and `fb0211` move it on.

>>> from evidence.lifecycle.fb0110 import settle_fb0110
>>> from evidence.lifecycle.intake import take_in_consents
>>> from evidence.lifecycle.sending import Outbox
>>> from evidence.lifecycle.take_in import take_in
>>> for taken in take_in_consents(store, registrations, clock):                        # doctest: +SKIP
...     print(len(taken.added), taken.known, taken.refused)
>>> for sent in Outbox(store, folder, clock).send("FB0110", settle_fb0110, day):       # doctest: +SKIP
...     print(sent.name, sent.records)
>>> with path.open("rb") as answer:                                                    # doctest: +SKIP
...     print(take_in(store, answer, path.name, clock()).events)

Nothing is imported here, so that SQLAlchemy is loaded only where a store is used.
"""
