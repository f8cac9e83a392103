import { describe, expect, test } from "vitest";
import * as documents from "../../../templates/engines/mongodb/codec.ts";
import * as mysql from "../../../templates/engines/mysql/codec.ts";
import * as postgres from "../../../templates/engines/postgres/codec.ts";

/** What a text or a blank that lies where a number belongs is read as: nothing. */
const words = ["left", "", " "];

describe("a stored value that is no number is refused, and not shown", () => {
  test.each(words)("mysql: %j", (word) => {
    const list = JSON.stringify([word]);
    for (const [codec, type] of [
      [mysql.int, "int (32 bit)"],
      [mysql.float, "float"],
      [mysql.bigint, "bigint (64 bit)"],
      [mysql.boolean, "boolean"],
    ] as const) {
      const refused = { name: "TypeError", message: `what is stored is no ${type}` };
      expect(() => codec.decode(word)).toThrow(expect.objectContaining(refused));
      const elements = mysql.array<unknown>(codec as mysql.Codec<unknown>);
      expect(() => elements.decode(list)).toThrow(expect.objectContaining(refused));
    }
    expect(mysql.array(mysql.int).decode('[1,"2"]')).toEqual([1, 2]);
    expect(mysql.array(mysql.bigint).decode('["-3",4]')).toEqual([-3n, 4n]);
    expect(mysql.array(mysql.boolean).decode('[1,0,"true","false"]')).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test("postgres", () => {
    expect(() => postgres.int.decode("left")).toThrow("what is stored is no int (32 bit)");
    expect(postgres.int.decode("-12")).toBe(-12);
  });

  test.each(words)("mongodb: %j", (word) => {
    const codecs = documents.named("Note", {
      count: documents.int(),
      ratio: documents.float(),
      marks: documents.array(documents.int()),
    });
    for (const [name, stored] of [
      ["count", word],
      ["ratio", word],
      ["marks", [1, word]],
    ] as const)
      expect(() => codecs[name].decode(stored)).toThrow(
        `Note.${name}: what is stored cannot be read: it is no number`,
      );
    expect(codecs.marks.decode([1, "2", documents.int64().encode(3n)])).toEqual([1, 2, 3]);
  });
});
