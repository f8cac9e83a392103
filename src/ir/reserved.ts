/** Names that the language or the generated layer itself has taken. */
import { sharedTypeNames } from "./type-names.gen.ts";

/**
 * Words that cannot be a variable, parameter or function in a strict TypeScript module; contextual ones such as `get` and `type` can.
 * Source: ECMA-262, "Keywords and Reserved Words", and strict mode's future reserved words.
 */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally " +
    "for function if implements import in instanceof interface let new null package private protected public return static super " +
    "switch this throw true try typeof undefined using var void while with yield"
  ).split(" "),
);

const setOf = (...lines: readonly string[]): ReadonlySet<string> =>
  new Set(lines.flatMap((names) => names.split(" ")));

/** Parameters and locals of adapters, and the functions of the runtime that their bodies call: no declaration beside them may take one. */
export const adapterNames: ReadonlySet<string> = setOf(
  "at by codecs declared document documents facets filter id ids item items json key keys limit options page patch query records row session",
  "stored text texts value values vector view where",
  "array asc batchOf between bigint binary boolean branded brandedBigint brandedInt brandedUuid changeKind changesOf date decimal decimal128 desc distinctRows",
  "defaulted double enumeration equal equalDecimal equalUuid filterOf filtered filters float fuse given guarded highlightList highlightPage inOrder int int32 int64 integer keyOr keyed leftOut long make named newKey nullable numeric",
  "dynamicRead itemsOf optional orNull pageLimit partlyMade placed recordedRow rowsOf searchText searchTexts searchWords selectedAs signed tableOf textsOf timestamp toDocument uuid uuidV7 valuesOf viewOf within withinDecimal",
  "facetOf highlightsOf nearestOf sameText searchOf trueText viewTarget",
);

/**
 * These and the locals of the example and of the tests: a variable that is named after an entity would hide them, or be hidden by one.
 */
export const emittedNames: ReadonlySet<string> = new Set([
  ...adapterNames,
  ...setOf(
    "after apart before config configFromEnv console count data describe error first fused globalThis it main n openDataLayer others probe",
    "process randomUUID repositories rows run stores store subject tenant test tests",
  ),
]);

/** Types of the language that modules of an entity refer to, and those that the data layer and the tests declare. */
const writtenTypes =
  "BigInt Date Float32Array JSON Number Object Pick Promise ReadonlyArray String Uint8Array DataError DataLayer TenantDataLayer TestStore";

/** Types that modules of an entity refer to by their plain name, whatever the engine: an entity of that name would hide them. */
export const reservedTypes: ReadonlySet<string> = new Set([
  ...writtenTypes.split(" "),
  ...sharedTypeNames,
]);

/** Properties that the data layer has besides stores, repositories and views. */
export const reservedProperties: ReadonlySet<string> = new Set([
  "close",
  "constructor",
  "forTenant",
  "health",
  "raw",
  "tenant",
  "then",
  "toJSON",
  "transaction",
]);

/** Names that would change an object's prototype or its conversion, wherever they stand. */
export const prototypeKeys: ReadonlySet<string> = new Set([
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "prototype",
  "toString",
  "valueOf",
]);
