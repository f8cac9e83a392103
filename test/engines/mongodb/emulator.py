"""
The emulator without two faults that no client can live with: its findAndModify forgets $setOnInsert (a new document gets those values with
its $set here), and its insert stores the read concern of a transaction as a document.
"""

from neosqlite.collection import Collection
from nx_27017.handler import NeoSQLiteHandler
from nx_27017.nx_27017 import main

find_one_and_update = Collection.find_one_and_update
handle_insert = NeoSQLiteHandler.handle_insert


def with_initial_values(self, query, update, *more, upsert=False, session=None, **options):
    initial = update.get("$setOnInsert")
    if upsert and initial and self.find_one(query, session=session) is None:
        update = {**update, "$set": {**update.get("$set", {}), **initial}}
    return find_one_and_update(
        self, query, update, *more, upsert=upsert, session=session, **options
    )


def without_read_concern(self, message):
    for kind, section in message["sections"]:
        if kind == "body":
            section.pop("readConcern", None)
    return handle_insert(self, message)


Collection.find_one_and_update = with_initial_values
NeoSQLiteHandler.handle_insert = without_read_concern
main()
