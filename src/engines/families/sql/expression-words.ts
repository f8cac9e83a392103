/** Words of SQL expressions by the part they play in their order. Where a word may be a column too, its place decides. */
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Stand between two values, and nothing else may bear their names. */
export const reservedInfix = words("and or in is like ilike similar collate");

/** Stand between two values when a value is before them; else they are columns. */
export const infix = words("between overlaps escape div mod xor rlike regexp sounds member at");

/** Make the operator after them say the opposite. */
export const negatable = words("in like ilike similar between rlike regexp");

/** End what `is` and `is not` begin. */
export const truths = words("null true false unknown document normalized");
export const forms = words("nfc nfd nfkc nfkd");
export const jsonKinds = words("value array object scalar with without unique keys");

/** Part the arguments of some functions: `extract(day from at)`, `cast(x as int)`, `position(a in b)`. */
export const separators = words("from for as using placing in separator on order by");

/** Go on with the name of a type, each after its own words: `double precision`, `timestamp with time zone`. */
export const typeWords: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["precision", words("double")],
  ["varying", words("character char bit nchar")],
  ["character", words("national char")],
  ["char", words("national")],
  ["with", words("time timestamp )")],
  ["without", words("time timestamp )")],
  ["time", words("with without")],
  ["zone", words("time")],
  ["unsigned", words("int integer bigint smallint tinyint mediumint")],
  ["signed", words("int integer bigint smallint tinyint mediumint")],
  ["integer", words("signed unsigned")],
  ["int", words("signed unsigned")],
  ["set", words("character")],
]);

/** Units behind an interval's figure. */
export const units = words(
  `microsecond second minute hour day week month quarter year to day_hour day_minute day_second hour_minute hour_second
  minute_second year_month second_microsecond`,
);

/** Words before a value that change it: `binary name`, `distinct`, the side that `trim` takes from. */
export const prefixes = words(
  "binary distinct all variadic symmetric asymmetric both leading trailing",
);
