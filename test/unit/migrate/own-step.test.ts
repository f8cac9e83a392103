// A step that a person adds to a migration: references/schema-change.md says how, and migrate lint tells what is missing of it.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cli, generateProject, type GeneratedProject } from "../../support/generated-project.ts";

const spec = `version: 1
project: library
entities:
  Book:
    fields:
      id: { type: uuid, key: true }
      title: { type: string, max: 200 }
workloads:
  books:
    kind: transactional
    entities: [Book]
    access: { Book: { get: {}, save: { op: upsert } } }
`;

const page = readFileSync(new URL("../../../references/schema-change.md", import.meta.url), "utf8");
const [, section = ""] = page.split("## A step of your own\n");
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(section)?.[1] ?? "";
const [sql, record] = [block("sql"), block("json")];

let at: GeneratedProject;
beforeEach(async () => {
  at = await generateProject("own-step", spec);
  const short = "max: 200 }\n      short: { type: text, nullable: true }";
  at.write("workloads.yaml", spec.replace("max: 200 }", short));
  await cli(at.folder, "migrate", "diff", "short");
});
afterEach(() => at.remove());

const file = (ending: string): string => `migrations/main/0003-fill-short.${ending}`;
const lint = () => cli(at.folder, "migrate", "lint");

/** As a person does it: what lint says of the hash is put into the record. */
async function write(up: string, json: string): Promise<void> {
  at.write(file("up.sql"), up);
  at.write(file("down.sql"), "-- Nothing to take back.\n");
  at.write(file("json"), json);
  const { status, stderr } = await lint();
  expect(status).toBe(1);
  const [, hash = ""] = /set "hash" to ([0-9a-f]{64})/.exec(stderr) ?? [];
  at.write(file("json"), json.replace('"hash": ""', `"hash": "${hash}"`));
}

test("as the page says it: lint asks for its hash, and finds nothing else", async () => {
  await write(sql, record);
  expect(await lint()).toMatchObject({ status: 0, stderr: "" });
});

test("a step that only its text or only its record has is named", async () => {
  await write(sql, record.replace('"name": "books-fill-short"', '"name": "books-fill-shrt"'));
  const { status, stderr } = await lint();
  expect(status).toBe(1);
  expect(stderr).toContain("step books-fill-short is not among the steps of 0003-fill-short.json");
  expect(stderr).toContain("step books-fill-shrt has no text");
});

test("one update over all of a table is refused", async () => {
  await write(
    "-- step: books-fill-short\nupdate books set short = left(title, 10);\n",
    record.replace(/,\s*"batch": \{.*?\}/, ""),
  );
  const { status, stderr } = await lint();
  expect(status).toBe(1);
  expect(stderr).toContain("unbatched-write");
});
