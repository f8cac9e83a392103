import { describe, expect, test } from "vitest";
import type { Capability } from "../../../src/select/criteria.ts";
import { cardOf, registered } from "./registered.ts";

interface CardRow {
  readonly id: string;
  readonly fact: string;
  readonly source: string;
}

function rowsOf(card: string): readonly CardRow[] {
  return card.split("\n").flatMap((line) => {
    const [, id, fact, source] = /^\| ([A-Z]+-[A-Z]?\d+) \| (.+) \| (.+) \|$/.exec(line) ?? [];
    return id && fact && source ? [{ id, fact, source }] : [];
  });
}

describe.each(registered)("$title", ({ id, capabilities }) => {
  const card = cardOf(id);
  const rows = rowsOf(card);
  const { ports, features, lacks, limits, floors, hosting, vectorIndex, textSearch } = capabilities;
  const general = (evidence: string): boolean => capabilities.sources[evidence]?.general === true;
  const entries: readonly [string, Capability][] = [
    ...Object.entries(ports),
    ...Object.entries(features),
    ...Object.entries(lacks),
    ...Object.entries(limits),
    ...Object.entries(floors),
    ...Object.entries(hosting),
    ...Object.values(hosting).flatMap((place) => Object.entries(place.limits ?? {})),
    ...(vectorIndex ? [["vectorIndex", vectorIndex] as const] : []),
    ...(textSearch ? [["textSearch", textSearch] as const] : []),
  ].map(([name, entry]): [string, Capability] => [name, entry]);

  test("states the version of its card", () => {
    const version = /^Version: (\S+)/m.exec(card)?.[1];
    expect(version).toBe(capabilities.version);
  });

  test("carries every row of its card, and no other", () => {
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    const stated = Object.entries(capabilities.sources).map(([row, { fact, source }]) => ({
      id: row,
      fact,
      source,
    }));
    expect(stated).toEqual(rows);
    for (const { id: row, source } of rows) {
      expect(general(row), row).toBe(source.includes("general knowledge, verify"));
    }
  });

  test("cites an existing row for every entry", () => {
    for (const [name, { evidence, text }] of entries) {
      expect(evidence.length, name).toBeGreaterThan(0);
      expect(text, name).not.toBe("");
      for (const row of evidence)
        expect(capabilities.sources[row], `${name}: ${row}`).toBeDefined();
    }
  });

  test("cites every row of its card", () => {
    const cited = new Set(entries.flatMap(([, { evidence }]) => evidence));
    const idle = rows.filter((row) => !cited.has(row.id)).map((row) => row.id);
    expect(idle).toEqual([]);
  });

  test("lets no unverified row meet or fail a hard requirement alone", () => {
    const weights = (name: string): boolean => {
      const limit = limits[name];
      return limit !== undefined && limit.max === undefined;
    };
    for (const [name, { evidence }] of entries) {
      if (weights(name) || name in lacks) continue;
      expect(
        evidence.some((row) => !general(row)),
        `${name}: ${evidence.join(", ")}`,
      ).toBe(true);
    }
  });

  test("lacks nothing that it has", () => {
    for (const name of Object.keys(lacks)) expect(features[name], name).toBeUndefined();
  });
});
