/** Names that the language or the generated layer itself has taken. */

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
  "array asc between bigint binary boolean branded brandedBigint brandedInt brandedUuid changeKind date decimal decimal128 desc distinctRows",
  "double enumeration equal float fuse given guarded highlightList highlightPage inOrder int int32 int64 integer keyOr keyed leftOut long make named newKey nullable numeric",
  "optional pageLimit recordedRow rowsOf searchTexts signed textsOf toDocument uuid uuidV7 valuesOf vectorOf viewOf within",
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

/** Types that generated modules refer to by their plain name: an entity of that name would hide them. */
export const reservedTypes: ReadonlySet<string> = new Set(
  (
    "AbortSignal Array AsyncDisposable AsyncIterable BigInt Boolean Brand Buffer Cache CallOptions Change DataError DataLayer Date Error " +
    "Float32Array Function Iterable JSON Json Map Math Number Object Omit OpenedStore Page PageRequest Partial Pick Promise Range " +
    "ReadOptions ReadonlyArray ReadonlyMap Record RegExp RuntimeContext Set StoreConfig StoreHealth String Symbol " +
    "TenantDataLayer TransactionOptions URL Uint8Array VersionedWriteOptions WriteOptions " +
    // What adapters, their stores and the tests import beside an entity's own types.
    "AggregateDeclaration CacheStore CollectionDeclaration Counts Dsn DsnRules DynamicValues EntityCache FedByChanges HealthMonitor " +
    "IncrementDeclaration Lifecycle ListDeclaration MethodDeclaration NearestDeclaration PatchDeclaration RawSession RecordDeclaration " +
    "RecordTests SearchSession SearchTexts TargetConnection TestStore Text TextRow UpsertDeclaration Value ValueCache ValueRow VectorView " +
    "ViewFeed ViewRow ViewTarget"
  ).split(" "),
);

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
