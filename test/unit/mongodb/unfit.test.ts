// What documents, and what a history recorded of them, are asked before values leave: an enum that narrows, a narrower type, a shorter text.
import { describe, expect, test } from "vitest";
import type { Phase } from "../../../src/migrate/step.ts";
import { edited } from "../compat/versions.ts";
import { applied, type Doc } from "./documents.ts";
import { changed, commandsOf, outline, press, stepCalled } from "./press.ts";

type Change = ReturnType<typeof changed>;

const audited = edited(
  press,
  "    timestamps: false\n",
  "    timestamps: false\n    audit: true\n",
);
const narrower = (spec: string): string => edited(spec, "[draft, live]", "[draft]");
const words = "words: { type: int, min: 0 }";
const withWords = (type: string, spec = press): string => edited(spec, words, `words: { ${type} }`);
const withText = (type: string, spec = press): string =>
  edited(spec, "text: { type: text }", `text: { ${type} }`);

const asks = (change: Change): readonly string[] =>
  outline(change).filter((name) => name.includes("-ask-"));

/** Whether the questions of a phase stop at a document. */
function stopsAt(change: Change, phase: Phase, doc: Doc, collection = "articles"): boolean {
  const asked = change.steps.filter((step) => step.phase === phase && step.name.includes("-ask-"));
  expect(asked.length).toBeGreaterThan(0);
  try {
    for (const { up } of asked) applied([doc], commandsOf(up), collection);
    return false;
  } catch {
    return true;
  }
}

