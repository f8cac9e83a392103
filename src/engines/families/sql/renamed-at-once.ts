import type { Step } from "../../../migrate/step.ts";

/** The exception of the linter for a column that is renamed where it is. */
export const renamedAtOnce = (mode: "split" | "direct"): Pick<Step, "accepts"> => ({
  accepts: {
    rule: "rename-column",
    because:
      mode === "direct"
        ? "--direct is for a store that stands still meanwhile"
        : "what a key, a reference, a tenant or the server's own values hold cannot stand under two names: stop the code of before, or keep the name by column: in the spec",
  },
});
