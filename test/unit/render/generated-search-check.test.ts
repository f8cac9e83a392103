import { describe, expect, test } from "vitest";
import { checkSearch } from "../../../templates/shared/tests/views.ts";

interface Parcel {
  readonly no: bigint;
  readonly label: string;
}

const rows: readonly Parcel[] = [9_007_199_254_740_993n, 9_007_199_254_740_992n, 3n].map((no) => ({
  no,
  label: "parcel",
}));

/** @param found in the order in which the store gives them */
const check = (found: readonly Parcel[]): Promise<void> =>
  checkSearch({
    rows,
    key: ({ no }) => ({ hall: "a", no }),
    filters: () => [{}],
    weights: { label: 1 },
    facets: [],
    highlight: false,
    paged: false,
    search: (word) =>
      Promise.resolve({
        items: word === "parcel" ? found.map((item) => ({ item, score: 1 })) : [],
      }),
  });

describe("the check of a generated search", () => {
  test("takes hits in any order, by keys of 64 bits", async () => {
    await check(rows);
    await check(rows.toReversed());
    await expect(check(rows.slice(1))).rejects.toThrow("parcel");
  });
});
