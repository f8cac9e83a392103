import { openRaw } from "./raw-pg.ts";

const asText = { getTypeParser: () => (value: string) => value };

/** Arrays of text, nothing decoded: the floor of what a layer on this driver can cost. No caller would want such rows. */
export const open = openRaw({ types: asText as never, rowMode: "array" });
