import { describe, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import { entity, field, mainStore, transactional, uuid } from "../postgres/model.ts";

// `was:` that names nothing: of an entity and of a field, on every engine that holds records and migrates them. Copies are made anew.

interface Named {
  readonly entity: string;
  readonly was?: string;
  readonly field?: string;
  readonly fieldWas?: string;
}

function storeOf({ entity: name, was, field: note = "note", fieldWas }: Named): StoreIr {
  const fields = [
    field("id", uuid, { key: true }),
    field(
      note,
      { kind: "string", max: 40 },
      { nullable: true, ...(fieldWas && { was: fieldWas }) },
    ),
  ];
  const other = entity({ name: "Other", fields: [field("id", uuid, { key: true })] });
  return mainStore(
    [entity({ name, fields, ...(was !== undefined && { was }) }), other],
    [transactional("all", { [name]: [], Other: [] })],
  ).store;
}

const planners = engines.flatMap(({ id, schema, ports }) =>
  schema === undefined || !ports.includes("record") ? [] : [{ id, schema }],
);

test("several engines plan changes", () => {
  expect(planners.length).toBeGreaterThan(2);
});

describe.each(planners)("$id", ({ schema }) => {
  const snapshotOf = (store: StoreIr) =>
    new Map(
      [...schema.snapshot(store, "shop")].map(([part, content]) => [
        part,
        JSON.parse(JSON.stringify(content)) as unknown,
      ]),
    );
  const asked = (from: Named | undefined, to: Named) => {
    const store = storeOf(to);
    const before = from === undefined ? new Map<string, unknown>() : snapshotOf(storeOf(from));
    const context = { store, project: "shop", mode: "split", values: {} } as const;
    const { steps, questions } = schema.diff(before, snapshotOf(store), context);
    return {
      steps: steps.length > 0,
      questions: questions.map(({ text, hint }) => `${text}; ${hint}`),
    };
  };
  const customer = { entity: "Customer" };

  test("of an entity", () => {
    expect(asked(customer, { entity: "Client", was: "Custmer" }).questions).toEqual([
      'entity Client is new, and its was: Custmer is no entity that store main holds; did you mean "Customer"? Without was: it begins empty',
    ]);
  });

  test("of a field", () => {
    const { questions } = asked(customer, { ...customer, field: "remark", fieldWas: "nte" });
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatch(
      /remark of \S+ is new, and its was: nte is no field that \S+ holds; did you mean "note"\?/,
    );
  });

  test("a rename is none, nor is one that is done, nor a store that is new", () => {
    expect(asked(customer, { entity: "Client", was: "Customer" })).toEqual({
      steps: true,
      questions: [],
    });
    const done = { entity: "Client", was: "Customer" };
    expect(asked(done, done)).toEqual({ steps: false, questions: [] });
    expect(asked(undefined, done)).toEqual({ steps: true, questions: [] });
    expect(asked(undefined, { ...customer, fieldWas: "gone" }).questions).toEqual([]);
  });
});
