// Keys of a patch that its method does not change, as a cast JSON body has them.
import { expect, test } from "vitest";
import { isDataError } from "../../../templates/runtime/errors.ts";
import { changesOf } from "../../../templates/runtime/patch.ts";

interface Patch {
  readonly title?: string | undefined;
  readonly publishedAt?: string | null | undefined;
}
const encoded = (patch: Patch): object =>
  changesOf(
    patch,
    { title: patch.title, published_at: patch.publishedAt },
    { published_at: "publishedAt" },
  );

test.each([
  [{}, { title: undefined, published_at: undefined }],
  [{ title: "a" }, { title: "a", published_at: undefined }],
  [
    { title: "a", publishedAt: null },
    { title: "a", published_at: null },
  ],
  [
    { title: undefined, other: undefined },
    { title: undefined, published_at: undefined },
  ],
])("%j is taken", (patch, changes) => {
  expect(encoded(patch)).toEqual(changes);
});

const told = (patch: object): unknown => {
  try {
    return encoded(patch);
  } catch (error) {
    if (!isDataError(error)) throw error;
    return [error.kind, error.message];
  }
};

test.each([
  ['{"titel":"a"}', '"titel"'],
  ['{"title":"a","published_at":"b","id":1}', '"published_at", "id"'],
  ['{"__proto__":{"title":"a"}}', '"__proto__"'],
  ['{"constructor":1,"toString":2}', '"constructor", "toString"'],
  ['{"an e@mail.address":1,"another one":2}', "a key of another form"],
])("%s is refused", (json, named) => {
  expect(told(JSON.parse(json) as object)).toEqual([
    "programming",
    `the patch has ${named}, and this method changes title, publishedAt only`,
  ]);
});

test("what a patch inherits is refused like what it has", () => {
  const patch: unknown = Object.create({ titel: "a" });
  expect(told(patch as object)).toEqual([
    "programming",
    'the patch has "titel", and this method changes title, publishedAt only',
  ]);
});
