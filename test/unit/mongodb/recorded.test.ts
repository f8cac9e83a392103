// What a history recorded, over changes of what it records: it is read by the names and types of now.
import { describe, expect, test } from "vitest";
import type { MigrationStep } from "../../../templates/engines/mongodb/migration-step.ts";
import { edited } from "../compat/versions.ts";
import { applied, type Doc } from "./documents.ts";
import { changed, commandsOf, outline, press, stepCalled } from "./press.ts";

const audited = edited(
  press,
  "    timestamps: false\n",
  "    timestamps: false\n    audit: true\n",
);
const slug = "slug: { type: string, max: 80, unique: true }";
const words = "      words: { type: int, min: 0 }\n";
const history = "articles_history";

const ofHistory = (change: ReturnType<typeof changed>): readonly string[] =>
  outline(change).filter((name) => name.includes("articles-history"));

const states = (past: readonly Doc[], commands: readonly MigrationStep[]): readonly Doc[] =>
  applied(
    past.map((state) => ({ at: "then", state })),
    commands,
    history,
  ).map(({ state }) => state as Doc);

const upOf = (change: ReturnType<typeof changed>, name: string) =>
  commandsOf(stepCalled(change, name).up);

test("a new name stands in every recorded state, moved with its document, and comes back", () => {
  const after = edited(audited, slug, slug.replace("slug", "path").replace(" }", ", was: slug }"));
  const change = changed(audited, after);
  expect(ofHistory(change)).toEqual(["contract articles-history-rename-slug-to-path"]);
  const move = stepCalled(change, "articles-history-rename-slug-to-path");
  expect(move).toMatchObject({
    title: "articles_history: in what was recorded, slug is renamed to path",
    risks: ["breaks-old-code", "new-code-waits"],
    reversibility: "reversible",
    batch: { keys: 1 },
  });
  expect(commandsOf(move.up)).toEqual([
    {
      updateMany: history,
      filter: { "state.slug": { $exists: true }, "state.path": { $exists: false } },
      update: { $rename: { "state.slug": "state.path" } },
    },
  ]);
  // Of a document that had both for a while, each state keeps what it had.
  const past = [{ slug: "a" }, { slug: "a", path: "b" }];
  const now = states(past, commandsOf(move.up));
  expect(now).toEqual([{ path: "a" }, { slug: "a", path: "b" }]);
  expect(states([{ path: "c" }], commandsOf(move.down))).toEqual([{ slug: "c" }]);
});

test("a new required value is filled as the documents are, an expression over the state's own fields", () => {
  const note = (rest: string): string =>
    edited(audited, words, `${words}      note: { ${rest} }\n`);
  const plain = changed(audited, note("type: bigint, default: 7"));
  expect(ofHistory(plain)).toEqual([
    "backfill articles-history-fill-note",
    "contract articles-history-fill-note-again",
  ]);
  expect(states([{ slug: "a" }, { note: 8n }], upOf(plain, "articles-history-fill-note"))).toEqual([
    { slug: "a", note: 7n },
    { note: 8n },
  ]);
  const down = commandsOf(stepCalled(plain, "articles-history-fill-note").down);
  expect(states([{ slug: "a", note: 7n }], down)).toEqual([{ slug: "a" }]);
  const given = { "articles.note": '{"$toUpper":"$slug"}' };
  const computed = changed(audited, note("type: text"), { values: given });
  expect(computed.questions).toEqual([]);
  const fill = upOf(computed, "articles-history-fill-note");
  expect(states([{ slug: "a" }], fill)).toEqual([{ slug: "a", note: "A" }]);
  // Nobody knows when it was made: it was there by then.
  const dated = changed(audited, audited.replace("    timestamps: false\n", ""));
  expect(states([{}], upOf(dated, "articles-history-fill-created-at"))).toEqual([
    { created_at: "then" },
  ]);
  expect(changed(audited, note("type: text")).questions).toMatchObject([
    { about: "articles.note" },
  ]);
});

test("another type is that of every recorded state", () => {
  const change = changed(audited, edited(audited, "type: int, min: 0", "type: text"));
  expect(ofHistory(change)).toEqual(["contract articles-history-convert-words"]);
  const convert = upOf(change, "articles-history-convert-words");
  expect(states([{ words: 5 }, { words: "6" }], convert)).toEqual([{ words: "5" }, { words: "6" }]);
});

test("a dropped value goes from what was recorded, which is a loss of its own", () => {
  const gone = edited(audited, words, "").replace("orderBy: [words], ", "");
  const drop = stepCalled(changed(audited, gone), "articles-history-drop-words");
  expect(drop).toMatchObject({
    phase: "contract",
    destroys: "articles_history.words",
    reversibility: "loses-data",
  });
  expect(states([{ words: 5, slug: "a" }], commandsOf(drop.up))).toEqual([{ slug: "a" }]);
});

test("what is owned follows within the recorded states", () => {
  const after = edited(audited, "text: { type: text }", "body: { type: text, was: text }");
  const change = changed(audited, after);
  const move = upOf(change, "articles-history-rename-sections-text-to-sections-body");
  expect(states([{ sections: [{ no: 1, text: "x" }] }, { sections: [] }], move)).toEqual([
    { sections: [{ no: 1, body: "x" }] },
    { sections: [] },
  ]);
});

