"""
The emulator without three faults that no client can live with: its findAndModify forgets $setOnInsert (a new document gets those values with
its $set here), its insert stores the read concern of a transaction as a document, and it takes {field: {}} for no condition, which on a server
is equality with an empty document.
"""

from neosqlite.collection import Collection
from nx_27017.handler import NeoSQLiteHandler
from nx_27017.nx_27017 import main

find_one_and_update = Collection.find_one_and_update
handle_insert = NeoSQLiteHandler.handle_insert
handle_command = NeoSQLiteHandler.handle_command


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


def exact(query):
    if isinstance(query, list):
        return [exact(one) for one in query]
    if not isinstance(query, dict):
        return query
    return {
        name: {"$in": [{}]} if condition == {} and not name.startswith("$") else exact(condition)
        for name, condition in query.items()
    }


def with_exact_filters(self, message):
    for _, section in message["sections"]:
        if not isinstance(section, dict):
            continue
        for name in ("filter", "query"):
            if name in section:
                section[name] = exact(section[name])
        for write in [*section.get("updates", []), *section.get("deletes", [])]:
            write["q"] = exact(write["q"])
        for stage in section.get("pipeline", []):
            if "$match" in stage:
                stage["$match"] = exact(stage["$match"])
    return handle_command(self, message)


Collection.find_one_and_update = with_initial_values
NeoSQLiteHandler.handle_insert = without_read_concern
NeoSQLiteHandler.handle_command = with_exact_filters
main()
