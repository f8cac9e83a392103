import { createHash } from "node:crypto";
import { camelCase, kebabCase, pascalCase, pluralWords, snakeCase, words } from "./words.ts";
import { emittedNames, reservedTypes, reservedWords } from "./reserved.ts";

/**
 * The only place that makes an identifier: types, variables, files, tables, columns, constraints, variables of the environment.
 * Every function is pure; two different inputs may give one name (`userId`, `userID`), which `collisions.ts` reports.
 */

/** Bytes that the strictest of the supported servers keeps of an identifier. */
export const identifierBytes = 63;

/** Cuts a name to {@link identifierBytes}; what is cut is told apart by a hash of the whole, so two long names stay two. */
export function fitted(name: string): string {
  const bytes = Buffer.from(name, "utf8");
  if (bytes.length <= identifierBytes) return name;
  const tail = `_${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
  let end = identifierBytes - tail.length;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString("utf8") + tail;
}

// TypeScript

export const typeName = (name: string): string => pascalCase(name);
export const idTypeName = (entity: string): string => `${pascalCase(entity)}Id`;
export const keyTypeName = (entity: string): string => `${pascalCase(entity)}Key`;
export const newTypeName = (entity: string): string => `New${pascalCase(entity)}`;
export const repositoryTypeName = (entity: string): string => `${pascalCase(entity)}Repository`;

/** Type declared for one field or one method of an owner: `OrderStatus`, `OrderAmendPatch`. */
export const memberTypeName = (owner: string, member: string, suffix = ""): string =>
  `${pascalCase(owner)}${pascalCase(member)}${suffix}`;

/** As {@link memberTypeName}, without saying the method twice: `ProductSearch.search` → `ProductSearchFilter`. */
export function viewTypeName(view: string, method: string, suffix: string): string {
  const [owner, member] = [pascalCase(view), pascalCase(method)];
  return owner.endsWith(member) ? `${owner}${suffix}` : `${owner}${member}${suffix}`;
}

/** A name for a variable or a parameter; a reserved word gets a trailing underscore. */
export function variableName(name: string): string {
  const made = camelCase(name);
  return reservedWords.has(made) || /^[0-9]/.test(made) ? `${made}_` : made;
}

const isFree = (name: string): boolean => !reservedWords.has(name) && !emittedNames.has(name);

/** What names of an entity begin with: `order` of `orderRow`. */
export const stemName = (entity: string): string => camelCase(entity);

/**
 * One row of an entity as a parameter or local of an emitted function: `order`; `newSession` where the function uses the plain name
 * itself, and `givenKey` where it uses that one too.
 */
export const rowVariable = (entity: string): string =>
  [camelCase(entity), `new${pascalCase(entity)}`].find(isFree) ?? `given${pascalCase(entity)}`;

/** Several of them: `orders`; `allSeries` where that is the name of one too. */
export function rowsVariable(entity: string): string {
  const plural = collectionName(entity);
  return isFree(plural) && plural !== camelCase(entity) ? plural : `all${pascalCase(plural)}`;
}

/** The function that makes the values of a new row, or of several: `newOrderValues`, `newOrdersValues`. */
export function newValuesName(entity: string, bulk: boolean): string {
  if (!bulk) return `new${pascalCase(entity)}Values`;
  return `new${pascalCase(rowsVariable(entity))}Values`;
}

/** A repository or view as a local of a test: `orders`; `testsPort` where the test uses the plain name itself. */
export const portVariable = (property: string): string =>
  isFree(property) ? property : `${property}Port`;

/** Repository property of an entity: `orders`, `orderLines`. */
export const collectionName = (entity: string): string => camelCase(pluralWords(entity).join("-"));

/** A view's property: `product-search` → `productSearch`. */
export const viewName = (workload: string): string => camelCase(workload);

/** What gives an entity's rows to the views that copy it: `productFeed`. */
export const feedName = (entity: string): string => camelCase(`${entity}Feed`);

/** Alias of a view in a store that takes letters, digits and underscores: `v_shop_similar_products`. */
export const viewAlias = (project: string, workload: string): string =>
  fitted(`v_${project}_${workload}`.replaceAll(/[^A-Za-z0-9_]/g, "_").toLowerCase());

/** The factory of a workload's structures: `live` → `liveStructures`. */
export const structuresName = (workload: string): string => camelCase(`${workload}-structures`);

/** Property of a store on the data layer: `main`. */
export const storeProperty = (store: string): string => camelCase(store);

/** Property of a root that holds its children: `lines` for OrderLine of Order, `lineItems` for LineItem of Order. */
export function childrenName(owner: string, child: string): string {
  const [ownerWords, childWords] = [words(owner), words(child)];
  const prefixed =
    childWords.length > ownerWords.length &&
    ownerWords.every((word, at) => childWords[at] === word);
  return collectionName(prefixed ? childWords.slice(ownerWords.length).join("-") : child);
}

/** Property of an aggregate's row: `placedAtDay`, `sumTotalCents`. */
export const groupName = (field: string, unit?: string): string =>
  camelCase(unit === undefined ? field : `${field}-${unit}`);
export const measureName = (kind: string, field?: string): string =>
  camelCase(field === undefined ? kind : `${kind}-${field}`);

/** The batch form of a read by key: `get` → `getMany`. */
export const batchName = (method: string): string => `${method}Many`;

/** The read of a past state that comes with a history. */
export const asOfName = "asOf";

/** Whether generated modules use this name for a type of their own or of the language. */
export const reservedTypeName = (name: string): boolean => reservedTypes.has(name);

// Files and the environment

export const fileStem = (name: string): string => kebabCase(name);
/** Variable of the environment that holds a store's DSN: `MAIN_URL`. */
export const storeVariable = (store: string): string => `${snakeCase(store).toUpperCase()}_URL`;

// Stores

export const tableName = (entity: string, mapped?: string): string =>
  mapped ?? fitted(pluralWords(entity).join("_"));
export const historyTableName = (table: string): string => fitted(`${table}_history`);
export const columnName = (field: string, mapped?: string): string =>
  mapped ?? fitted(snakeCase(field));

/**
 * The name under which records that no migration touches hold a field: a rename is one of the code, since code of before and after read
 * and write the same records.
 */
export const keptName = (field: {
  readonly name: string;
  readonly was?: string;
  readonly column?: string;
}): string => columnName(field.was ?? field.name, field.column);
/** One part of a partitioned table: `orders_default`, `orders_p0`. */
export const partitionName = (table: string, part: string): string => fitted(`${table}_${part}`);
export const primaryKeyName = (table: string): string => fitted(`${table}_pkey`);
export const uniqueName = (table: string, columns: readonly string[]): string =>
  fitted(`${table}_${columns.join("_")}_key`);
export const indexName = (table: string, terms: readonly string[]): string =>
  fitted(`${table}_${terms.join("_")}_idx`);
/** A check of the spec (`paidHasTotal`) or the one that a field's bounds imply (`total_cents`). */
export const checkName = (table: string, name: string): string =>
  fitted(`${table}_${snakeCase(name)}_check`);
export const foreignKeyName = (table: string, columns: readonly string[]): string =>
  fitted(`${table}_${columns.join("_")}_fkey`);
export const triggerName = (table: string, purpose: string): string =>
  fitted(`${table}_${snakeCase(purpose)}`);

/** Tells apart things of one name that differ in their definition: two indexes on the same columns. */
export const distinguished = (name: string, definition: string): string =>
  fitted(`${name}_${createHash("sha256").update(definition).digest("hex").slice(0, 6)}`);