describe("the tenant of what was recorded", () => {
  const owned = audited.slice(audited.indexOf("  ArticleSection:"), audited.indexOf("workloads:"));
  const alone = edited(audited, owned, "");
  const withTenant = (name: string, more = "", type = "uuid"): string =>
    edited(alone, "    audit: true\n", `    audit: true\n    tenant: ${name}\n`).replace(
      "      slug:",
      `      ${name}: { type: ${type}${more} }\n      slug:`,
    );
  const past = (tenant: unknown, name = "shop_id"): Doc => ({
    [name]: tenant,
    at: "then",
    state: { slug: "a", [name]: tenant },
  });
  const commands = (change: ReturnType<typeof changed>, direction: "up" | "down") =>
    change.steps.map((step) => commandsOf(step[direction]));
  const followed = (change: ReturnType<typeof changed>, docs: readonly Doc[]): readonly Doc[] =>
    commands(change, "up").reduce((now, each) => applied(now, each, history), docs);
  const takenBack = (change: ReturnType<typeof changed>, docs: readonly Doc[]): readonly Doc[] =>
    commands(change, "down").reduceRight((now, each) => applied(now, each, history), docs);

  test("switched on, it is that of the state, and the index over it comes when it is there", () => {
    const values = { "articles.shop_id": '"9f1c7a52-0000-4000-8000-000000000001"' };
    const change = changed(alone, withTenant("shopId"), { values });
    expect(change.questions).toEqual([]);
    expect(ofHistory(change)).toEqual([
      "contract articles-history-drop-index-articles-history-key-revision-key",
      "contract articles-history-fill-shop-id",
      "contract articles-history-fill-tenant-shop-id",
      "contract articles-history-add-index-articles-history-key-revision-key",
    ]);
    expect(upOf(change, "articles-history-fill-tenant-shop-id")).toEqual([
      {
        updateMany: history,
        filter: { shop_id: { $exists: false }, "state.shop_id": { $exists: true } },
        update: [{ $set: { shop_id: "$state.shop_id" } }],
      },
    ]);
  });

  test("under a new name, it moves beside its state, too", () => {
    const change = changed(withTenant("shopId"), withTenant("storeId", ", was: shopId"));
    expect(change.questions).toEqual([]);
    expect(ofHistory(change)).toEqual([
      "contract articles-history-drop-index-articles-history-key-revision-key",
      "contract articles-history-rename-shop-id-to-store-id",
      "contract articles-history-rename-tenant-shop-id-to-store-id",
      "contract articles-history-add-index-articles-history-key-revision-key",
    ]);
  });

  test("of another type, it converts beside its state, too, and comes back", () => {
    const text = "string, max: 20";
    const change = changed(withTenant("shopId", "", "int"), withTenant("shopId", "", text));
    expect(change.questions).toEqual([]);
    expect(ofHistory(change)).toEqual([
      "contract articles-history-convert-shop-id",
      "contract articles-history-convert-tenant-shop-id",
    ]);
    expect(stepCalled(change, "articles-history-convert-tenant-shop-id")).toMatchObject({
      reversibility: "reversible",
      risks: ["breaks-old-code", "new-code-waits"],
      batch: { keys: 1 },
    });
    const now = followed(change, [past(7), past("8")]);
    expect(now).toEqual([past("7"), past("8")]);
    expect(takenBack(change, now)).toEqual([past(7), past(8)]);
  });

  test("of a type that compares with the former, it follows when code of before is gone", () => {
    const change = changed(withTenant("shopId", "", "int"), withTenant("shopId", "", "bigint"));
    expect(ofHistory(change)).toEqual([
      "backfill articles-history-convert-shop-id",
      "contract articles-history-convert-shop-id-again",
      "contract articles-history-convert-tenant-shop-id",
    ]);
    const now = followed(change, [past(7)]);
    expect(now).toEqual([past(7n)]);
    expect(takenBack(change, now)).toEqual([past(7)]);
  });

  test("converted by what was given, it is that of its state", () => {
    const values = { "articles.shop_id": '{"$cond":[{"$gt":["$shop_id",5]},"east","west"]}' };
    const text = "string, max: 20";
    const change = changed(withTenant("shopId", "", "int"), withTenant("shopId", "", text), {
      values,
    });
    expect(change.questions).toEqual([]);
    expect(followed(change, [past(7), past(3)])).toEqual([past("east"), past("west")]);
  });

  test("under a new name and of another type, it moves and converts", () => {
    const change = changed(
      withTenant("shopId", "", "int"),
      withTenant("storeId", ", was: shopId", "string, max: 20"),
    );
    expect(change.questions).toEqual([]);
    const now = followed(change, [past(7)]);
    expect(now).toEqual([past("7", "store_id")]);
    expect(takenBack(change, now)).toEqual([past(7)]);
  });
});

test("of an entity with another name, the history has its new name before its states follow", () => {
  const renamed = edited(audited, slug, slug.replace("slug", "path").replace(" }", ", was: slug }"))
    .replace("  Article:\n    time", "  Story:\n    was: Article\n    time")
    .replace("owner: Article", "owner: Story")
    .replace("  ArticleSection:", "  StorySection:\n    was: ArticleSection")
    .replace("entities: [Article]", "entities: [Story]")
    .replace("      Article:\n        get", "      Story:\n        get");
  const change = changed(audited, renamed);
  expect(outline(change).filter((name) => name.includes("stories-history"))).toEqual([
    "contract stories-history-rename-from-articles-history",
    "contract stories-history-drop-index-articles-history-key-revision-key",
    "contract stories-history-add-index-stories-history-key-revision-key",
    "contract stories-history-rename-slug-to-path",
  ]);
});
