import { Command } from "ioredis";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandKey } from "../../../templates/engines/redis-cluster/command-key.ts";
import { redirectionOf, SlotMap } from "../../../templates/engines/redis-cluster/slot-map.ts";
import { hashTag } from "../../../templates/engines/redis/keyed.ts";
import { slotOf } from "../../../templates/engines/redis/slot.ts";

// The driver takes an empty pair of braces for a tag; the server does not (test/faults/redis-cluster-slots.test.ts asks it).
const emptyTag = (key: string): boolean =>
  key.indexOf("{}") === key.indexOf("{") && key.includes("{}");

test("the slot of any key is the driver's, where that one is right", () => {
  const key = fc.oneof(
    fc.string(),
    fc.string({ unit: "grapheme" }),
    fc.stringMatching(/^[{}ab]*$/),
  );
  fc.assert(
    fc.property(key, (text) => {
      if (text !== "" && !emptyTag(text))
        expect(slotOf(text)).toBe(new Command("get", [text]).getSlot());
    }),
    { seed: 5, numRuns: 2_000 },
  );
});

test("a key beside another one, by its hash tag, lies in the same slot, or there is none", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[{}ab:]+$/), (key) => {
      let tag: string;
      try {
        tag = hashTag(key);
      } catch {
        return;
      }
      expect(slotOf(`other:{${tag}}:more`)).toBe(slotOf(key));
    }),
    { seed: 6, numRuns: 2_000 },
  );
});

test.each([
  ["get", ["k"], "k"],
  ["EVALSHA", ["digest", 2, "k", "l", "x"], "k"],
  ["eval", ["return 1", 0, "x"], undefined],
  ["xreadgroup", ["group", "g", "c", "count", 1, "streams", "k", ">"], "k"],
  ["xgroup", ["create", "k", "g", "0"], "k"],
  ["scan", ["0", "match", "*"], undefined],
  ["publish", ["room", "text"], "room"],
  ["info", [], undefined],
] as const)("%s %j goes by %s", (name, args, key) => {
  expect(commandKey(name, args)).toBe(key);
});

test("where an error sends a command, and where it does not", () => {
  expect(redirectionOf("MOVED 3999 10.0.0.1:6381", "h")).toEqual({
    kind: "MOVED",
    slot: 3999,
    address: "10.0.0.1:6381",
  });
  expect(redirectionOf("ASK 1 ::1:6381", "h")?.address).toBe("::1:6381");
  expect(redirectionOf("MOVED 1 :6381", "h")?.address).toBe("h:6381");
  expect(redirectionOf("CLUSTERDOWN Hash slot not served", "h")).toBeUndefined();
});

test("a map of slots: owners, holes, what moved, a node without a name", () => {
  const map = new SlotMap(
    [
      [0, 10, ["a", 1, "id"], ["replica", 9, "id"]],
      [12, 16_383, ["", 2, "id"]],
    ],
    "asked",
  );
  expect([0, 10, 11, 12].map((slot) => map.owner(slot))).toEqual([
    "a:1",
    "a:1",
    undefined,
    "asked:2",
  ]);
  map.move(11, "c:3");
  expect(map.primaries().toSorted()).toEqual(["a:1", "asked:2", "c:3"]);
});
