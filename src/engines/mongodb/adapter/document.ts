import type { ChildIr, EntityIr, FieldIr } from "../../../ir/types.ts";
import { propertyName, stringLiteral } from "../../../render/encode.ts";
import { type Doc, group, hardline, indent, line, print } from "../../../render/document.ts";
import {
  arrayLiteral,
  call,
  namedObject,
  objectLiteral,
  openObject,
} from "../../../render/layout.ts";
import { codecOf, defaultLiteral, madeKeys, propertyOf } from "../fields.ts";

/** `["a"]["b"]` of `a.b`. */
export const access = (path: string): string =>
  path
    .split(".")
    .map((name) => `[${stringLiteral(name)}]`)
    .join("");

const member = (name: string): string =>
  propertyName(name) === name ? `.${name}` : `[${stringLiteral(name)}]`;

/** `const codecs = { … };`: one per field; those of children in objects of their own. */
export const codecsText = (entity: EntityIr): string =>
  print(["const codecs = ", codecObject(entity), ";"]);

/** `const codecs = named("Article", { … });`: the same for what encodes. */
export const namedCodecsText = (entity: EntityIr): string =>
  print(namedObject("const codecs = ", "named", stringLiteral(entity.name), codecObject(entity)));

function codecObject(entity: EntityIr): Doc {
  const own = entity.fields
    .filter((field) => field.visible || field === entity.tenant)
    .map((field): Doc => [propertyName(field.name), ": ", codecOf(field)]);
  const children = entity.children.map((child): Doc => [
    propertyName(child.property),
    ": ",
    codecObject(child.entity),
  ]);
  return openObject([...own, ...children]);
}

/** `(document) => ({ … })`: reads a document. */
export const decoderDoc = (entity: EntityIr): Doc => ["(document) => (", decodedDoc(entity), ")"];

/** The entity that a document holds. */
export const decodedDoc = (entity: EntityIr): Doc =>
  decodeObject(entity, "document", "codecs", entity);

function decodeObject(entity: EntityIr, from: string, codecs: string, root: EntityIr): Doc {
  const property = (field: FieldIr): string =>
    root === entity ? propertyOf(entity, field) : field.column;
  const fields = entity.fields
    .filter(({ visible }) => visible)
    .map((field): Doc => [
      propertyName(field.name),
      ": ",
      `${codecs}${member(field.name)}.decode(${from}${access(property(field))})`,
    ]);
  const children = entity.children.map((child): Doc => {
    const name = child.entity.variable;
    const inner = decodeObject(child.entity, name, `${codecs}${member(child.property)}`, root);
    // Code from before the list was declared leaves it out.
    const list = `((${from}${access(child.property)} ?? []) as readonly Document[])`;
    return [propertyName(child.property), ": ", `${list}.map((${name}) => (`, inner, "))"];
  });
  return openObject([...fields, ...children]);
}

/** `function toDocument(article: NewArticle, make = newKey): Document { … }` */
export const encoderText = (entity: EntityIr): string =>
  print([
    `function toDocument(${entity.variable}: ${entity.newType}${makesKeys(entity) ? ", make = newKey" : ""}): Document {`,
    indent([hardline, "return ", encodeObject(entity, entity.variable, "codecs", entity), ";"]),
    hardline,
    "}",
  ]);

function encodeObject(entity: EntityIr, from: string, codecs: string, root: EntityIr): Doc {
  const keys = root === entity ? entity.key : [];
  const value = (field: FieldIr): string => encoded(field, from, entity, codecs);
  const key: readonly Doc[] = keys.length === 0 ? [] : [["_id: ", keyDoc(keys, value)]];
  const fields = entity.fields
    .filter((field) => field.visible && !field.managed && !keys.includes(field))
    .map((field): Doc => [propertyName(field.column), ": ", value(field)]);
  const deleted: readonly Doc[] =
    root === entity && entity.deletedAt !== undefined
      ? [`${propertyName(entity.deletedAt.column)}: null`]
      : [];
  const children = entity.children.map((child): Doc => {
    const name = child.entity.variable;
    const inner = encodeObject(child.entity, name, `${codecs}${member(child.property)}`, root);
    const keys = arrayLiteral(child.localKey.map((field) => stringLiteral(field.name)));
    const list = call("inOrder", [keyedList(child, `${from}${member(child.property)}`), keys]);
    return [propertyName(child.property), ": ", list, `.map((${name}) => (`, inner, "))"];
  });
  return openObject([...key, ...fields, ...deleted, ...children]);
}

const keyDoc = (keys: readonly FieldIr[], value: (field: FieldIr) => string): Doc => {
  const [only, ...rest] = keys;
  if (only !== undefined && rest.length === 0) return value(only);
  return objectLiteral(keys.map((field) => [field.column, value(field)] as const));
};

/** The caller's value, else the default that the spec declares, else what the client makes. */
function encoded(field: FieldIr, from: string, entity: EntityIr, codecs: string): string {
  const codec = `${codecs}${member(field.name)}`;
  const own = `${from}${member(field.name)}`;
  if (field.key && madeKeys(entity) !== undefined) return `optional(${codec}, ${own})`;
  if (madeByClient(field))
    return entity.owner === undefined
      ? `keyOr(${codec}, ${own}, make)`
      : `optional(${codec}, ${own})`;
  if (field.source.default !== undefined)
    return `${codec}.encode(${own} ?? ${defaultLiteral(field)})`;
  return `${codec}.encode(${field.nullable ? `${own} ?? null` : own})`;
}

/** `keyed(order.lines, "id", make)`: children whose key is made here where it is not given. */
const keyedList = ({ localKey }: ChildIr, list: string): Doc =>
  localKey
    .filter(madeByClient)
    .reduce<Doc>((keyed, { name }) => call("keyed", [keyed, stringLiteral(name), "make"]), list);

const madeByClient = ({ key, source }: FieldIr): boolean => key && source.generated === "client";

/** Some key of a document, its own or one of its owned children, is made here where the caller gives none. */
export const makesKeys = (entity: EntityIr): boolean =>
  makesOwnKey(entity) || makesChildKeys(entity);

export const makesOwnKey = ({ key }: EntityIr): boolean => key.some(madeByClient);

export const makesChildKeys = ({ children }: EntityIr): boolean =>
  children.some((child) => child.localKey.some(madeByClient) || makesChildKeys(child.entity));

/** `(document) => String(codecs.id.decode(document["_id"]))` */
export function keyTextDoc({ key }: EntityIr, head = "(document)"): Doc {
  const texts = key.map(
    (field) =>
      `String(codecs${member(field.name)}.decode(document${access(key.length === 1 ? "_id" : `_id.${field.column}`)}))`,
  );
  return key.length === 1
    ? `${head} => ${texts[0] ?? ""}`
    : [`${head} =>`, group(indent([line, ["JSON.stringify(", arrayLiteral(texts), ")"]]))];
}

/** `const keyOf = (key: MembershipKey): Document => ({ … });` */
export const keyOfText = (entity: EntityIr): string =>
  print([
    `const keyOf = (key: ${entity.keyType}): Document => (`,
    objectLiteral(
      entity.key.map(
        (field) =>
          [field.column, `codecs${member(field.name)}.encode(key${member(field.name)})`] as const,
      ),
    ),
    ");",
  ]);
