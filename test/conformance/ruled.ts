import { expect, test } from "vitest";
import { type Cell, proving } from "../support/closing-table.ts";
import type { Target } from "./targets.ts";

/**
 * The last test of a suite, where the server is an emulator that enforces no rules: a real one would have taken all that was written.
 *
 * @param folder of the project that wrote it, once it is there
 */
export function testRules(
  { ruled, dsn }: Pick<Target, "ruled" | "dsn">,
  of: Omit<Cell, "method">,
  folder: () => string,
): void {
  if (ruled === undefined || typeof dsn !== "function") return;
  test(
    "what was written keeps the rules that a server would enforce",
    proving({ ...of, method: "rules of what is written" }, async () => {
      const { asked, refused } = await ruled(dsn(folder()), folder());
      expect(refused).toEqual([]);
      expect(Object.values(asked).some((count) => count > 0)).toBe(true);
    }),
  );
}
