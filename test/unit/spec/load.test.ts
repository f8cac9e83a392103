import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatIssues } from "../../../src/spec/issues.ts";
import { loadSpec } from "../../../src/spec/load.ts";
import { memoryFiles } from "../../support/memory-files.ts";

const shop = join(import.meta.dirname, "../../support/specs/shop-full.yaml");
const minimal = `version: 1
project: shop
entities:
  Customer: { fields: { id: { type: uuid, key: true } } }
workloads:
  people: { kind: transactional, entities: [Customer], access: { Customer: { get: {} } } }
`;
const load = (files: Record<string, string | Uint8Array>, name = "workloads.yaml") =>
  loadSpec(name, { files: memoryFiles(files) });
const said = (files: Record<string, string | Uint8Array>, name?: string): string =>
  formatIssues(load(files, name).issues);

describe("loadSpec", () => {
  test("the full example of the vocabulary loads without an issue", () => {
    const result = loadSpec(shop);
    expect(result.issues).toEqual([]);
    expect(result.model?.entities.map(({ name }) => name)).toEqual([
      "Customer",
      "Order",
      "OrderLine",
      "Product",
      "Session",
    ]);
    expect(result.sources).toHaveLength(2);
  });

  test("every preset loads without an issue", () => {
    expect(
      loadSpec(join(import.meta.dirname, "../../../assets/presets/shop/workloads.yaml")).issues,
    ).toEqual([]);
  });

  test("the full example with its include loads the same, split over files", () => {
    const text = readFileSync(shop, "utf8");
    const [head = "", rest = ""] = text.split(/^entities:\n/m);
    const [entities = "", workloads = ""] = rest.split(/^workloads:\n/m);
    const schema = readFileSync(
      join(import.meta.dirname, "../../support/specs/schemas/attributes.json"),
      "utf8",
    );
    const split = load({
      "workloads.yaml": `${head}include: [specs/*.yaml]\nentities: {}\nworkloads: {}\n`,
      "specs/entities.yaml": `entities:\n${entities}`,
      "specs/workloads.yaml": `workloads:\n${workloads}`,
      "schemas/attributes.json": schema,
    });
    expect(split.issues).toEqual([]);
    expect(split.model).toEqual(loadSpec(shop).model);
  });

  test("JSON is a spec too, and must be JSON", () => {
    const json = JSON.stringify({
      version: 1,
      project: "shop",
      entities: { Customer: { fields: { id: { type: "uuid", key: true } } } },
      workloads: {
        people: {
          kind: "transactional",
          entities: ["Customer"],
          access: { Customer: { get: {} } },
        },
      },
    });
    expect(load({ "workloads.json": json }, "workloads.json").model).toEqual(
      load({ "workloads.yaml": minimal }).model,
    );
    expect(said({ "workloads.json": json.replace("}}}}", "}}},}") }, "workloads.json")).toMatch(
      /^workloads\.json:1:\d+: not valid JSON/,
    );
  });

  test("a missing spec says so", () => {
    expect(said({})).toBe(
      "workloads.yaml:1:1: the file does not exist; check the path, or start with `async-db-starter init`\n1 problem; nothing was written.",
    );
  });

  test.each([
    [
      "NUL",
      Uint8Array.of(0x61, 0x0a, 0x62, 0x00),
      /^workloads\.yaml:2:2: the file holds the byte 0x00/,
    ],
    [
      "invalid UTF-8",
      Uint8Array.of(0x61, 0x3a, 0x20, 0xc3, 0x28),
      /^workloads\.yaml:1:5: the file holds bytes that are not UTF-8/,
    ],
    [
      "a picture",
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      /^workloads\.yaml:2:1: the file holds the byte 0x1a/,
    ],
    [
      "UTF-16",
      new Uint8Array([0xff, 0xfe, 0x61, 0x00]),
      /^workloads\.yaml:1:4: the file holds the byte 0x00/,
    ],
  ])("%s is refused with its place", (_, bytes, message) => {
    expect(said({ "workloads.yaml": bytes })).toMatch(message);
  });

  test("a byte order mark and CRLF are read", () => {
    const result = load({ "workloads.yaml": `\ufeff${minimal.replaceAll("\n", "\r\n")}` });
    expect(result.issues).toEqual([]);
  });

  test("more than 16 MiB in all is refused, also in an included file", () => {
    const comment = `# ${"x".repeat(1022)}\n`;
    const eight = comment.repeat(8 * 1024);
    const files = {
      "workloads.yaml": `include: [more.yaml]\n${minimal}${eight}`,
      "more.yaml": `${eight}entities: {}\n`,
    };
    expect(said(files)).toMatch(
      /^workloads\.yaml:1:11: the included file "more\.yaml" is larger than 16 MiB/,
    );
    expect(said({ "workloads.yaml": eight + eight + minimal })).toMatch(
      /^workloads\.yaml:1:1: the file is larger than 16 MiB/,
    );
  });
});

describe("files on disk", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "spec-load-"));
    mkdirSync(join(folder, "project/specs"), { recursive: true });
    writeFileSync(join(folder, "outside.yaml"), "entities: {}\n");
    symlinkSync(join(folder, "outside.yaml"), join(folder, "project/specs/link.yaml"));
    symlinkSync(folder, join(folder, "project/up"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const issuesOf = (include: string): string => {
    writeFileSync(join(folder, "project/workloads.yaml"), `include: [${include}]\n${minimal}`);
    return formatIssues(
      loadSpec(join(folder, "project/workloads.yaml"), { shownAs: "workloads.yaml" }).issues,
    );
  };

  test("no symlink leads out of the spec's folder", () => {
    expect(issuesOf("specs/link.yaml")).toMatch(
      /"specs\/link\.yaml" lies outside the spec's folder/,
    );
    expect(issuesOf("specs/*.yaml")).toMatch(/"specs\/link\.yaml" lies outside the spec's folder/);
    expect(issuesOf("up/outside.yaml")).toMatch(/lies outside the spec's folder/);
    expect(issuesOf("up/*.yaml")).toMatch(/matches no file/);
  });

  test("a folder is not a file, and messages name no path of the machine", () => {
    mkdirSync(join(folder, "project/dir.yaml"));
    const text = issuesOf("dir.yaml, gone.yaml");
    expect(text).toMatch(/"dir\.yaml" is a folder or a device/);
    expect(text).toMatch(/"gone\.yaml" does not exist/);
    expect(text).not.toContain(folder);
  });
});
