import type { Suite } from "../harness/result.ts";
export const suite: Suite = async () => {
  throw new Error("soon");
};
