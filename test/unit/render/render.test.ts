import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "oxfmt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { repositoryRoot } from "../../../src/build/root.ts";
import { developmentPackages, sharedPackages } from "../../../src/render/shared/project.ts";
import type { Model } from "../../../src/spec/model.ts";
import {
  entity,
  enumOf,
  field,
  int,
  key,
  model,
  reference,
  shopModel,
  string,
  transactional,
} from "../ir/models.ts";
import { removed, rendered, textOf, written } from "./tree.ts";

const long = "aVeryLongFieldNameThatTakesMostOfALineAndThenSomeMoreOfIt";

/** Every type, nullable and not, with names long enough to break every construct. */
function everyType(): Model {
  const types = {
    uuid: { kind: "uuid" },
    string: string(12),
    text: { kind: "text" },
    int: { kind: "int" },
    bigint: { kind: "bigint" },
    decimal: { kind: "decimal", precision: 12, scale: 4 },
    float: { kind: "float" },
    boolean: { kind: "boolean" },
    date: { kind: "date" },
    timestamp: { kind: "timestamp" },
    json: { kind: "json" },
    binary: { kind: "binary" },
    choice: enumOf(...Array.from({ length: 14 }, (_, at) => `value-${at}`)),
    array: { kind: "array", of: "bigint" },
    moments: { kind: "array", of: "timestamp", max: 3 },
    vector: { kind: "vector", dimensions: 3, metric: "ip" },
    shaped: {
      kind: "json",
      schema: {
        type: "object",
        properties: {
          a: { enum: ["x", "y", 1, null] },
          "b-c": { type: ["string", "null"] },
          d: { type: "array", items: {} },
        },
        required: ["a"],
      },
    },
  } as const;
  const fields = Object.entries(types).flatMap(([name, type]) => [
    field(name, type),
    field(`${name}OrNull`, type, { nullable: true }),
    field(`${name}${long}`, type, {
      nullable: true,
      comment: `A comment that is long enough to be wrapped ${"word ".repeat(20)}`,
    }),
  ]);
  const all = entity("EveryType", [key("id", { kind: "bigint" }), ...fields]);
  const pair = entity("PairOfKeys", [
    { ...reference("left", "EveryType"), key: true, type: { kind: "bigint" } },
    key("code", string(9)),
    field("n", int),
  ]);
  const child = entity(
    "EveryTypePart",
    [
      field(
        "everyTypeId",
        { kind: "bigint" },
        {
          role: "ownerKey",
          key: true,
          reference: { entity: "EveryType", field: "id", onDelete: "cascade" },
        },
      ),
      key("part", int),
      field("kind", enumOf("only"), { default: "only" }),
    ],
    { owner: "EveryType" },
  );
  return model(
    [all, pair, child],
    [
      transactional("everything-there-is", {
        EveryType: [
          { op: "get", name: "get" },
          { op: "insert", name: "create", bulk: true },
          {
            op: "list",
            name: `listBy${long}`,
            where: [
              { field: "choice", operator: "eq" },
              { field: "array", operator: "eq" },
            ],
            optional: [{ field: "timestamp", operator: "range" }],
            orderBy: [{ field: "id", direction: "asc" }],
            page: "none",
          },
          {
            op: "aggregate",
            name: "totals",
            where: [],
            optional: [],
            groupBy: [{ field: "timestampOrNull", unit: "month" }, { field: "choice" }],
            measures: [
              { kind: "sum", field: "bigint" },
              { kind: "avg", field: "float" },
              { kind: "max", field: "dateOrNull" },
            ],
          },
          { op: "patch", name: "amend", fields: Object.keys(types) },
        ],
        PairOfKeys: [
          { op: "get", name: "get" },
          { op: "upsert", name: "put", bulk: false, ttlMs: 60_000 },
        ],
      }),
      {
        kind: "cache",
        name: "cached-every-type",
        from: "EveryType",
        sla: {},
        scale: { growth: 1 },
        requires: [],
        ttlMs: 1500,
        eviction: "allkeys-lru",
      },
      {
        kind: "cache",
        name: "plain-cache",
        sla: {},
        scale: { growth: 1 },
        requires: [],
        ttlMs: 90_000,
        eviction: "allkeys-lru",
      },
    ],
  );
}