describe("an enum that loses values", () => {
  test("is asked for before code of after runs, with what mends it; null and what is missing stay", () => {
    const change = changed(press, narrower(press));
    const ask = stepCalled(change, "articles-ask-values-of-state");
    expect(ask).toMatchObject({
      phase: "expand",
      title: "articles: stops where state is none of draft",
      risks: ["depends-on-data"],
      reversibility: "reversible",
      down: "",
    });
    expect(commandsOf(ask.up)).toEqual([
      {
        refuse: "articles",
        filter: { state: { $nin: ["draft", null] } },
        reason: "state is none of draft",
        mend: `give those documents a value that stays, in place of "...": db.getCollection("articles").updateMany({"state":{"$nin":["draft",null]}}, {"$set":{"state":"..."}}); or keep "live" among its values in the spec`,
      },
    ]);
    const at = (doc: Doc): boolean => stopsAt(change, "expand", doc);
    expect([{ state: "live" }, { state: "draft" }, { state: null }, {}].map(at)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("in an embedded document, by the names of before", () => {
    const kind = (rest: string): string => withText(`type: enum, values: ${rest}`);
    const change = changed(kind("[a, b]"), kind("[a]"));
    expect(asks(change)).toEqual(["expand articles-ask-values-of-sections-text"]);
    const [command] = commandsOf(stepCalled(change, "articles-ask-values-of-sections-text").up);
    expect(command).toMatchObject({
      filter: { sections: { $elemMatch: { text: { $nin: ["a", null] } } } },
      mend: expect.stringContaining(
        '{"$set":{"sections.$[item].text":"..."}}, {"arrayFilters":[{"item.text":{"$nin":["a",null]}}]})',
      ),
    });
    const sections = (...texts: readonly unknown[]): Doc => ({
      sections: texts.map((text, no) => ({ no, text })),
    });
    expect(stopsAt(change, "expand", sections("a", "b"))).toBe(true);
    expect(stopsAt(change, "expand", sections("a"))).toBe(false);
    expect(stopsAt(change, "expand", {})).toBe(false);
  });

  test("of a collection beside its root", () => {
    const apart = edited(press, "owner: Article", "owner: Article\n    perOwner: 5k");
    const kind = (rest: string): string => withText(`type: enum, values: ${rest}`, apart);
    const change = changed(kind("[a, b]"), kind("[a]"));
    expect(asks(change)).toEqual(["expand article-sections-ask-values-of-text"]);
    expect(stopsAt(change, "expand", { text: "b" }, "article_sections")).toBe(true);
  });

  test("under another name it is asked by the former one, and once more before it is renamed", () => {
    const after = edited(
      press,
      "state: { type: enum, values: [draft, live], default: draft }",
      "phase: { type: enum, values: [draft], default: draft, was: state }",
    ).replace("where: [state]", "where: [phase]");
    const change = changed(press, after);
    expect(asks(change)).toEqual([
      "expand articles-ask-values-of-state",
      "contract articles-ask-values-of-state-2",
      "contract articles-ask-phase",
    ]);
    const names = outline(change);
    expect(names.indexOf("contract articles-ask-values-of-state-2")).toBeLessThan(
      names.indexOf("contract articles-rename-state-to-phase"),
    );
    expect(stopsAt(change, "contract", { state: "live" })).toBe(true);
  });

  test("of a renamed entity it is asked where the documents are", () => {
    const after = narrower(press)
      .replace("  Article:\n    timestamps", "  Story:\n    was: Article\n    timestamps")
      .replace("owner: Article", "owner: Story")
      .replace("entities: [Article]", "entities: [Story]")
      .replace("      Article:\n        get", "      Story:\n        get");
    const change = changed(press, after);
    expect(asks(change)[0]).toBe("expand articles-ask-values-of-state");
    expect(stopsAt(change, "expand", { state: "live" })).toBe(true);
  });

  test("what a text becomes has to be one of them", () => {
    const change = changed(withWords("type: text"), withWords("type: enum, values: [one, two]"));
    const [command] = commandsOf(stepCalled(change, "articles-ask-values-of-words").up);
    expect(command).toMatchObject({
      mend: expect.stringContaining("or let it stay text in the spec"),
    });
    expect(stopsAt(change, "expand", { words: "three" })).toBe(true);
    expect(stopsAt(change, "expand", { words: "two" })).toBe(false);
  });

  test("more values, or no null any more, ask nothing", () => {
    expect(asks(changed(press, edited(press, "[draft, live]", "[live, draft, gone]")))).toEqual([]);
    const nullable = edited(press, "default: draft }", "nullable: true }");
    expect(asks(changed(nullable, press))).toEqual([]);
  });
});

describe("what a history recorded", () => {
  test("is asked as its documents are, and once more when no code of before runs", () => {
    const change = changed(audited, narrower(audited));
    expect(asks(change)).toEqual([
      "expand articles-ask-values-of-state",
      "expand articles-history-ask-values-of-state",
      "contract articles-history-ask-values-of-state-2",
    ]);
    const ask = stepCalled(change, "articles-history-ask-values-of-state");
    expect(commandsOf(ask.up)).toEqual([
      {
        refuse: "articles_history",
        filter: { "state.state": { $nin: ["draft", null] } },
        reason: "what was recorded of articles as state is none of draft",
        mend: expect.stringContaining('{"$set":{"state.state":"..."}})'),
      },
    ]);
    for (const phase of ["expand", "contract"] as const) {
      const at = (state: string): boolean =>
        stopsAt(change, phase, { state: { state } }, "articles_history");
      expect(["live", "draft"].map(at)).toEqual([true, false]);
    }
  });

  test("of what is owned, too; of what a type does not hold as well; a shorter text stays readable", () => {
    const kind = (rest: string): string => withText(`type: enum, values: ${rest}`, audited);
    const owned = changed(kind("[a, b]"), kind("[a]"));
    const past = { state: { sections: [{ no: 1, text: "b" }] } };
    expect(stopsAt(owned, "expand", past, "articles_history")).toBe(true);
    const typed = changed(withText("type: text", audited), withText("type: int", audited));
    expect(stopsAt(typed, "expand", past, "articles_history")).toBe(true);
    expect(stopsAt(typed, "contract", past, "articles_history")).toBe(true);
    const shorter = changed(audited, edited(audited, "max: 80", "max: 40"));
    expect(asks(shorter)).toEqual(["expand articles-ask-values-of-slug"]);
  });
});

describe("a narrower type", () => {
  test.each([
    ["type: text", "type: int", ["12", "-3", null], ["x", "1.5", "3000000000"]],
    ["type: bigint", "type: int", [12n, null], [3_000_000_000n]],
  ])(
    "%s to %s: values that do not convert stop it before anything has changed",
    (from, to, fit, unfit) => {
      const change = changed(withWords(from), withWords(to));
      expect(asks(change)).toEqual([
        "expand articles-ask-values-of-words",
        "contract articles-ask-values-of-words-2",
      ]);
      for (const phase of ["expand", "contract"] as const) {
        const at = (value: unknown): boolean => stopsAt(change, phase, { words: value });
        expect(fit.map(at)).toEqual(fit.map(() => false));
        expect(unfit.map(at)).toEqual(unfit.map(() => true));
      }
      const direct = changed(withWords(from), withWords(to), { mode: "direct" });
      expect(asks(direct)).toEqual(["expand articles-ask-values-of-words"]);
    },
  );

  test("in an embedded document", () => {
    const change = changed(withText("type: text"), withText("type: int"));
    const at = (...texts: readonly unknown[]): boolean =>
      stopsAt(change, "expand", { sections: texts.map((text) => ({ text })) });
    expect([at("1", "x"), at("1"), at()]).toEqual([true, false, false]);
    expect(stopsAt(change, "expand", {})).toBe(false);
  });

  test("a text that becomes a uuid or a day has to have its form", () => {
    const uuid = changed(withWords("type: text"), withWords("type: uuid"));
    expect(asks(uuid)).toHaveLength(2);
    const at = (value: unknown): boolean => stopsAt(uuid, "contract", { words: value });
    expect([at("0190a5b0-0000-7000-8000-000000000000"), at("x"), at(null)]).toEqual([
      false,
      true,
      false,
    ]);
    const day = changed(withText("type: text"), withText("type: date"));
    const of = (text: string): boolean => stopsAt(day, "expand", { sections: [{ text }] });
    expect([of("2026-01-31"), of("2026-13-01"), of("soon")]).toEqual([false, true, true]);
  });

  test("a wider one, or one that the user converts, asks nothing", () => {
    expect(asks(changed(withWords("type: int"), withWords("type: bigint")))).toEqual([]);
    expect(asks(changed(withWords("type: int"), withWords("type: text")))).toEqual([]);
    const values = { "articles.words": '{"$toInt":"$words"}' };
    expect(asks(changed(withWords("type: text"), withWords("type: int"), { values }))).toEqual([]);
  });
});

test("a shorter text stops it before code of after runs; bounds wait for the contract, and follow a rename", () => {
  const shorter = changed(press, edited(press, "max: 80", "max: 3"));
  expect(outline(shorter)).toEqual([
    "expand articles-ask-values-of-slug",
    "contract articles-narrow-validator",
  ]);
  const at = (slug: unknown): boolean => stopsAt(shorter, "expand", { slug });
  expect([at("long"), at("abc"), at(null)]).toEqual([true, false, false]);
  expect(outline(changed(press, edited(press, "min: 0", "min: 10")))).toEqual([
    "contract articles-narrow-validator",
  ]);
  const renamed = edited(press, words, "size: { type: int, min: 10, was: words }").replace(
    "orderBy: [words]",
    "orderBy: [size]",
  );
  const change = changed(press, renamed);
  expect(asks(change)).toEqual([
    "contract articles-ask-values-of-words",
    "contract articles-ask-size",
  ]);
  expect(stopsAt(change, "contract", { words: 5 })).toBe(true);
  expect(stopsAt(change, "contract", { words: 10 })).toBe(false);
});
