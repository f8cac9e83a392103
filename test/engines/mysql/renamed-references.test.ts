// A reference holds at every moment of a change that renames what it is about: for code of before and of after, there and back.
import { afterAll, describe, expect, test } from "vitest";
import mariadb from "../../../src/engines/mariadb/index.ts";
import mysql from "../../../src/engines/mysql/index.ts";
import type { Field, OnDelete } from "../../../src/spec/model.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { entity, field, mainStore, transactional, uuid } from "../../unit/postgres/model.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { applied, catalogue, planned, type SchemaLab, schemaLab, takenBack } from "./schema-lab.ts";

type Given = Parameters<typeof entity>[0];

const id = field("id", uuid, { key: true });
const refers = (name: string, to: string, more: Partial<Field> = {}, key = "id"): Field =>
  refersBy("restrict", name, to, more, key);
const refersBy = (
  onDelete: OnDelete,
  name: string,
  to: string,
  more: Partial<Field> = {},
  key = "id",
): Field => field(name, uuid, { reference: { entity: to, field: key, onDelete }, ...more });
const plain = (name: string, fields: readonly Field[], more: Partial<Given> = {}) =>
  entity({ name, timestamps: false, ...more, fields });
const of = (...entities: readonly ReturnType<typeof entity>[]) => {
  const roots = entities.filter(({ owner }) => owner === undefined);
  const access = Object.fromEntries(
    roots.map(({ name }) => [name, [{ op: "get", name: "get" }] as const]),
  );
  return mainStore(entities, [transactional("all", access)]).store;
};

const customer = (name = "Customer", more: Partial<Given> = {}, key: Field = id) =>
  plain(name, [key], more);
const order = (reference: Field, name = "Order", more: Partial<Given> = {}) =>
  plain(name, [id, reference], more);
const item = (root: string, key: string) =>
  plain(
    "Item",
    [
      field(key, uuid, { role: "ownerKey", key: true, generated: "caller" }),
      field("position", { kind: "int" }, { key: true }),
    ],
    { owner: root, key: [key, "position"] },
  );

/** What breaks a reference, in the words of one schema. */
interface Breaches {
  /** None where the reference goes with its target, or lets go of it. */
  readonly remove?: string;
  readonly stray: string;
}

const breaches = (held: string, holder: string, column: string, key = "id"): Breaches => ({
  remove: `delete from ${held} where ${key} = 'held'`,
  stray: `insert into ${holder} (id, ${column}) values ('stray', 'nobody')`,
});
const ofItems = (column: string): Breaches => ({
  stray: `insert into items (${column}, position) values ('nobody', 1)`,
});

interface Case {
  readonly name: string;
  readonly from: ReturnType<typeof of>;
  readonly to: ReturnType<typeof of>;
  readonly rows: readonly string[];
  readonly values?: Readonly<Record<string, string>>;
  readonly before: Breaches;
  readonly after: Breaches;
  /** A key takes its new name on the spot: code of before waits for the contract. */
  readonly atOnce?: true;
}

const rows = [
  "insert into customers (id) values ('held')",
  "insert into orders (id, customer_id) values ('holds', 'held')",
];
const before = breaches("customers", "orders", "customer_id");
const sale = of(customer(), order(refers("customerId", "Customer")));

