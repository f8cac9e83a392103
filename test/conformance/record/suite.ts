/** What the record port promises, told once and run against every engine that claims it. */
import { randomInt, randomUUID } from "node:crypto";
import { expect } from "vitest";
import { expectCaller } from "../caller.ts";
import { expectRefused, untyped, untypedFilters } from "../untyped-filters.ts";
import type { PostInput, RackInput, RecordLayer } from "./layer.ts";

export interface Case {
  /** Row of the closing table. */
  readonly method: string;
  readonly name: string;
  run(data: RecordLayer): Promise<void>;
}

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));

export const post = (more: Partial<PostInput> = {}): PostInput => ({
  authorId: randomUUID(),
  title: "A title",
  score: 1,
  publishedAt: at(0),
  tags: [],
  extra: {},
  sections: [],
  ...more,
});

/** The call is refused, and its message holds the name and nothing of the value, which is `nobody's` where it is a text. */
const refusesField = async (call: Promise<unknown>, name: string): Promise<void> => {
  const error: unknown = await call.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: "DataError", message: expect.stringContaining(name) });
  expect(error).toMatchObject({ kind: expect.stringMatching(/^(?:programming|constraint)$/) });
  expect(String(error)).not.toContain("nobody's");
};

const ofKind = (kind: string) => expect.objectContaining({ name: "DataError", kind });

const full = {
  ints: [-2_147_483_648, 0, 12],
  bigints: [-9_223_372_036_854_775_808n, 9_007_199_254_740_993n, 3n],
  floats: [0.1 + 0.2, -1.5e300, 2],
  booleans: [true],
  uuids: ["0190a1b2-0000-7000-8000-00000000000a"],
  dates: ["2024-02-29", "0001-01-01"],
  moments: [new Date("2038-01-19T03:14:07.120Z"), at(0)],
  texts: ["3", 'a "b"', ""],
} satisfies Partial<RackInput>;

const other = {
  ints: [1],
  bigints: [9_007_199_254_740_992n, -3n],
  floats: [0.3, 2.5],
  booleans: [false],
  uuids: ["0190a1b2-0000-7000-8000-00000000000b"],
  dates: ["2024-02-28"],
  moments: [new Date("2038-01-19T03:14:07.121Z")],
  texts: ["4", "A"],
} satisfies Partial<RackInput>;

const ordinary = ["ints", "bigints", "floats", "booleans", "uuids", "texts"] as const;

const absent = {
  ints: 2,
  bigints: 33n,
  floats: 0.31,
  uuids: "0190a1b2-0000-7000-8000-00000000000c",
  dates: "2024-02-27",
  moments: at(1),
  texts: "a",
};

const rack = (batch: string, place: number, lists: Partial<RackInput>): RackInput => ({
  batch,
  place,
  ints: [],
  bigints: [],
  floats: [],
  booleans: [],
  uuids: [],
  dates: [],
  moments: [],
  texts: [],
  ...lists,
});