const trees = [
  ["shop", shopModel(), "together"],
  ["every-type", everyType(), "together"],
  ["shop-apart", shopModel(), "apart"],
] as const;

describe.each(trees)("%s", (name, spec, views) => {
  const files = rendered(spec, "workloads.yaml", views);
  let folder = "";
  beforeAll(() => {
    folder = written(files, name);
  });
  afterAll(() => removed(folder));

  test("is already as the formatter would leave it", async () => {
    // Samples of names as long as these are left to the formatter; the stored trees hold every generated test to it.
    const checked =
      name === "every-type" ? /^(?!test\/).*\.(?:ts|json|yaml)$/ : /\.(?:ts|json|yaml)$/;
    const shown = files.filter(({ path }) => checked.test(path));
    const wrong = await Promise.all(
      shown.map(async ({ path, content }) => {
        const { code } = await format(path, String(content), { printWidth: 100 });
        return code === content ? [] : [{ path, expected: code, received: content }];
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });

  test("compiles under the strict options", () => {
    const tsc = spawnSync(
      process.execPath,
      [join(repositoryRoot, "node_modules/typescript/bin/tsc"), "-p", folder],
      { encoding: "utf8" },
    );
    expect(tsc.stdout).toBe("");
    expect(tsc.status).toBe(0);
  }, 60_000);

  test("is the same when rendered again", () =>
    expect(rendered(spec, "workloads.yaml", views)).toEqual(files));
});

describe("the generated domain modules", () => {
  const files = rendered(everyType());
  let folder = "";
  beforeAll(() => {
    folder = written(files, "run");
  });
  afterAll(() => removed(folder));
  const load = (path: string): Promise<Record<string, (value: unknown) => unknown>> =>
    import(pathToFileURL(join(folder, path)).href);

  test("a value survives JSON exactly", async () => {
    const { everyTypeToJson, everyTypeFromJson } = await load("src/data/domain/every-type-json.ts");
    const plain: Record<string, unknown> = {
      uuid: "0195d5a0-0000-7000-8000-000000000000",
      string: "s",
      text: "t\u2028",
      int: -5,
      bigint: -9_223_372_036_854_775_808n,
      decimal: "123.4500",
      float: 0.1,
      boolean: false,
      date: "2026-02-28",
      timestamp: new Date("2026-02-28T23:59:59.999Z"),
      json: { a: [null, 1] },
      binary: new Uint8Array([0, 255]),
      choice: "value-3",
      array: [1n, 9_007_199_254_740_993n],
      moments: [new Date(0)],
      vector: new Float32Array([0.1, -2, 3e-8]),
      shaped: { a: "x" },
    };
    const entries = Object.entries(plain).flatMap(
      ([name, value]) =>
        [
          [name, value],
          [`${name}OrNull`, null],
          [`${name}${long}`, value],
        ] as const,
    );
    const value = { id: 7n, ...Object.fromEntries(entries), parts: [{ part: 1, kind: "only" }] };
    expect(everyTypeFromJson?.(JSON.parse(JSON.stringify(everyTypeToJson?.(value))))).toEqual(
      value,
    );
  });

  test("JSON from outside becomes the exact types, or one error with every path", async () => {
    const { newPairOfKeysSchema: schema }: { readonly newPairOfKeysSchema?: z.ZodType } =
      await import(pathToFileURL(join(folder, "src/data/domain/pair-of-keys-dto.ts")).href);
    expect(schema?.parse({ left: "12", code: "c", n: 3 })).toEqual({
      left: 12n,
      code: "c",
      n: 3,
    });
    const wrong = (): unknown =>
      schema?.parse({ left: "1.5", code: "much too long", n: 3_000_000_000, more: 1 });
    expect(wrong).toThrow(/left[\s\S]*code[\s\S]*n[\s\S]*more/);
    expect(() => schema?.parse({ left: 1, code: "c", n: undefined })).toThrow(/"n"/);
    for (const code of ["c\u0000", "\ud800"])
      expect(() => schema?.parse({ left: 1, code, n: 3 })).toThrow(/code[\s\S]*no NUL/);
  });
});

test("a codec or a check that nothing needs is not made", () => {
  const paths = rendered(shopModel()).map(({ path }) => path);
  expect(paths.filter((path) => path.endsWith("-json.ts"))).toEqual([
    "src/data/domain/product-json.ts",
  ]);
  const read = model(
    [entity("Only", [key()])],
    [transactional("w", { Only: [{ op: "get", name: "get" }] })],
  );
  expect(rendered(read).filter(({ path }) => path.endsWith("-dto.ts"))).toEqual([]);
});

test("views apart are wired to their source, fused where two stores are asked, and tested beside the rows", () => {
  const files = rendered(shopModel(), "workloads.yaml", "apart");
  expect(textOf(files, "src/data/stores/views.ts")).toContain(
    `rebuildableView(
    "product-search",
    "search",
    stores.main.feeds.products,
    stores.search.targets.productSearch,
  ),`,
  );
  expect(textOf(files, "src/data/views/similar-products.ts")).toContain(
    "await texts.search(text, filter, { limit: most }, options)",
  );
  expect(textOf(files, "src/data/index.ts")).toContain(
    `similarProducts(
      stores.vectors.repositories.similarProducts,
      stores.search.repositories.productSearch,
    )`,
  );
  expect(textOf(files, "src/data/cli.ts")).toContain("views: rebuildableViews(stores)");
  expect(files.map(({ path }) => path)).not.toContain("test/data/search.test.ts");
  const tests = textOf(files, "test/data/main.test.ts");
  expect(tests).toContain("productSearchSuite(store, search);");
  expect(tests).toContain("similarProductsSuite(store, vectors, search);");
});

test("two different files on one path are refused", () => {
  const clash = model(
    [entity("OrderLine", [key()]), entity("ORDERLine", [key()])],
    [transactional("w", {})],
  );
  expect(() => rendered(model(clash.entities, clash.workloads))).toThrow("two different files");
});

test("relative imports take the extension that the output asks for", () => {
  const asJs = rendered({
    ...shopModel(),
    output: { dir: "lib/db", importExtension: ".js", package: "." },
  });
  for (const { path, content } of asJs) {
    if (path.startsWith("lib/db/")) expect(String(content)).not.toMatch(/from "\.[^"]*\.ts"/);
  }
  expect(textOf(asJs, "lib/db/index.ts")).toContain(`from "./stores/open.js"`);
  expect(textOf(asJs, "src/example.ts")).toContain(`from "../lib/db/index.js"`);
});

test("hostile comments reach every file as data", () => {
  const comment = "*/ process.exit(1); /* ` ${x} -->\u2028end";
  const spec = shopModel();
  const entities = spec.entities.map((one) => ({
    ...one,
    comment,
    fields: one.fields.map((two) => ({ ...two, comment })),
  }));
  const workloads = spec.workloads.map((one) => ({ ...one, comment }));
  const files = rendered({ ...spec, entities, workloads }, comment);
  expect(files.length).toBe(rendered(spec).length);
  for (const { path, content } of files) {
    const code = String(content);
    if (path.endsWith(".ts"))
      expect(code.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ""), path).not.toContain(
        "process.exit(1)",
      );
  }
});

test("versions of the generated project are those this repository runs with", () => {
  const { devDependencies } = JSON.parse(
    readFileSync(join(repositoryRoot, "package.json"), "utf8"),
  );
  for (const [name, range] of Object.entries({ ...sharedPackages, ...developmentPackages })) {
    expect(range, name).toBe(`^${devDependencies[name]}`);
  }
});
