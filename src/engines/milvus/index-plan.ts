import { inThousands } from "../../ir/digits.ts";
import type { VectorViewIr } from "../../ir/types.ts";
import type { ViewDefinition } from "../../../templates/engines/milvus/definition.ts";

/** How a view's vectors are searched, and why. */
export interface IndexPlan {
  readonly index: ViewDefinition["index"];
  readonly reason: string;
}

/** MV-09: below it an exact scan misses nothing and takes some milliseconds; 10,000 rows of 1,536 dimensions are 61 MB. */
const exactRows = 10_000;
/** MV-07, MV-10: beyond it the graph and its vectors leave the memory of one large query node, and the graph costs a fifth of it at 384 dimensions. */
const graphBytes = 256e9;
/** MV-10: neighbours of the bottom layer are twice M, four bytes each. */
const graphBytesPerLink = 8;

/** Method and parameters for a number of rows; without one, as for a few thousand. */
export function indexPlan({ rows = 0, dimensions }: VectorViewIr): IndexPlan {
  if (rows < exactRows) return exact;
  const links = rows > 1_000_000 ? wide : usual;
  const bytes = rows * (4 * dimensions + graphBytesPerLink * links.M);
  return bytes > graphBytes ? inverted(rows) : graph(rows, links);
}

const exact: IndexPlan = {
  index: { type: "FLAT", parameters: {}, search: {} },
  reason: `FLAT: up to ${inThousands(exactRows)} rows an exact scan is fast and misses nothing`,
};

/** MV-11: M 16 is common; more links keep the recall where there are more rows to lose the way among. */
const usual = { M: 16, efConstruction: 128, ef: 128 };
const wide = { M: 32, efConstruction: 256, ef: 256 };

const graph = (rows: number, { M, efConstruction, ef }: typeof usual): IndexPlan => ({
  index: { type: "HNSW", parameters: { M, efConstruction }, search: { ef } },
  reason: `HNSW: the best speed for its recall while graph and vectors fit in memory; sized for ${inThousands(rows)} rows`,
});

/** MV-12: nlist is four times the square root of a segment's rows, of which there are about a million; a sixteenth of the lists is searched. */
const segmentRows = 1_000_000;

function inverted(rows: number): IndexPlan {
  const nlist = Math.min(65_536, Math.round(4 * Math.sqrt(Math.min(rows, segmentRows))));
  return {
    index: {
      type: "IVF_FLAT",
      parameters: { nlist },
      search: { nprobe: Math.ceil(nlist / 16) },
    },
    reason: `IVF_FLAT: a graph over ${inThousands(rows)} rows would not fit in one node's memory beside the vectors; lists cost next to nothing`,
  };
}