export const cases: readonly Case[] = [
  {
    method: "get",
    name: "a missing key is undefined",
    run: async (data) => expect(await data.posts.get(randomUUID())).toBeUndefined(),
  },
  {
    method: "insert",
    name: "every type comes back as it went in, extremes and hostile text included",
    run: async (data) => {
      const given = post({
        status: "live",
        title: `quote ' " \\ \` \${x} -- */ \u2028 ünïcødé 🐘 \n tab\t`,
        score: -2_147_483_648,
        views: 9_223_372_036_854_775_807n,
        ratio: 0.1 + 0.2,
        pinned: true,
        day: "2024-02-29",
        publishedAt: new Date("2038-01-19T03:14:07.123Z"),
        tags: ["", "null", "NULL", '"', "\\", "{a,b}", ",", " spaced "],
        extra: { deep: [1, { "a.b": null, $set: "x" }], text: "'\"\\" },
        seal: new Uint8Array([0, 1, 2, 255]),
        sections: [
          { no: 2, body: "second" },
          { no: 1, body: "first" },
        ],
      });
      const stored = await data.posts.write(given);
      const read = await data.posts.get(stored.id);
      expect(read).toEqual(stored);
      const { sections, seal, ...rest } = given;
      expect(read).toMatchObject(rest);
      expect([...(read?.seal ?? [])]).toEqual([...(seal ?? [])]);
      expect(read?.sections.toSorted((a, b) => a.no - b.no)).toEqual(
        sections.toSorted((a, b) => a.no - b.no),
      );
    },
  },
  {
    method: "insert",
    name: "defaults, nulls, version and timestamps are filled in; the id is a version 7 uuid of the client",
    run: async (data) => {
      const before = Date.now();
      const stored = await data.posts.write(post());
      expect(stored).toMatchObject({
        status: "draft",
        views: 0n,
        pinned: false,
        ratio: null,
        day: null,
        seal: null,
        version: 1,
      });
      expect(stored.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
      expect(Math.abs(stored.createdAt.getTime() - before)).toBeLessThan(60_000);
      expect(stored.updatedAt).toEqual(stored.createdAt);
    },
  },
  {
    method: "insert",
    name: "a value that its field does not take is told by the field, and never shown",
    run: async (data) => {
      const wrong: readonly (readonly [field: string, value: unknown])[] = [
        ["authorId", "nobody's"],
        ["authorId", undefined],
        ["status", "nobody's"],
        ["title", 7],
        ["score", 1.5],
        ["score", 2 ** 31],
        ["views", 2n ** 63n],
        ["pinned", "nobody's"],
        ["day", "2026-02-29"],
        ["publishedAt", new Date("nobody's")],
        ["tags", "nobody's"],
        ["tags", [7]],
      ];
      for (const [field, value] of wrong) {
        await refusesField(data.posts.write({ ...post(), [field]: value }), `Post.${field}`);
        if (["title", "status", "tags"].includes(field))
          await refusesField(data.posts.revise(randomUUID(), { [field]: value }), `Post.${field}`);
      }
      const sections = [{ no: 1.5, body: "nobody's" }];
      await refusesField(data.posts.write(post({ sections })), ".no");
    },
  },
  {
    method: "get",
    name: "a key, a filter or a version of another form is refused by its name",
    run: async (data) => {
      const stored = await data.posts.write(post());
      await refusesField(data.posts.get("nobody's"), "Post.id");
      await refusesField(data.posts.getMany([stored.id, "nobody's"]), "Post.id");
      const teamId = "nobody's";
      await refusesField(
        data.memberships.get({ teamId, userId: randomUUID() }),
        "Membership.teamId",
      );
      await refusesField(data.posts.listByAuthor({ authorId: "nobody's" }, {}), "Post.authorId");
      const status = "nobody's";
      await refusesField(
        data.posts.listByAuthor({ authorId: stored.authorId, status }, {}),
        "Post.status",
      );
      for (const ifVersion of [Number.NaN, 1.5, "nobody's"])
        await refusesField(
          data.posts.revise(stored.id, { title: "x" }, { ifVersion }),
          "ifVersion",
        );
    },
  },
  {
    method: "insert",
    name: "a key that exists is a conflict, and the first row stays",
    run: async (data) => {
      const stored = await data.posts.write(post({ title: "first" }));
      await expect(data.posts.write(post({ id: stored.id, title: "second" }))).rejects.toEqual(
        ofKind("conflict"),
      );
      expect((await data.posts.get(stored.id))?.title).toBe("first");
    },
  },
  {
    method: "insert",
    name: "a float of -0 is kept as 0, by a single write, one of many and a patch",
    run: async (data) => {
      const one = await data.posts.write(post({ ratio: -0 }));
      const many = await data.posts.writeAll([post({ ratio: -0 }), post({ ratio: -0.5 })]);
      const patched = await data.posts.revise((await data.posts.write(post())).id, { ratio: -0 });
      const stored = [one, ...many, patched];
      const read = await data.posts.getMany(stored.map(({ id }) => id));
      for (const rows of [stored, read])
        expect(rows.map(({ ratio }) => ratio)).toEqual([0, 0, -0.5, 0]);
    },
  },
  {
    method: "insert",
    name: "the stack of its error names the line of the call",
    run: async (data) => {
      const stored = await data.posts.write(post());
      await expectCaller(async function writeAgain() {
        return await data.posts.write(post({ id: stored.id }));
      });
    },
  },
  {
    method: "decimal",
    name: "keeps every digit and its scale",
    run: async (data) => {
      const stored = await data.invoices.bill({ amount: "-1234567890.10", tax: null });
      expect(await data.invoices.get(stored.id)).toMatchObject({
        amount: "-1234567890.10",
        tax: null,
      });
      const other = await data.invoices.bill({ amount: "0.00", tax: "0.10" });
      expect(await data.invoices.get(other.id)).toMatchObject({ amount: "0.00", tax: "0.10" });
    },
  },
  {
    method: "decimal",
    name: "a value of finer digits than the field has is equal to none, and what is no decimal is refused",
    run: async (data) => {
      const amount = `${randomInt(1_000_000_000)}.50`;
      await data.invoices.bill({ amount, tax: "0.10" });
      for (const same of [amount, amount.slice(0, -1), `${amount}00`, `+${amount}`])
        expect(await data.invoices.listOf({ amount: same }), same).toHaveLength(1);
      for (const finer of [`${amount}1`, amount.replace(/0$/, "49"), amount.replace(/0$/, "0001")])
        expect(await data.invoices.listOf({ amount: finer }), finer).toEqual([]);
      const within = (tax: object) => data.invoices.listTaxed({ amount, tax });
      expect(await within({ min: "0.099", max: "0.101" })).toHaveLength(1);
      expect(await within({ min: "0.1001" })).toEqual([]);
      expect(await within({ max: "0.0999" })).toEqual([]);
      await expect(data.invoices.listOf({ amount: "1,5" })).rejects.toEqual(ofKind("programming"));
    },
  },
  {
    method: "insert",
    name: "a unique value that exists is a conflict",
    run: async (data) => {
      const handle = randomUUID();
      await data.authors.join({ handle });
      await expect(data.authors.join({ handle })).rejects.toEqual(ofKind("conflict"));
    },
  },
  {
    method: "constraint name",
    name: "a unique value that exists names its constraint",
    run: async (data) => {
      const handle = randomUUID();
      await data.authors.join({ handle });
      await expect(data.authors.join({ handle })).rejects.toMatchObject({
        kind: "conflict",
        constraint: expect.stringContaining("handle"),
      });
    },
  },
  {
    method: "insert with operation id",
    name: "a replay gives the first result and adds nothing; other content under the id is a conflict",
    run: async (data) => {
      const operation = randomUUID();
      const given = post({ title: "once" });
      const first = await data.posts.write(given, { operation });
      const again = await data.posts.write(given, { operation });
      expect(again).toEqual(first);
      const page = await data.posts.listByAuthor({ authorId: given.authorId }, {});
      expect(page.items).toHaveLength(1);
      await expect(data.posts.write({ ...given, title: "other" }, { operation })).rejects.toEqual(
        ofKind("conflict"),
      );
    },
  },
  {
    method: "insert raced by its replays",
    name: "of twenty racing replays one writes and all get its result",
    run: async (data) => {
      const operation = randomUUID();
      const given = post();
      const results = await Promise.all(
        Array.from({ length: 20 }, () => data.posts.write(given, { operation })),
      );
      expect(new Set(results.map(({ id }) => id)).size).toBe(1);
      expect((await data.posts.listByAuthor({ authorId: given.authorId }, {})).items).toHaveLength(
        1,
      );
    },
  },
  {
    method: "getMany",
    name: "gives them in the order of the keys and leaves out what is missing",
    run: async (data) => {
      const stored = await Promise.all([1, 2, 3].map((score) => data.posts.write(post({ score }))));
      const ids = [stored[2]?.id ?? "", randomUUID(), stored[0]?.id ?? ""];
      expect((await data.posts.getMany(ids)).map(({ score }) => score)).toEqual([3, 1]);
      expect(await data.posts.getMany([])).toEqual([]);
    },
  },
  {
    method: "list by keyset",
    name: "pages of any size give every row once, in order, ties broken by the key",
    run: async (data) => {
      const authorId = randomUUID();
      for (let n = 0; n < 23; n += 1)
        await data.posts.write(post({ authorId, publishedAt: at(Math.floor(n / 4)), score: n }));
      for (const limit of [1, 7, 23, 50]) {
        const seen: { id: string; publishedAt: Date }[] = [];
        let after: string | undefined;
        let pages = 0;
        do {
          const page = await data.posts.listByAuthor(
            { authorId },
            after === undefined ? { limit } : { limit, after },
          );
          seen.push(...page.items);
          after = page.next;
          pages += 1;
        } while (after !== undefined && pages < 40);
        expect(new Set(seen.map(({ id }) => id)).size).toBe(23);
        expect(seen).toHaveLength(23);
        for (const [n, item] of seen.entries()) {
          const before = seen[n - 1];
          if (before !== undefined)
            expect(before.publishedAt.getTime()).toBeGreaterThanOrEqual(item.publishedAt.getTime());
        }
      }
    },
  },
  {
    method: "list by keyset",
    name: "an order of mixed directions pages without gap or repetition",
    run: async (data) => {
      const authorId = randomUUID();
      const statuses = ["draft", "live", "gone"] as const;
      for (let n = 0; n < 18; n += 1)
        await data.posts.write(
          post({ authorId, status: statuses[n % 3] ?? "draft", score: n % 5 }),
        );
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await data.posts.listMixed(
          { authorId },
          after === undefined ? { limit: 4 } : { limit: 4, after },
        );
        seen.push(...page.items.map(({ status, score, id }) => `${status} ${9 - score} ${id}`));
        after = page.next;
      } while (after !== undefined);
      expect(seen).toHaveLength(18);
      expect(new Set(seen).size).toBe(18);
      const shown = seen.map((text) => text.split(" ").slice(0, 2).join(" "));
      expect(shown).toEqual(shown.toSorted());
    },
  },
  {
    method: "list by keyset",
    name: "a row that is written while paging moves no other row",
    run: async (data) => {
      const authorId = randomUUID();
      for (let n = 0; n < 6; n += 1) await data.posts.write(post({ authorId, publishedAt: at(n) }));
      const first = await data.posts.listByAuthor({ authorId }, { limit: 3 });
      await data.posts.write(post({ authorId, publishedAt: at(60) }));
      const second = await data.posts.listByAuthor(
        { authorId },
        { limit: 10, after: first.next ?? "" },
      );
      expect(
        [...first.items, ...second.items].map(({ publishedAt }) => publishedAt.getUTCMinutes()),
      ).toEqual([5, 4, 3, 2, 1, 0]);
    },
  },
  {
    method: "list by keyset",
    name: "optional filters and ranges narrow, both ends inclusive",
    run: async (data) => {
      const authorId = randomUUID();
      for (let n = 0; n < 6; n += 1) {
        await data.posts.write(
          post({ authorId, publishedAt: at(n), score: n, status: n % 2 === 0 ? "live" : "draft" }),
        );
      }
      const scores = async (where: object): Promise<readonly number[]> =>
        (await data.posts.listByAuthor({ authorId, ...where }, {})).items
          .map(({ score }) => score)
          .toSorted((a, b) => a - b);
      expect(await scores({})).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await scores({ status: "live" })).toEqual([0, 2, 4]);
      expect(await scores({ publishedAt: { min: at(2), max: at(4) } })).toEqual([2, 3, 4]);
      expect(await scores({ score: { min: 3 } })).toEqual([3, 4, 5]);
      expect(await scores({ score: { max: 1 } })).toEqual([0, 1]);
      expect(await scores({ status: "live", score: { min: 1, max: 2 } })).toEqual([2]);
      expect(await scores({ status: "gone" })).toEqual([]);
    },
  },
  {
    method: "list by keyset",
    name: "a cursor of another list, or a made-up one, is refused",
    run: async (data) => {
      const authorId = randomUUID();
      for (let n = 0; n < 3; n += 1) await data.posts.write(post({ authorId, publishedAt: at(n) }));
      const { next } = await data.posts.listByAuthor({ authorId }, { limit: 1 });
      await expect(data.posts.listMixed({ authorId }, { after: next ?? "" })).rejects.toEqual(
        ofKind("programming"),
      );
      await expect(data.posts.listByAuthor({ authorId }, { after: "x" })).rejects.toEqual(
        ofKind("programming"),
      );
      await expect(data.posts.listByAuthor({ authorId }, { limit: 0 })).rejects.toEqual(
        ofKind("programming"),
      );
    },
  },
  {
    method: "list by keyset",
    name: "a cursor is good for its filters only, and holds nothing of them",
    run: async (data) => {
      const authorId = randomUUID();
      for (let n = 0; n < 4; n += 1)
        await data.posts.write(post({ authorId, publishedAt: at(n), status: "live" }));
      const where = { authorId, status: "live", publishedAt: { min: at(0), max: at(9) } };
      const { next: after = "" } = await data.posts.listByAuthor(where, { limit: 1 });
      const rest = await data.posts.listByAuthor({ ...where, score: undefined }, { after });
      expect(rest.items).toHaveLength(3);
      expect(Buffer.from(after, "base64url").toString()).not.toMatch(
        new RegExp(`live|${authorId}`),
      );
      for (const other of [
        { ...where, authorId: randomUUID() },
        { ...where, status: "draft" },
        { ...where, status: undefined },
        { ...where, publishedAt: { min: at(0) } },
        { ...where, publishedAt: { min: at(0), max: at(8) } },
        { ...where, score: { min: 0 } },
      ])
        await expect(data.posts.listByAuthor(other, { after })).rejects.toMatchObject({
          name: "DataError",
          kind: "programming",
          operation: "posts.listByAuthor",
          message: expect.stringContaining("not a cursor of this list"),
          hint: expect.stringContaining("same filters"),
        });
    },
  },
  {
    method: "list",
    name: "a filter or a page that untyped code gets wrong is refused and named, and nothing is read",
    run: async (data) => {
      const listByAuthor = untyped(data.posts, "listByAuthor");
      const listLive = untyped(data.posts, "listLive");
      const valid = { authorId: randomUUID() };
      await expectRefused("posts.listByAuthor", (where) => listByAuthor(where, {}), [
        ...untypedFilters("where", valid, "publishedAt"),
        [{}, "where.authorId is required"],
        [{ status: "live" }, "where.authorId is required"],
        [{ ...valid, title: "nobody's" }, "authorId, status, publishedAt, score only"],
      ]);
      await expectRefused("posts.listLive", (where) => listLive(where), [
        [new Date(0), "where.status is required"],
        [{ status: "live", score: { min: 1 } }, '"score"'],
      ]);
      await expectRefused("posts.listByAuthor", (page) => listByAuthor(valid, page), [
        [undefined, "`page`"],
        [null, "`page`"],
        [{ offset: 20 }, '"offset"'],
        [{ limit: 2, cursor: "nobody's" }, '"cursor"'],
      ]);
      for (const after of [null, 7, {}])
        await expect(listByAuthor(valid, { after })).rejects.toMatchObject({
          name: "DataError",
          kind: "programming",
          message: expect.stringContaining("not a cursor"),
        });
      expect(await listByAuthor({ ...valid, score: undefined, other: undefined }, {})).toEqual({
        items: [],
      });
    },
  },
  {
    method: "list",
    name: "without pages gives everything in order",
    run: async (data) => {
      const made = await Promise.all(
        [5, 1, 3].map((score) => data.posts.write(post({ status: "gone", score }))),
      );
      const ids = new Set(made.map(({ id }) => id));
      const mine = (await data.posts.listLive({ status: "gone" })).filter(({ id }) => ids.has(id));
      expect(mine.map(({ score }) => score)).toEqual([1, 3, 5]);
    },
  },
  {
    method: "list by an element of an array",
    name: "finds the rows whose array holds exactly the text, whatever else it holds, over pages",
    run: async (data) => {
      const own = randomUUID();
      const texts = ['"', "\\", "NULL", "{a,b}", "%", "ä", "\u{1F418}".repeat(300), own];
      const tags = texts.map((text) => `${own} ${text}`);
      await data.posts.write(post({ score: 1, tags }));
      await data.posts.write(post({ score: 2, tags: ["", `${own} %`, `${own} %`] }));
      await data.posts.write(post({ score: 3, tags: [] }));
      const scores = async (tag: string, more: object = {}) => {
        const { items } = await data.posts.listTagged({ tags: tag, ...more }, {});
        return items.map(({ score }) => score);
      };
      for (const tag of tags)
        expect(await scores(tag), tag).toEqual(tag.endsWith(" %") ? [2, 1] : [1]);
      for (const tag of [own, `${own} `, `${own} A`, `${own} Ä`, `${own} a`])
        expect(await scores(tag), tag).toEqual([]);
      expect(await scores(`${own} %`, { score: { min: 2 } })).toEqual([2]);
      const first = await data.posts.listTagged({ tags: `${own} %` }, { limit: 1 });
      const rest = await data.posts.listTagged({ tags: `${own} %` }, { after: String(first.next) });
      expect([...first.items, ...rest.items].map(({ score }) => score)).toEqual([2, 1]);
    },
  },
  {
    method: "list by an element of an array",
    name: "finds the rows that hold a value of any type, and gives back the lists as they were",
    run: async (data) => {
      const batch = randomUUID();
      const racks = [rack(batch, 1, full), rack(batch, 2, other), rack(batch, 3, {})];
      for (const each of racks) {
        const { id } = await data.racks.fill(each);
        expect(await data.racks.get(id)).toEqual({ id, ...each });
      }
      const places = async (field: string, value: unknown): Promise<readonly number[]> =>
        (await data.racks.listHolding({ batch, [field]: value })).map(({ place }) => place);
      for (const field of ordinary) {
        for (const value of full[field]) expect(await places(field, value), field).toEqual([1]);
        for (const value of other[field]) expect(await places(field, value), field).toEqual([2]);
      }
      for (const [field, value] of Object.entries(absent))
        expect(await places(field, value), field).toEqual([]);
      const both = { bigints: full.bigints[0], texts: full.texts[0] };
      expect(await data.racks.listHolding({ batch, ...both })).toHaveLength(1);
    },
  },
  {
    method: "list by a moment of an array",
    name: "or by a day finds the rows that hold it",
    run: async (data) => {
      const batch = randomUUID();
      await data.racks.fill(rack(batch, 1, full));
      await data.racks.fill(rack(batch, 2, other));
      const places = async (where: object): Promise<readonly number[]> =>
        (await data.racks.listHolding({ batch, ...where })).map(({ place }) => place);
      for (const dates of full.dates) expect(await places({ dates }), dates).toEqual([1]);
      for (const dates of other.dates) expect(await places({ dates }), dates).toEqual([2]);
      for (const moments of full.moments) expect(await places({ moments })).toEqual([1]);
      for (const moments of other.moments) expect(await places({ moments })).toEqual([2]);
    },
  },
  {
    method: "decimal",
    name: "within a list keeps its scale, and is found by its amount",
    run: async (data) => {
      const batch = randomUUID();
      const rates = ["1.50", "-0.000000000000000000000001", "12345678901234567890.5"];
      const { id } = await data.tariffs.set({ batch, place: 1, rates });
      expect((await data.tariffs.get(id))?.rates).toEqual(rates);
      await data.tariffs.set({ batch, place: 2, rates: ["0", "-2"] });
      const places = async (sought: string): Promise<readonly number[]> =>
        (await data.tariffs.listCharging({ batch, rates: sought })).map(({ place }) => place);
      for (const same of [...rates, "1.5", "+1.500", "01.5", "12345678901234567890.50"])
        expect(await places(same), same).toEqual([1]);
      for (const same of ["0", "0.00", "-2.0"]) expect(await places(same), same).toEqual([2]);
      for (const none of ["1.51", "-1.5", "2", "12345678901234567890.4"])
        expect(await places(none), none).toEqual([]);
    },
  },
  {
    method: "patch",
    name: "changes the given fields only, raises the version, can set null",
    run: async (data) => {
      const stored = await data.posts.write(
        post({ ratio: 1.5, tags: ["a"], sections: [{ no: 1, body: "kept" }] }),
      );
      const changed = await data.posts.revise(stored.id, { title: "New", ratio: null });
      expect(changed).toMatchObject({
        title: "New",
        ratio: null,
        tags: ["a"],
        version: 2,
        sections: [{ no: 1, body: "kept" }],
      });
      expect(await data.posts.get(stored.id)).toEqual(changed);
      expect(changed.updatedAt.getTime()).toBeGreaterThanOrEqual(stored.updatedAt.getTime());
      expect(changed.createdAt).toEqual(stored.createdAt);
    },
  },
  {
    method: "patch",
    name: "of nothing changes no field and raises the version all the same",
    run: async (data) => {
      const { updatedAt, ...stored } = await data.posts.write(post({ ratio: 1.5, tags: ["a"] }));
      const touched = await data.posts.revise(stored.id, {});
      expect(touched).toEqual({ ...stored, version: 2, updatedAt: touched.updatedAt });
      expect(touched.updatedAt.getTime()).toBeGreaterThanOrEqual(updatedAt.getTime());
      expect(await data.posts.get(stored.id)).toEqual(touched);
      await expect(data.posts.revise(stored.id, {}, { ifVersion: 1 })).rejects.toEqual(
        ofKind("conflict"),
      );
      await expect(data.posts.revise(randomUUID(), {})).rejects.toEqual(ofKind("not-found"));
    },
  },
  {
    method: "patch",
    name: "a key that the method does not change is refused and named, and nothing is changed; one that is undefined is none",
    run: async (data) => {
      const stored = await data.posts.write(post({ title: "first" }));
      const { id } = stored;
      const refused = async (patch: object, what: string): Promise<void> => {
        const error: unknown = await data.posts
          .revise(id, patch)
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({
          name: "DataError",
          kind: "programming",
          operation: "posts.revise",
          message: expect.stringContaining(what),
          hint: expect.stringContaining("fields in the spec"),
        });
        expect(error).toMatchObject({
          message: expect.stringContaining("title, status, ratio, tags, extra"),
        });
        expect(String(error)).not.toContain("nobody's");
      };
      await refused({ titel: "nobody's" }, '"titel"');
      await refused({ title: "second", score: 2, pinned: true }, '"score", "pinned"');
      await refused({ title: "second", version: 7 }, '"version"');
      await refused({ "nobody's key": 1 }, "a key of another form");
      for (const text of ['{"__proto__":{"title":"second"}}', '{"constructor":1,"title":"second"}'])
        await refused(JSON.parse(text) as object, text.slice(1).split(":")[0] ?? "");
      expect(await data.posts.get(id)).toEqual(stored);
      const same = { title: "third", score: undefined, titel: undefined };
      expect((await data.posts.revise(id, same)).title).toBe("third");
    },
  },
  {
    method: "patch",
    name: "a missing key is not found",
    run: async (data) =>
      expect(data.posts.revise(randomUUID(), { title: "x" })).rejects.toEqual(ofKind("not-found")),
  },
  {
    method: "patch with ifVersion",
    name: "a stale version is a conflict and changes nothing; the current one is taken",
    run: async (data) => {
      const stored = await data.posts.write(post());
      await data.posts.revise(stored.id, { title: "second" }, { ifVersion: 1 });
      await expect(
        data.posts.revise(stored.id, { title: "lost" }, { ifVersion: 1 }),
      ).rejects.toEqual(ofKind("conflict"));
      expect((await data.posts.get(stored.id))?.title).toBe("second");
      await expect(
        data.posts.revise(randomUUID(), { title: "x" }, { ifVersion: 1 }),
      ).rejects.toEqual(ofKind("not-found"));
    },
  },
  {
    method: "patch with operation id",
    name: "a replay of a versioned change gives its first result, not a false conflict",
    run: async (data) => {
      const stored = await data.posts.write(post());
      const operation = randomUUID();
      const first = await data.posts.revise(
        stored.id,
        { title: "second" },
        { ifVersion: 1, operation },
      );
      const again = await data.posts.revise(
        stored.id,
        { title: "second" },
        { ifVersion: 1, operation },
      );
      expect(again).toEqual(first);
      expect((await data.posts.get(stored.id))?.version).toBe(2);
    },
  },
  {
    method: "composite key",
    name: "is found, patched and refused twice by all of its parts",
    run: async (data) => {
      const key = { teamId: randomUUID(), userId: randomUUID() };
      await data.memberships.grant({ ...key, role: "reader" });
      await expect(data.memberships.grant({ ...key, role: "x" })).rejects.toEqual(
        ofKind("conflict"),
      );
      await data.memberships.change(key, { role: "owner" });
      expect((await data.memberships.get(key))?.role).toBe("owner");
      expect(await data.memberships.get({ ...key, userId: randomUUID() })).toBeUndefined();
      expect(await data.memberships.getMany([key])).toHaveLength(1);
    },
  },
  {
    method: "abort and deadline",
    name: "an aborted call rejects with its reason; a deadline that is none is refused",
    run: async (data) => {
      const reason = new Error("enough");
      await expect(
        data.posts.get(randomUUID(), { signal: AbortSignal.abort(reason) }),
      ).rejects.toBe(reason);
      await expect(data.posts.get(randomUUID(), { deadlineMs: 0 })).rejects.toEqual(
        ofKind("programming"),
      );
      expect(await data.posts.get(randomUUID())).toBeUndefined();
    },
  },
  {
    method: "onChanged",
    name: "a read-through cache over it never serves what a write has replaced",
    run: async (data) => {
      const stored = await data.posts.write(post({ title: "first" }));
      expect((await data.postCache.get(stored.id))?.title).toBe("first");
      for (const title of ["second", "third"]) {
        await data.posts.revise(stored.id, { title });
        expect((await data.postCache.get(stored.id))?.title).toBe(title);
      }
      expect((await data.postCache.get(stored.id))?.views).toBe(0n);
    },
  },
  {
    method: "health",
    name: "is up",
    run: async (data) => expect(await data.health.ready()).toMatchObject({ ok: true, state: "up" }),
  },
];
