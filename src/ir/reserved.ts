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

/** Types that generated modules refer to by their plain name: an entity of that name would hide them. */
export const reservedTypes: ReadonlySet<string> = new Set(
  (
    "AbortSignal Array AsyncDisposable AsyncIterable BigInt Boolean Brand Buffer Cache CallOptions Change DataError DataLayer Date Error " +
    "Float32Array Function Iterable JSON Json Map Math Number Object Omit OpenedStore Page PageRequest Partial Pick Promise Range " +
    "ReadOptions ReadonlyArray ReadonlyMap Record RegExp RuntimeContext Set StoreConfig StoreHealth String Symbol " +
    "TenantDataLayer TransactionOptions URL Uint8Array VersionedWriteOptions WriteOptions"
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
