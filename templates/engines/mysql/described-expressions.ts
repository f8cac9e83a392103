/** A line of `show create table` without its comma and its comment, which MariaDB writes before a column's check. */
const lineForm = /^ {2}(.*?)(?: COMMENT '(?:[^'\\]|\\.|'')*')?( CHECK \(.*\))?,?$/;
/** MariaDB keeps JSON as text with a check. */
const jsonCheck = /^ CHECK \(json_valid\(`(?:[^`]|``)+`\)\)$/;
const columnForm =
  /^`((?:[^`]|``)+)` ((?:'(?:[^'\\]|\\.|'')*'|[^'])*?) (DEFAULT|GENERATED ALWAYS AS) (.*)$/;
const checkForm = /^CONSTRAINT `((?:[^`]|``)+)` CHECK (.*)$/;
const keyForm = /^(?:UNIQUE )?KEY `((?:[^`]|``)+)` (\(.*)$/;

/**
 * Defaults, generated columns, checks and keys of a table by their objects.
 *
 * @param printed what `show create table` answers
 */
export function printedTexts(
  table: string,
  printed: string,
): readonly (readonly [string, string])[] {
  return printed.split("\n").flatMap((line) => {
    const [, said = "", check = ""] = lineForm.exec(line) ?? [];
    const isKept = said.startsWith("`") && jsonCheck.test(check);
    return objectOf(table, isKept ? said : said + check);
  });
}

function objectOf(table: string, said: string): readonly (readonly [string, string])[] {
  const [, column, , word = "", value = ""] = columnForm.exec(said) ?? [];
  if (column !== undefined) {
    const text = word === "DEFAULT" ? value.replace(/ ON UPDATE .*$/, "") : value;
    return text === "NULL" ? [] : [[`column ${table}.${bare(column)}`, plain(text)]];
  }
  const [, check, condition = ""] = checkForm.exec(said) ?? [];
  if (check !== undefined) return [[`constraint ${table}.${bare(check)}`, plain(condition)]];
  const [, key, parts = ""] = keyForm.exec(said) ?? [];
  return key === undefined
    ? []
    : [[`index ${table}.${bare(key)}`, plain(parts).replaceAll(/ DESC(?=[,)])/g, "")]];
}

const bare = (name: string): string => name.replaceAll("``", "`");

/** Without the character sets of texts, which are those of whoever made the object. */
const plain = (text: string): string =>
  text.replaceAll(/'(?:[^'\\]|\\.|'')*'|\b_(?:utf8mb[34]|latin1|ascii|binary)(?=\\?')/g, (piece) =>
    piece.startsWith("'") ? piece : "",
  );
