import type { Scored, Slice, SortedSetStructure } from "../../shared/ports/structures.ts";
import type { Reply } from "./op.ts";
import {
  limitOf,
  StructureCaller,
  type StructureDeclaration,
  type StructureHost,
} from "./structure-host.ts";

/** Members in the order of their scores. */
export function sortedSet(
  host: StructureHost,
  declaration: StructureDeclaration,
): SortedSetStructure {
  const caller = new StructureCaller(host, declaration);
  const scoreText = (method: string, score: number): string => {
    if (Number.isNaN(score)) throw caller.mistake(method, "a score must be a number");
    return textOf(score);
  };
  return {
    async add(key, members, options) {
      if (members.length === 0) return 0;
      const pairs = members.flatMap(({ member, score }) => [scoreText("add", score), member]);
      return Number(await caller.write("add", "zadd", key, pairs, options));
    },
    async increment(key, member, by, options) {
      const args = [scoreText("increment", by), member];
      return numberOf(String(await caller.write("increment", "zincrby", key, args, options)));
    },
    async score(key, member, options) {
      const reply = await caller.read("score", "zscore", key, [member], options);
      return reply === null ? undefined : numberOf(String(reply));
    },
    async rank(key, member, options) {
      const reply = await caller.read("rank", "zrevrank", key, [member], options);
      return reply === null ? undefined : Number(reply);
    },
    async top(key, slice = {}, options) {
      const { limit, offset } = sliced(slice);
      const args = [offset, offset + limit - 1, "withscores"];
      return scoredOf(await caller.read("top", "zrevrange", key, args, options));
    },
    async range(key, scores, slice = {}, options) {
      const { limit, offset } = sliced(slice);
      const { min = -Infinity, max = Infinity } = scores;
      const args = [textOf(min), textOf(max), "withscores", "limit", offset, limit];
      return scoredOf(await caller.read("range", "zrangebyscore", key, args, options));
    },
    async remove(key, members, options) {
      if (members.length === 0) return 0;
      return Number(await caller.write("remove", "zrem", key, members, options));
    },
    async size(key, options) {
      return Number(await caller.read("size", "zcard", key, [], options));
    },
  };
}

const textOf = (score: number): string =>
  score === Infinity ? "+inf" : score === -Infinity ? "-inf" : String(score);

function sliced({ limit, offset = 0 }: Slice): { readonly limit: number; readonly offset: number } {
  return { limit: limitOf(limit), offset: Math.max(0, Math.trunc(offset)) };
}

function scoredOf(reply: Reply): readonly Scored[] {
  const flat = reply as readonly string[];
  return Array.from({ length: flat.length / 2 }, (_, at) => ({
    member: flat[at * 2] ?? "",
    score: numberOf(flat[at * 2 + 1] ?? "0"),
  }));
}

const numberOf = (text: string): number =>
  text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