const cases: readonly Case[] = [
  {
    name: "what refers is renamed",
    from: sale,
    to: of(customer(), order(refers("customerId", "Customer"), "Purchase", { was: "Order" })),
    rows,
    before,
    after: breaches("customers", "purchases", "customer_id"),
  },
  {
    name: "what is referred to is renamed",
    from: sale,
    to: of(customer("Client", { was: "Customer" }), order(refers("customerId", "Client"))),
    rows,
    before,
    after: breaches("clients", "orders", "customer_id"),
  },
  {
    name: "both are renamed",
    from: sale,
    to: of(
      customer("Client", { was: "Customer" }),
      order(refers("customerId", "Client"), "Purchase", { was: "Order" }),
    ),
    rows,
    before,
    after: breaches("clients", "purchases", "customer_id"),
  },
  {
    name: "both are renamed, and the reference deletes otherwise",
    from: sale,
    to: of(
      customer("Client", { was: "Customer" }),
      order(refersBy("set-null", "customerId", "Client", { nullable: true }), "Purchase", {
        was: "Order",
      }),
    ),
    rows,
    before: { stray: before.stray },
    after: { stray: breaches("clients", "purchases", "customer_id").stray },
  },
  {
    name: "a tree is renamed",
    from: of(plain("Group", [id, refers("parentId", "Group", { nullable: true })])),
    to: of(plain("Team", [id, refers("parentId", "Team", { nullable: true })], { was: "Group" })),
    rows: ["insert into `groups` (id, parent_id) values ('held', null), ('holds', 'held')"],
    before: breaches("`groups`", "`groups`", "parent_id"),
    after: breaches("teams", "teams", "parent_id"),
  },
  {
    name: "a root with children is renamed",
    from: of(plain("Deal", [id]), item("Deal", "dealId")),
    to: of(plain("Bargain", [id], { was: "Deal" }), item("Bargain", "bargainId")),
    rows: [
      "insert into deals (id) values ('held')",
      "insert into items (deal_id, position) values ('held', 1)",
    ],
    values: { "items.bargain_id": "deal_id" },
    before: ofItems("deal_id"),
    after: ofItems("bargain_id"),
    atOnce: true,
  },
  {
    name: "the column that refers is renamed",
    from: sale,
    to: of(customer(), order(refers("buyerId", "Customer", { was: "customerId" }))),
    rows,
    before,
    after: breaches("customers", "orders", "buyer_id"),
    atOnce: true,
  },
  {
    name: "the key that is referred to is renamed",
    from: sale,
    to: of(
      customer("Customer", {}, field("code", uuid, { key: true, was: "id" })),
      order(refers("customerId", "Customer", {}, "code")),
    ),
    rows,
    before,
    after: breaches("customers", "orders", "customer_id", "code"),
    atOnce: true,
  },
];

const broken = /foreign key constraint fails/i;
const otherwiseCalled = /doesn't exist|unknown column/i;

for (const engine of [mysql, mariadb]) {
  const server = await sharedServer(engine.id);
  const column = columnOf(server);
  const method = "references of what is renamed";
  if (isMissing(server)) {
    notProven({ port: "migrations", engine: column }, [method], server.reason);
    continue;
  }
  const { schema: planner } = engine;
  if (planner === undefined) throw new Error("no planner");
  const dialect = engine.id === mysql.id ? "mysql" : "mariadb";
  const opened: { drop(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const place of opened) await place.drop();
  });

  /** Whether a reference refused it, or nothing had that name; an end of the test where it was done. */
  const answer = async (lab: SchemaLab, text: string): Promise<"refused" | "unknown"> => {
    const told = await lab.run(text).then(
      () => "done",
      (error: Error) => error.message,
    );
    if (broken.test(told)) return "refused";
    if (otherwiseCalled.test(told)) return "unknown";
    throw new Error(`${text}: ${told}`);
  };
  const answers = async (lab: SchemaLab, { remove, stray }: Breaches) =>
    Promise.all(
      [...(remove === undefined ? [] : [remove]), stray].map((text) => answer(lab, text)),
    );

  describe(column, () => {
    test.each(cases)(
      "$name",
      proving({ port: "migrations", engine: column, method }, async (each) => {
        const { values = {} } = each;
        const place = await server.namespace();
        opened.push(place);
        const lab = await schemaLab(place.dsn, dialect);
        await applied(lab, planned(planner, undefined, each.from, { mode: "direct", values: {} }));
        for (const text of each.rows) await lab.run(text);
        const made = await catalogue(lab);
        const steps = planned(planner, each.from, each.to, { mode: "split", values });
        const held = async (at: string): Promise<void> => {
          const [old, young] = [await answers(lab, each.before), await answers(lab, each.after)];
          for (const known of old.map((one, which) => [one, young[which]]))
            expect([at, ...known]).toContain("refused");
        };
        const isBoth = async (): Promise<void> => {
          if (each.atOnce !== true)
            expect(await answers(lab, each.before)).not.toContain("unknown");
          expect(await answers(lab, each.after)).not.toContain("unknown");
        };
        for (const step of steps) {
          if (step === steps.find(({ phase }) => phase === "contract")) await isBoth();
          await applied(lab, [step]);
          await held(step.name);
        }
        for (const step of steps.toReversed()) {
          await takenBack(lab, [step]);
          await held(`${step.name}, taken back`);
          if (step === steps.find(({ phase }) => phase === "contract")) await isBoth();
        }
        expect(await catalogue(lab)).toEqual(made);
        await lab.close();
      }),
    );
  });
}
