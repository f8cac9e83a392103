// A step that failed counts as done only when what it makes is there: not when something else bears its name.
import { afterAll, expect, test } from "vitest";
import {
  columnOfType,
  constraintIs,
  indexIs,
  noIndex,
  tableIs,
  triggerIs,
  viewIs,
} from "../../../src/engines/mysql/schema/verify.ts";
import { notProven, proving } from "../../support/closing-table.ts";
import { columnOf, isMissing, sharedServer } from "../servers.ts";
import { schemaLab } from "./schema-lab.ts";

for (const engine of ["mysql", "mariadb"] as const) {
  const server = await sharedServer(engine);
  const proof = {
    port: "migrations",
    engine: columnOf(server),
    method: "steps that count as done",
  };
  if (isMissing(server)) {
    notProven(proof, ["steps that count as done"], server.reason);
    continue;
  }
  const space = await server.namespace();
  const lab = await schemaLab(space.dsn, engine);
  afterAll(async () => {
    await lab.close();
    await space.drop();
  });

  test(
    `${engine}: a name alone does not make a step done`,
    proving(proof, async () => {
      await lab.run(`
        create table items (id int primary key, note varchar(40), price decimal(8,2), at datetime(3), constraint fine check (id > 0), key by_note (note, id), unique key one_price (price));
        create table others (id int primary key, item_id int, constraint items_fk foreign key (item_id) references items (id));
        create view things as select * from items;
        create trigger watch before insert on others for each row set new.id = new.id + 0;
      `);
      const holds = async (query: string): Promise<boolean> =>
        Number((await lab.rows(query))[0]?.[0]) === 1;
      const index = (name: string, columns: readonly string[], kind: "plain" | "unique") =>
        indexIs("items", { name, kind, columns, body: `(${columns.join(", ")})`, comment: "" });
      const found = {
        column: await holds(columnOfType("items", { name: "note", type: "varchar(40)" })),
        longer: await holds(columnOfType("items", { name: "note", type: "varchar(99)" })),
        otherType: await holds(columnOfType("items", { name: "note", type: "int" })),
        decimal: await holds(columnOfType("items", { name: "price", type: "decimal(8,2)" })),
        otherDecimal: await holds(columnOfType("items", { name: "price", type: "decimal(8,3)" })),
        moment: await holds(columnOfType("items", { name: "at", type: "datetime(3)" })),
        otherMoment: await holds(columnOfType("items", { name: "at", type: "datetime(6)" })),
        missing: await holds(columnOfType("others", { name: "note", type: "varchar(40)" })),
        index: await holds(index("by_note", ["note", "id"], "plain")),
        unique: await holds(index("one_price", ["price"], "unique")),
        notUnique: await holds(index("by_note", ["note", "id"], "unique")),
        shorter: await holds(index("by_note", ["note"], "plain")),
        otherOrder: await holds(index("by_note", ["id", "note"], "plain")),
        unnamed: await holds(index("nothing", ["note"], "plain")),
        gone: await holds(noIndex("items", "by_note")),
        check: await holds(constraintIs("items", { name: "fine", kind: "check" })),
        checkElsewhere: await holds(constraintIs("others", { name: "fine", kind: "check" })),
        reference: await holds(constraintIs("others", { name: "items_fk", kind: "foreign" })),
        notCheck: await holds(constraintIs("others", { name: "items_fk", kind: "check" })),
        view: await holds(viewIs("things")),
        tableForView: await holds(viewIs("items")),
        table: await holds(tableIs(true, "items")),
        trigger: await holds(triggerIs("others", "watch")),
        triggerElsewhere: await holds(triggerIs("items", "watch")),
      };
      const yes = Object.entries(found).flatMap(([what, is]) => (is ? [what] : []));
      expect(yes.join(" ")).toBe(
        "column decimal moment index unique check reference view table trigger",
      );
    }),
  );
}
