// Which DSN is suggested for a store whose variable is missing: the one that .env.example has for it.
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { engines } from "../../../src/engines/registry.gen.ts";
import { lower } from "../../../src/ir/lower.ts";
import { storeVariable } from "../../../src/ir/names.ts";
import type { StoreIr } from "../../../src/ir/types.ts";
import { dsnFile } from "../../../src/render/shared/dsn.ts";
import { projectFiles } from "../../../src/render/shared/project.ts";
import type { DsnRules } from "../../../templates/runtime/dsn.ts";
import { parseDsn, requireDsns } from "../../../templates/runtime/dsn.ts";
import { planFor, shopModel } from "../ir/models.ts";

const model = shopModel();
const plan = planFor(model);
const ir = lower(model, plan);
const [base] = ir.stores;
if (base === undefined) throw new Error("the model has a store");

const reached = engines.filter(({ dsn }) => dsn.examples.length > 0);

describe.each(reached)("two stores of $title", (engine) => {
  const stores = ["records", "recent"].map((name, at): StoreIr => ({
    ...base,
    name,
    env: storeVariable(name),
    ports: at === 0 ? ["keyvalue"] : ["cache"],
    engine: engine.id,
  }));
  const own = { ...ir, stores };
  const rules = Object.fromEntries(
    stores.map((store): [string, DsnRules] => {
      const [request] = dsnFile({ store, engine }, own);
      if (request === undefined || !("template" in request)) throw new Error("no DSN");
      const { examples } = request.data as { readonly examples: DsnRules["examples"] };
      return [storeVariable(store.name), { ...engine.dsn, ...(examples && { examples }) }];
    }),
  );

  test("are suggested what .env.example has, and it is a DSN of the store", () => {
    const request = projectFiles(
      { ir: own, plan, model, engines, spec: "workloads.yaml", version: "0.0.0" },
      new Map(engines.map((one) => [one.id, one])),
    ).find(({ path }) => path === ".env.example");
    if (request === undefined || !("text" in request)) throw new Error("no .env.example");
    const written = parseEnv(request.text);
    const lines = Object.keys(rules).map((variable) => `  ${variable}=${written[variable]}`);
    expect(() => requireDsns({}, rules)).toThrow(
      expect.objectContaining({ hint: ["for example", ...lines].join("\n") }),
    );
    for (const [variable, one] of Object.entries(rules))
      for (const { dsn } of one.examples ?? [])
        expect(parseDsn(dsn, one, variable).variable).toBe(variable);
  });

  test("have two addresses where each has a server of its own", () => {
    const firsts = Object.values(rules).map(({ examples }) => examples?.[0]?.dsn);
    const apart = engine.compose !== undefined && "of" in engine.compose;
    if (apart) expect(new Set(firsts).size).toBe(2);
  });
});
