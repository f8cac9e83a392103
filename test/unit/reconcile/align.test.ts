import { expect, test } from "vitest";
import { align } from "../../../src/reconcile/align.ts";
import { merge } from "../../../src/reconcile/merge.ts";

const base = "select\n  t.id,\n  t.body,\n  t.at\nfrom tickets t\n";
const planned = base.replace("t.body", "t.content");
const renamed = [["t.body", "t.content"]] as const;

const merged = (yours: string) => {
  const aligned = align(base, yours, planned, renamed);
  return merge(aligned.base, aligned.yours, planned);
};

test("an edit beside a renamed line is merged with it", () => {
  const { text, conflicts } = merged(base.replace("t.id,", "t.id, -- mine"));
  expect(conflicts).toEqual([]);
  expect(text).toBe(planned.replace("t.id,", "t.id, -- mine"));
});

test("an edit of the renamed line itself is a conflict, never the old name kept in silence", () => {
  const { text, conflicts } = merged(base.replace("t.body,", "t.body, -- mine"));
  expect(conflicts).toHaveLength(1);
  expect(text).toContain("  t.body, -- mine\n=======\n  t.content,\n");
});

test("a renamed line that the user dropped is a conflict too", () => {
  expect(merged(base.replace("  t.body,\n", "")).conflicts).toHaveLength(1);
});
